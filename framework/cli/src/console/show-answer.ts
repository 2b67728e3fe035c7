import type { Paint } from '../terminal.js';
import { jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';

/** Longest text of a cell, in characters; JSON shows it whole. */
const longestCell = 60;

/** An answer as people read it: a list of objects as a table, all else as JSON. */
export function showAnswer(answer: unknown, paint: Paint): string {
  if (answer === null) return 'done';
  const rows = rowsOf(answer);
  if (!rows) return jsonText(answer, 2);
  if (rows.length === 0) return 'none';
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return showTable(
    heads,
    rows.map((row) => heads.map((head) => cellOf(row[head]))),
    paint,
  );
}

type Row = Readonly<Record<string, unknown>>;

/** Rows of a page of a view are its cells. */
function rowsOf(answer: unknown): readonly Row[] | undefined {
  const { rows } = answer as { readonly rows?: readonly { readonly cells?: Row }[] };
  if (Array.isArray(rows)) return rows.flatMap(({ cells }) => (cells ? [cells] : []));
  if (!Array.isArray(answer)) return undefined;
  return answer.every((one) => typeof one === 'object' && one !== null) ? (answer as Row[]) : undefined;
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text;
}
