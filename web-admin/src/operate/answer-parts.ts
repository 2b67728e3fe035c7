/** A line of what was answered. */
export type AnswerRow = Readonly<Record<string, unknown>>;

/** A list of objects that was answered. */
export interface AnswerTable {
  /** The name that the answer has for it; empty when it is all of the answer. */
  readonly name: string;
  readonly heads: readonly string[];
  readonly rows: readonly AnswerRow[];
}

/** What was answered: lists of objects as tables, and what else there is. */
export interface AnswerParts {
  readonly tables: readonly AnswerTable[];
  /** Undefined when there is nothing else. */
  readonly rest?: unknown;
}

/** Longest text of a cell, in characters; JSON shows it whole. */
const longestCell = 300;

/** Names of what is a moment, in ms since 1970. */
const moments: ReadonlySet<string> = new Set([
  ...['at', 'since', 'until', 'begun', 'ended', 'asked', 'expires', 'lastUse', 'lastSignIn', 'lockedUntil'],
]);
/** Before that nothing was a moment of a cluster. */
const firstMoment = 1e12;

/** Takes an answer apart: it is a list of objects, or has some. */
export function answerParts(answer: unknown): AnswerParts {
  if (answer === null || answer === undefined) return { tables: [] };
  if (isRows(answer)) return { tables: [tableOf('', answer)] };
  if (!isObject(answer)) return { tables: [], rest: answer };
  const entries = Object.entries(answer);
  const tables = entries.flatMap(([name, value]) =>
    isRows(value) && value.length > 0 ? [tableOf(name, value)] : [],
  );
  const named = new Set(tables.map(({ name }) => name));
  const rest = entries.filter(([name]) => !named.has(name));
  if (rest.length === 0 && tables.length > 0) return { tables };
  return { tables, rest: Object.fromEntries(rest) };
}

const isObject = (value: unknown): value is AnswerRow =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isRows = (value: unknown): value is readonly AnswerRow[] =>
  Array.isArray(value) && value.every(isObject);

const tableOf = (name: string, rows: readonly AnswerRow[]): AnswerTable => ({
  name,
  rows,
  heads: [...new Set(rows.flatMap((row) => Object.keys(row)))],
});

/** A cell as text. */
export function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return text.length > longestCell ? `${text.slice(0, longestCell - 1)}…` : text;
}

/** Whether a value is a moment, by its name. */
export const isMoment = (name: string, value: unknown): value is number =>
  moments.has(name) && typeof value === 'number' && value > firstMoment;
