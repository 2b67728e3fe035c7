import { linesCsv } from '@pomelo-ts/views';
import type { RefObject } from 'preact';
import { saveFile } from '../text/save-file.js';
import { t } from '../words/words-store.js';
import { tableLines } from './table-lines.js';

interface CsvButtonProps {
  /** The element that the table is in. */
  readonly of: RefObject<HTMLElement | null>;
  /** What the table is of. */
  readonly name: string;
}

/** Longest name of a file, without what follows it, in characters. */
const longestName = 60;

/** Has the browser keep the lines of a table as a file. */
export function CsvButton({ of, name }: CsvButtonProps) {
  const save = () => {
    const table = of.current?.querySelector('table');
    if (!table) return;
    const at = new Date().toISOString().replace(/[:.]/g, '-');
    const plain = name.replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, longestName);
    saveFile(`pomelo-ts-${plain}-${at}.csv`, 'text/csv', `${linesCsv(tableLines(table))}\n`);
  };
  return (
    <p class="buttons">
      <button type="button" class="small" onClick={save} data-csv>
        {t('table.csv')}
        <span class="unseen">: {name}</span>
      </button>
    </p>
  );
}
