import { type Page, usualQuery, type ViewName, views } from '@pomelo-ts/views';
import type { Paint } from '../terminal.js';
import { jsonText } from '../view/escaped.js';
import { showTable } from '../view/table.js';
import { pageTable } from '../view/top/page-text.js';

/** Longest text of a cell, in characters; JSON shows it whole. */
const longestCell = 60;

/** What was asked for. */
interface Asked {
  readonly verb: string;
  readonly args: object;
}

/** An answer as people read it: a page of a view as `top --once` has it, a list of objects as a table, with what is told beside it; all else as JSON. */
export function showAnswer({ verb, args }: Asked, answer: unknown, paint: Paint): string {
  if (answer === null) return 'done';
  if (verb === 'views.read') return pageTable(viewIn(args), answer as Page, paint);
  const rows = rowsOf(answer);
  if (rows) return rowsTable(rows, paint);
  const { list, others } = listIn(answer);
  if (!list) return jsonText(answer, 2);
  const notes = others.map(([name, value]) => paint('dim', `${name} ${cellOf(value)}`));
  return [rowsTable(list, paint), ...notes].join('\n');
}

function rowsTable(rows: readonly Row[], paint: Paint): string {
  if (rows.length === 0) return 'none';
  const heads = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return showTable(
    heads,
    rows.map((row) => heads.map((head) => cellOf(row[head]))),
    paint,
  );
}

type Row = Readonly<Record<string, unknown>>;

function rowsOf(answer: unknown): readonly Row[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  return answer.every((one) => typeof one === 'object' && one !== null) ? (answer as Row[]) : undefined;
}

/** The one list of objects in an answer that has texts, numbers and the like beside it. */
function listIn(answer: unknown): {
  readonly list?: readonly Row[] | undefined;
  readonly others: readonly (readonly [string, unknown])[];
} {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return { others: [] };
  const entries = Object.entries(answer);
  const others = entries.filter(([, value]) => typeof value !== 'object' || value === null);
  // of an empty list nobody knows what it would have had in it
  const [name] = entries.find(([, value]) => (rowsOf(value)?.length ?? 0) > 0) ?? [];
  const isOnly = name !== undefined && others.length === entries.length - 1;
  return { list: isOnly ? rowsOf((answer as Row)[name]) : undefined, others };
}

/** The view that was asked for; a master that has others than this program says so before. */
function viewIn(args: { readonly view?: string }): ViewName {
  const { view = usualQuery.view } = args;
  return Object.hasOwn(views, view) ? (view as ViewName) : usualQuery.view;
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text;
}
