import {
  type Cell,
  type Column,
  columnsOf,
  type Page,
  type Row,
  select,
  type ViewQuery,
} from '@pomelo-ts/views';
import { listOf, numberOf, objectOf, textOf, wholeOf } from '../hosts/said.js';

/** Views whose lines servers are asked for. */
export type AskedName = 'users' | 'channels';

/** What a server is asked for. */
export type Question = Pick<ViewQuery, 'filter' | 'sort' | 'ascending' | 'limit' | 'faulty'> & {
  readonly view: AskedName;
};

/** What servers have answered, put together. */
export type Answered = Pick<Page, 'rows' | 'matching' | 'total' | 'silent'>;

/** Longest text of a cell, in characters. */
const longestText = 300;

/** What one server has answered. */
export interface Told {
  readonly id: string;
  readonly lines: readonly ToldLine[];
  readonly matching: number;
  readonly total: number;
  readonly cut: boolean;
}

/** A line of which is read what puts it in its order; the rest is when it is shown: most are not. */
interface ToldLine extends Row {
  readonly server: string;
  readonly told: Readonly<Record<string, unknown>>;
}

/** Of all these answers, the first lines that a question means. */
function firstOf(told: readonly Told[], question: Question): readonly ToldLine[] {
  const lines = told.flatMap((one) => one.lines);
  const { rows } = select(lines, { ...question, growth: false }, columnsOf(question.view), () => true);
  return rows as readonly ToldLine[];
}

/** Servers that were asked for `given` lines and have more, and whose last one is among the first of all: the next one may be, too. */
export function tooShort(
  answers: readonly (Told | string)[],
  question: Question,
  given: number,
): ReadonlySet<string> {
  if (given >= question.limit) return new Set();
  const told = answers.filter((one) => typeof one !== 'string');
  const first = new Set(firstOf(told, question));
  const isShort = ({ lines, matching }: Told) => matching > lines.length && first.has(lines.at(-1)!);
  return new Set(told.filter(isShort).map(({ id }) => id));
}

/** The first lines of all answers. A server whose line makes no sense when it is to be shown has not answered. */
export function putTogether(answers: readonly (Told | string)[], question: Question): Answered {
  const columns = columnsOf(question.view);
  const silent = new Set<string>();
  for (;;) {
    const told = answers.filter((one) => typeof one !== 'string' && !silent.has(one.id)) as readonly Told[];
    const wrong = silent.size;
    const rows = firstOf(told, question).flatMap((line) => {
      try {
        return [readLine(line, columns)];
      } catch {
        silent.add(line.server);
        return [];
      }
    });
    if (silent.size > wrong) continue; // others' lines come in place of its own
    const sum = (of: (one: Told) => number) => told.reduce((all, one) => all + of(one), 0);
    return {
      rows,
      matching: sum(({ matching }) => matching),
      total: sum(({ total }) => total),
      silent: answers.flatMap((one) => silentIn(one, silent)),
    };
  }
}

function silentIn(answer: Told | string, silent: ReadonlySet<string>): readonly string[] {
  if (typeof answer === 'string') return [answer];
  if (silent.has(answer.id)) return [answer.id];
  return answer.cut ? [`${answer.id} (some)`] : [];
}

/** What a server says, as far as it has to be read to be put in order. @throws Error for what makes no sense */
export function readAnswer(id: string, answer: unknown, { view, sort, limit }: Question): Told {
  const { rows, matching, total, cut } = objectOf(answer);
  const columns = columnsOf(view);
  const sorted = Object.hasOwn(columns, sort) ? columns[sort] : undefined;
  const read = (one: unknown): ToldLine => {
    const { key, trouble, cells } = objectOf(one);
    const told = objectOf(cells);
    return {
      key: textOf(key, 2 * longestText),
      trouble: numberOf(trouble, 0),
      cells: sorted ? { [sort]: readCell(told[sort], sorted) } : {},
      ...{ server: id, told },
    };
  };
  return {
    id,
    lines: listOf(rows, read, limit),
    ...{ matching: wholeOf(matching, 0), total: wholeOf(total, 0), cut: cut === true },
  };
}

function readLine({ key, trouble, told }: ToldLine, columns: Readonly<Record<string, Column>>): Row {
  const cells: Record<string, Cell> = {};
  for (const name in columns) cells[name] = readCell(told[name], columns[name]!);
  return { key, trouble, cells };
}

function readCell(value: unknown, { kind }: Column): Cell {
  if (value === null || value === undefined) return null;
  return kind === 'text' || kind === 'state' ? textOf(value, longestText) : numberOf(value);
}
