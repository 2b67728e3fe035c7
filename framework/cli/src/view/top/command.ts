import { parseDuration } from '@pomelo-ts/common';
import { type ViewName, viewNames } from '@pomelo-ts/views';
import { showLog, showView } from './keys/table-keys.js';
import { profileWish } from './profile-wish.js';
import { change, type Step } from './screen-event.js';
import {
  type Action,
  actions,
  allServers,
  isAction,
  isOrder,
  meantServers,
  orders,
  type ScreenState,
  selectedRow,
  uidOf,
} from './screen-state.js';

/** What can be typed after `:`, beside names of views and actions. */
export const otherCommands = ['filter', 'logs', 'trace', 'write', 'quit', 'help'] as const;

/** All first words of commands. */
export const commandWords = (state: ScreenState): readonly string[] => [
  ...viewNames,
  ...otherCommands,
  ...(state.readonly ? [] : [...actions, ...orders]),
];

/** Carries out what was typed after `:`. */
export function carryOut(state: ScreenState, line: string): Step {
  const [word = '', ...rest] = line.split(/\s+/);
  if ((viewNames as readonly string[]).includes(word)) return showView(state, word as ViewName);
  if (isAction(word)) return act(state, word, rest);
  if (isOrder(word)) return order(state, word, rest);
  switch (word) {
    case 'filter':
      return change(state, { query: { ...state.query, filter: line.slice('filter'.length).trim() } });
    case 'logs':
    case 'log':
      return logs(state, rest);
    case 'trace':
      return trace(state, rest);
    case 'write':
      return { state, effect: { do: 'write' } };
    case 'help':
      return change(state, { mode: { kind: 'help' } });
    case 'q':
    case 'quit':
      return { state, effect: { do: 'quit' } };
    default:
      return told(state, `there is no command ${word}; there are ${commandWords(state).join(', ')}`);
  }
}

function act(state: ScreenState, action: Action, words: readonly string[]): Step {
  if (state.readonly) return told(state, 'nothing can be changed: --readonly');
  const ids = words.length > 0 ? [...new Set(words)] : meantServers(state);
  if (ids.length === 0) return told(state, `${action} which? expected ids of servers, or marked ones`);
  return change(state, { mode: { kind: 'confirm', action, ids, typed: '' } });
}

/** A user is kicked with what they are told; a profile is taken as long as is said, or of the heap. */
function order(state: ScreenState, action: (typeof orders)[number], words: readonly string[]): Step {
  if (state.readonly) return told(state, 'nothing can be changed: --readonly');
  const [first, ...rest] = words;
  if (action === 'kick') {
    if (first === undefined) return told(state, 'kick whom? expected a uid, and what the client is told');
    const more = rest.length > 0 ? { more: rest.join(' ') } : {};
    return change(state, { mode: { kind: 'confirm', action, ids: [first], ...more, typed: '' } });
  }
  const [id = meantServers(state)[0], ...how] = words;
  const more = how.join(' ') || '10s';
  if (id === undefined || !profileWish(more))
    return told(
      state,
      'expected a server, and how long or heap: profile chat-1 10s, profile chat-1 heap --force',
    );
  return change(state, { mode: { kind: 'confirm', action, ids: [id], more, typed: '' } });
}

function logs(state: ScreenState, [id = meantServers(state)[0], ...more]: readonly string[]): Step {
  if (id === undefined || more.length > 0)
    return told(state, 'expected the id of one server, or all: logs chat-1');
  return showLog(state, id === 'all' ? allServers : id);
}

/** `trace uid 42 --for 5m`; the words `uid` and `--for` may be left out, and so may the time. Without a uid, the selected user. */
function trace(state: ScreenState, words: readonly string[]): Step {
  const some = words.filter(
    (word, n) => word !== '--for' && !(n === 0 && word === 'uid' && words.length > 1),
  );
  const [uid = uidOf(state, selectedRow(state)), time = '5m', ...more] = some;
  const traceMs = parseDuration(time);
  const fits = traceMs !== undefined && traceMs >= 1000 && traceMs <= 3_600_000;
  if (uid === undefined || !fits || more.length > 0)
    return told(state, 'expected a uid, and for how long, 1s to 1h: trace uid 42 --for 5m');
  return change(state, { mode: { kind: 'log', id: uid, lines: [], back: 0, filter: '', traceMs } });
}

const told = (state: ScreenState, text: string): Step => change(state, { notice: { text, bad: true } });
