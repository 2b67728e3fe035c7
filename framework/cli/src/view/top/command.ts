import { parseDuration } from '@pomelo-ts/common';
import { type ViewName, viewNames } from '@pomelo-ts/views';
import { whyNoServers } from '../../console/no-server.js';
import { begun } from './begun.js';
import { showLog, showView } from './keys/table-keys.js';
import { orderIn, orderWords, refusalOf } from './order.js';
import { change, type Step } from './screen-event.js';
import { allServers, meantServers, type ScreenState, selectedRow, uidOf } from './screen-state.js';

/** What can be typed after `:` for the screen itself, beside names of views; all else is what the console takes. */
export const otherCommands = ['filter', 'logs', 'trace', 'write', 'quit', 'help'] as const;

/** All first words of commands that may be given from here. */
export const commandWords = (state: ScreenState): readonly string[] => [
  ...viewNames,
  ...otherCommands,
  ...orderWords(state),
];

/** Carries out what was typed after `:`. */
export function carryOut(state: ScreenState, line: string): Step {
  const [word = '', ...rest] = line.split(/\s+/);
  if (rest.length === 0 && (viewNames as readonly string[]).includes(word))
    return showView(state, word as ViewName);
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
      return change(state, { mode: { kind: 'help', from: 0 } });
    case 'q':
    case 'quit':
      return { state, effect: { do: 'quit' } };
    default:
      return ask(state, line);
  }
}

/** Has the master asked: at once for what changes nothing, else after it was said what that does. */
function ask(state: ScreenState, line: string): Step {
  try {
    const order = orderIn(state, line);
    const refused = refusalOf(state, order.verb);
    if (refused !== undefined) return told(state, refused);
    const missing = state.servers && whyNoServers(order.verb, order.args, state.servers);
    if (missing !== undefined) return told(state, missing);
    const { changes = true } = state.operations.get(order.verb) ?? {};
    if (!changes) return begun(state, order);
    return change(state, { mode: { kind: 'confirm', order, typed: '' } });
  } catch (error) {
    return told(state, (error as Error).message);
  }
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
