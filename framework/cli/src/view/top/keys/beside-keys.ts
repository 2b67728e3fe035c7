import { longestFilter } from '@pomelo-ts/views';
import { logFilter } from '../log-filter.js';
import { change, type Key, type Step } from '../screen-event.js';
import type { Mode, ScreenState } from '../screen-state.js';
import { moved } from './move.js';
import { tableKey } from './table-keys.js';
import { typed } from './typed.js';

const isBack = ({ name, text }: Key): boolean =>
  name === 'escape' || name === 'left' || name === 'backspace' || text === '-';
const toTable = (state: ScreenState): Step => change(state, { mode: { kind: 'table' } });

/** A key beside all that is known of one line: `up` and `down` go on to the line beside. */
export function detailKey(state: ScreenState, key: Key): Step {
  if (isBack(key)) return toTable(state);
  if (key.name === 'enter') return { state };
  if (key.name === 'pageup' || key.name === 'pagedown') return scrolled(state, key.name === 'pagedown');
  const step = tableKey(state, key);
  const { mode, selected } = step.state;
  if (mode.kind !== 'detail' || selected === undefined || selected === mode.key) return step;
  return { ...step, state: { ...step.state, mode: { kind: 'detail', key: selected, from: 0 } } };
}

function scrolled(state: ScreenState, down: boolean): Step {
  const { mode, rows } = state;
  if (mode.kind !== 'detail') return { state };
  const page = Math.max(1, rows - 10);
  const most = Math.max(0, (mode.facts?.length ?? 0) - 1);
  return change(state, {
    mode: { ...mode, from: Math.max(0, Math.min(most, mode.from + (down ? page : -page))) },
  });
}

/** Any key leaves the help; `q` the program. */
export function helpKey(state: ScreenState, key: Key): Step {
  return key.text === 'q' ? { state, effect: { do: 'quit' } } : toTable(state);
}

type LogMode = Mode & { readonly kind: 'log' };

/** A key beside a log: it is scrolled, from its end. */
export function logKey(state: ScreenState, key: Key, mode: LogMode): Step {
  if (mode.typing !== undefined) return typingKey(state, key, mode, mode.typing);
  if (isBack(key)) return toTable(state);
  if (key.text === '/') return change(state, { mode: { ...mode, typing: mode.filter }, notice: undefined });
  if (key.text === 'q') return { state, effect: { do: 'quit' } };
  const shown = Math.max(1, state.rows - 4);
  const most = Math.max(1, mode.lines.length - shown + 1);
  const top = moved(key, most - 1 - mode.back, most, shown);
  return top === undefined ? { state } : change(state, { mode: { ...mode, back: most - 1 - top } });
}

/** Typing what is looked for: enter has the servers tell such lines alone. */
function typingKey(state: ScreenState, key: Key, { typing: _, ...mode }: LogMode, text: string): Step {
  if (key.name === 'escape') return change(state, { mode });
  if (key.name !== 'enter') {
    const more = typed(text, key, longestFilter);
    return more === undefined ? { state } : change(state, { mode: { ...mode, typing: more } });
  }
  const filter = text.trim();
  try {
    logFilter(filter);
  } catch (error) {
    const notice = { text: (error as Error).message, bad: true };
    return change(state, { mode: { ...mode, typing: text }, notice });
  }
  if (filter === mode.filter) return change(state, { mode });
  return change(state, { mode: { ...mode, filter, lines: [], back: 0 }, notice: undefined });
}
