import { change, type Key, type Step } from '../screen-event.js';
import type { Mode, ScreenState } from '../screen-state.js';
import { moved } from './move.js';
import { tableKey } from './table-keys.js';

const isBack = ({ name, text }: Key): boolean =>
  name === 'escape' || name === 'left' || name === 'backspace' || text === '-';
const toTable = (state: ScreenState): Step => change(state, { mode: { kind: 'table' } });

/** A key beside all that is known of one line: `up` and `down` go on to the line beside. */
export function detailKey(state: ScreenState, key: Key): Step {
  if (isBack(key)) return toTable(state);
  if (key.name === 'enter') return { state };
  const step = tableKey(state, key);
  const { mode, selected } = step.state;
  if (mode.kind !== 'detail' || selected === undefined) return step;
  return { ...step, state: { ...step.state, mode: { kind: 'detail', key: selected } } };
}

/** Any key leaves the help; `q` the program. */
export function helpKey(state: ScreenState, key: Key): Step {
  return key.text === 'q' ? { state, effect: { do: 'quit' } } : toTable(state);
}

/** A key beside a log: it is scrolled, from its end. */
export function logKey(state: ScreenState, key: Key, mode: Mode & { readonly kind: 'log' }): Step {
  if (isBack(key)) return toTable(state);
  if (key.text === 'q') return { state, effect: { do: 'quit' } };
  const shown = Math.max(1, state.rows - 4);
  const most = Math.max(1, mode.lines.length - shown + 1);
  const top = moved(key, most - 1 - mode.back, most, shown);
  return top === undefined ? { state } : change(state, { mode: { ...mode, back: most - 1 - top } });
}
