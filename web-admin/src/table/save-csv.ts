import { type Page, pageCsv, type ViewName } from '@pomelo-ts/views';
import { saveFile } from '../text/save-file.js';

/** Has the browser keep the lines that are shown as a file. */
export function saveCsv(view: ViewName, page: Page): void {
  const at = new Date(page.at).toISOString().replace(/[:.]/g, '-');
  saveFile(`pomelo-ts-${view}-${at}.csv`, 'text/csv', `${pageCsv(view, page)}\n`);
}
