import { columnsOf, type ViewName } from '@pomelo-ts/views';
import { t } from '../words/words-store.js';

/** How filters are written. */
export function FilterHelp({ view }: { readonly view: ViewName }) {
  const columns = Object.entries(columnsOf(view))
    .map(([name, { title }]) => (name === title ? name : `${name} (${title})`))
    .join(', ');
  return (
    <details class="filter-help">
      <summary>{t('table.filterHelp')}</summary>
      <p>{t('table.filterRules', { columns })}</p>
    </details>
  );
}
