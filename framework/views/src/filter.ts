import type { Column, Row } from './column.js';

/** Finds a pattern in a text, in time that grows with the length of the text alone. */
export type Matcher = (text: string) => boolean;

/** Makes a matcher of a regular expression. @throws Error with what is wrong with it */
export type MakeMatcher = (pattern: string) => Matcher;

/** Whether a line is shown. */
export type Filter = (row: Row) => boolean;

/** A filter that cannot be read. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
}

const comparison = /^([A-Za-z0-9]+)(>=|<=|[:=<>])(.*)$/;
const units: Readonly<Record<string, number>> = {
  '': 1,
  '%': 0.01,
  ms: 0.001,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  k: 1000,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
};

/**
 * Reads a filter: words with blanks between, all of which a line has to meet. `!` before one turns it round.
 *
 * | word | is met by a line |
 * |---|---|
 * | `chat` | one of whose texts has it, in capitals or not |
 * | `/^chat-[12]$/` | one of whose texts the regular expression is found in; blanks may be in it |
 * | `type:chat` | whose column `type` has the text |
 * | `type=chat` | whose column is that text or number |
 * | `conn>1000`, `loop>=100ms`, `mem<1G`, `err>1%` | whose number is above, at least, below; units ms s m h d, k, K M G (of 1024), % |
 *
 * A column is named by its name or by the head that it has.
 *
 * @throws FilterError with what was expected and what came
 */
export function parseFilter(
  text: string,
  columns: Readonly<Record<string, Column>>,
  makeMatcher: MakeMatcher,
): Filter {
  const terms = filterWords(text).map((word) => readWord(word, columns, makeMatcher));
  return (row) => terms.every((term) => term(row));
}

/** The words of a filter: what has no blank in it, and regular expressions as `/…/`, which may. */
export function filterWords(text: string): string[] {
  const words: string[] = [];
  const reader = /\s*(!?\/(?:[^/\\]|\\.)*\/|\S+)/gy;
  for (let found = reader.exec(text); found; found = reader.exec(text)) words.push(found[1]!);
  return words;
}

function readWord(word: string, columns: Readonly<Record<string, Column>>, make: MakeMatcher): Filter {
  if (word.startsWith('!')) {
    if (word === '!') throw new FilterError('expected what lines shall not have after !, such as !chat');
    const turned = readWord(word.slice(1), columns, make);
    return (row) => !turned(row);
  }
  if (word.startsWith('/')) return onTexts(patternOf(word, make));
  const [, name, sign, value] = comparison.exec(word) ?? [];
  if (name === undefined || sign === undefined || value === undefined) return onTexts(contains(word));
  return ofColumn(columnNamed(name, columns), sign, value, columns, word);
}

function patternOf(word: string, make: MakeMatcher): Matcher {
  if (word.length < 3 || !word.endsWith('/'))
    throw new FilterError(`expected a regular expression as /…/, got ${word}`);
  try {
    return make(word.slice(1, -1));
  } catch (error) {
    throw new FilterError(`${word}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const contains = (part: string): Matcher => {
  const small = part.toLowerCase();
  return (text) => text.toLowerCase().includes(small);
};

const onTexts =
  (matches: Matcher): Filter =>
  ({ key, cells }) =>
    matches(key) || Object.values(cells).some((cell) => typeof cell === 'string' && matches(cell));

function columnNamed(name: string, columns: Readonly<Record<string, Column>>): string {
  const small = name.toLowerCase();
  const found = Object.entries(columns).find(
    ([key, { title }]) => key.toLowerCase() === small || title.toLowerCase() === small,
  );
  if (found) return found[0];
  throw new FilterError(`there is no column ${name}; there are ${Object.keys(columns).join(', ')}`);
}

function ofColumn(
  name: string,
  sign: string,
  value: string,
  columns: Readonly<Record<string, Column>>,
  word: string,
): Filter {
  const { kind } = columns[name]!;
  const isText = kind === 'text' || kind === 'state';
  if (sign === ':') {
    const matches = contains(value);
    return ({ cells }) => matches(String(cells[name] ?? ''));
  }
  if (isText) {
    if (sign !== '=') throw new FilterError(`${word}: ${name} is a text; expected ${name}:… or ${name}=…`);
    return ({ cells }) => cells[name] === value;
  }
  return comparing(name, sign, numberOf(value, word));
}

function comparing(name: string, sign: string, bound: number): Filter {
  const meets: (cell: number) => boolean =
    sign === '>'
      ? (cell) => cell > bound
      : sign === '>='
        ? (cell) => cell >= bound
        : sign === '<'
          ? (cell) => cell < bound
          : sign === '<='
            ? (cell) => cell <= bound
            : (cell) => cell === bound;
  return ({ cells }) => {
    const cell = cells[name];
    return typeof cell === 'number' && meets(cell);
  };
}

function numberOf(value: string, word: string): number {
  const [, number, unit = ''] = /^(-?\d+(?:\.\d+)?)([A-Za-z%]*)$/.exec(value.replaceAll(',', '')) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (number === undefined || factor === undefined)
    throw new FilterError(
      `${word}: expected a number, with ms, s, m, h, d, k, K, M, G or % if it has a unit, got ${value || 'nothing'}`,
    );
  return Number(number) * factor;
}
