import { FilterError, filterWords } from './filter.js';

/** Levels that records of a log have, from the least to the worst. */
export const logLevels = ['debug', 'info', 'warn', 'error'] as const;

/** Most lines that are shown before and after each one that was found. */
export const mostLinesAround = 20;

/** Which lines of a log are wanted, as the operation `log.read` takes it. */
export interface LogFilterArgs {
  readonly words?: readonly string[];
  readonly without?: readonly string[];
  readonly patterns?: readonly string[];
  readonly withoutPatterns?: readonly string[];
  readonly level?: (typeof logLevels)[number];
  readonly around?: number;
}

/**
 * Reads what was typed to look for in logs. `!` before a word or a regular expression turns it round.
 *
 * | word | lines that are shown |
 * |---|---|
 * | `chat` | which have it, in capitals or not |
 * | `/timed out after \d+/` | in which the regular expression is found; blanks may be in it |
 * | `level:warn` | records of that level and worse |
 * | `around:3` | also three lines before and after each of those |
 *
 * Nothing but blanks gives a filter that lets all through.
 *
 * @throws FilterError with what was expected and what came
 */
export function parseLogFilter(text: string): LogFilterArgs {
  const lists = { words: [], without: [], patterns: [], withoutPatterns: [] } as Record<string, string[]>;
  let others: Pick<LogFilterArgs, 'level' | 'around'> = {};
  for (const word of filterWords(text)) {
    if (word === '!') continue; // more of it is still typed
    const option = /^(level|around):(.*)$/.exec(word);
    if (option)
      others = { ...others, ...(option[1] === 'level' ? levelIn(option[2]!) : aroundIn(option[2]!)) };
    else addTerm(word, lists);
  }
  const some = Object.entries(lists).filter(([, list]) => list.length > 0);
  return { ...Object.fromEntries(some), ...others };
}

function addTerm(word: string, lists: Record<string, string[]>): void {
  const [bare, turned] = word.startsWith('!') ? [word.slice(1), true] : [word, false];
  if (!bare.startsWith('/')) return void lists[turned ? 'without' : 'words']!.push(bare);
  if (bare.length < 3 || !bare.endsWith('/'))
    throw new FilterError(`expected a regular expression as /…/, got ${bare}`);
  lists[turned ? 'withoutPatterns' : 'patterns']!.push(bare.slice(1, -1));
}

function levelIn(told: string): Pick<LogFilterArgs, 'level'> {
  const level = logLevels.find((one) => one === told);
  if (!level) throw new FilterError(`expected level:${logLevels.join(', level:')}; got level:${told}`);
  return { level };
}

function aroundIn(told: string): Pick<LogFilterArgs, 'around'> {
  const around = /^\d{1,3}$/.test(told) ? Number(told) : Number.NaN;
  if (!(around <= mostLinesAround))
    throw new FilterError(`expected around:0 to around:${mostLinesAround}, in lines; got around:${told}`);
  return { around };
}
