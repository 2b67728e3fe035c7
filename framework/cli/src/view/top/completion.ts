import { columnsOf } from '@pomelo-ts/views';
import { complete } from '../../console/complete.js';
import type { NamedServer } from '../../console/no-server.js';
import { commandWords } from './command.js';
import type { ScreenState } from './screen-state.js';

/** What a command may go on with at its last word. */
export function completions(state: ScreenState, text: string): readonly string[] {
  const words = text.split(/\s+/);
  const last = words.at(-1)!;
  return candidates(state, words, text).filter((word) => word.startsWith(last));
}

function candidates(state: ScreenState, words: readonly string[], text: string): readonly string[] {
  const [first = ''] = words;
  if (words.length === 1) return commandWords(state);
  if (first === 'filter') return Object.keys(columnsOf(state.query.view)).map((name) => `${name}:`);
  if (first === 'logs' || first === 'log') return ['all', ...idsIn(state)];
  if (first === 'profile') return ofProfile(state, words);
  const { operations } = state;
  return complete(text, { operations, ids: idsIn(state), types: typesIn(state) })[0];
}

function ofProfile(state: ScreenState, words: readonly string[]): readonly string[] {
  if (words.length === 2) return idsIn(state);
  if (words.length === 3) return ['10s', 'heap'];
  return words[2] === 'heap' && words.length === 4 ? ['--force'] : [];
}

const idsIn = (state: ScreenState): readonly string[] => serversIn(state).map(({ id }) => id);

const typesIn = (state: ScreenState): readonly string[] => [
  ...new Set(serversIn(state).map(({ type }) => type)),
];

/** All servers, or as long as the master has not told them those that are shown. */
function serversIn({ servers, page, query }: ScreenState): readonly NamedServer[] {
  if (servers || query.view !== 'servers') return servers ?? [];
  return page?.rows.map(({ key, cells }) => ({ id: key, type: String(cells['type']) })) ?? [];
}

/** A command with its last word as far as all that it may become agree; with a blank after it when that is one. */
export function completed(state: ScreenState, text: string): string {
  const found = completions(state, text);
  if (found.length === 0) return text;
  const common = found.reduce((all, word) => {
    let length = 0;
    while (length < all.length && all[length] === word[length]) length++;
    return all.slice(0, length);
  });
  const whole = text.replace(/\S*$/, '') + common;
  return found.length === 1 && !/[:=]$/.test(common) ? `${whole} ` : whole;
}
