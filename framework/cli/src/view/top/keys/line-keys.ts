import { longestFilter } from '@pomelo-ts/views';
import { carryOut } from '../command.js';
import { completed } from '../completion.js';
import { change, type Key, type Step } from '../screen-event.js';
import type { Mode, ScreenState } from '../screen-state.js';
import { typed } from './typed.js';

/** Longest command that can be typed, and how many are remembered. */
const longestCommand = 500;
const mostHistory = 100;

type ModeOf<K extends Mode['kind']> = Mode & { readonly kind: K };

/** Typing a filter: what it lets through is shown at once. */
export function filterKey(state: ScreenState, key: Key, mode: ModeOf<'filter'>): Step {
  if (key.name === 'escape') return filtered(state, { kind: 'table' }, mode.former);
  if (key.name === 'enter') return change(state, { mode: { kind: 'table' } });
  const text = typed(mode.text, key, longestFilter);
  return text === undefined ? { state } : filtered(state, { ...mode, text }, text);
}

const filtered = (state: ScreenState, mode: Mode, filter: string): Step =>
  change(state, { mode, refused: undefined, query: { ...state.query, filter } });

/** Typing a command: tab completes it, up and down go through the history. */
export function commandKey(state: ScreenState, key: Key, mode: ModeOf<'command'>): Step {
  const { history } = state;
  if (key.name === 'escape') return change(state, { mode: { kind: 'table' } });
  if (key.name === 'enter') {
    const line = mode.text.trim();
    const known = [line, ...history.filter((other) => other !== line)].slice(0, mostHistory);
    const left: ScreenState = { ...state, mode: { kind: 'table' } };
    return line === '' ? { state: left } : carryOut({ ...left, history: known }, line);
  }
  if (key.name === 'tab') return change(state, { mode: { ...mode, text: completed(state, mode.text) } });
  if (key.name === 'up' || key.name === 'down') {
    const at = Math.max(-1, Math.min(history.length - 1, mode.at + (key.name === 'up' ? 1 : -1)));
    return change(state, { mode: { kind: 'command', text: history[at] ?? '', at } });
  }
  const text = typed(mode.text, key, longestCommand);
  return text === undefined ? { state } : change(state, { mode: { ...mode, text } });
}

/** What has to be typed so that an action is carried out: `y` for one server, for several how many they are. */
export const confirmation = ({ ids }: { readonly ids: readonly string[] }): string =>
  ids.length === 1 ? 'y' : String(ids.length);

/** Typing that an action is meant. */
export function confirmKey(state: ScreenState, key: Key, mode: ModeOf<'confirm'>): Step {
  const { action, ids, more } = mode;
  const single = ids.length === 1;
  const away: ScreenState = { ...state, mode: { kind: 'table' } };
  const text = typed(mode.typed, key, 10);
  const done = single ? text === 'y' : key.name === 'enter' && mode.typed === confirmation(mode);
  if (done) {
    const notice = { text: `${action} ${shown(ids)}: under way`, bad: false };
    return {
      state: { ...away, notice, marks: new Set<string>() },
      effect: { do: 'operate', action, ids, ...(more !== undefined && { more }) },
    };
  }
  if (single || key.name === 'escape' || key.name === 'enter')
    return { state: { ...away, notice: { text: `${action}: left alone`, bad: false } } };
  return text === undefined ? { state } : change(state, { mode: { ...mode, typed: text } });
}

/** `chat-1, chat-2, chat-3 and 7 more`. */
export const shown = (ids: readonly string[]): string =>
  ids.length > 4 ? `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more` : ids.join(', ');
