import { longestFilter } from '@pomelo-ts/views';
import { begun } from '../begun.js';
import { carryOut } from '../command.js';
import { completed } from '../completion.js';
import type { Order } from '../order.js';
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

/** What has to be typed so that an operation is carried out: how many servers when there are several, the id of one that has players, the verb when it is about types, hosts or all, else `y`. */
export function confirmation({ verb, ids, players, isWide }: Order): string {
  if (isWide) return verb.split('.').at(-1)!;
  if (ids.length > 1) return String(ids.length);
  return players > 0 ? ids[0]! : 'y';
}

/** Typing that an operation is meant. */
export function confirmKey(state: ScreenState, key: Key, { order, typed: before }: ModeOf<'confirm'>): Step {
  const wanted = confirmation(order);
  const away: ScreenState = { ...state, mode: { kind: 'table' } };
  const text = typed(before, key, longestCommand);
  const isOneKey = wanted === 'y';
  if (isOneKey ? text === wanted : key.name === 'enter' && before === wanted) return begun(away, order);
  if (key.name === 'escape' || key.name === 'enter')
    return { state: { ...away, notice: { text: `${order.title}: left alone`, bad: false } } };
  // who types a name where one key is asked for must not have its letters taken for keys of the table, nor a y in it for that key
  return text === undefined ? { state } : change(state, { mode: { kind: 'confirm', order, typed: text } });
}
