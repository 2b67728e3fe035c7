import type { Page } from '@pomelo-ts/views';
import { detailKey, helpKey, logKey } from './keys/beside-keys.js';
import { commandKey, confirmKey, filterKey } from './keys/line-keys.js';
import { actionKey, groupKey, sortKey, windowKey } from './keys/pick-keys.js';
import { tableKey } from './keys/table-keys.js';
import { change, type Key, type ScreenEvent, type Step } from './screen-event.js';
import type { Mode, ScreenState } from './screen-state.js';

/** Most lines of a log that are kept to be scrolled back to. */
export const mostLogLines = 10_000;

/** What a key does, by what keys are for. */
const byMode: Readonly<Record<Mode['kind'], (state: ScreenState, key: Key, mode: never) => Step>> = {
  table: tableKey,
  detail: detailKey,
  help: helpKey,
  log: logKey,
  filter: filterKey,
  command: commandKey,
  sort: sortKey,
  group: groupKey,
  window: windowKey,
  actions: actionKey,
  confirm: confirmKey,
};

/** The screen after something has happened, and what is to be done about it. Changes nothing by itself. */
export function reduce(state: ScreenState, event: ScreenEvent): Step {
  switch (event.kind) {
    case 'key':
      return pressed(state, event.key);
    case 'page':
      return change(state, { ...withPage(state, event.page), lost: undefined, refused: undefined });
    case 'lost':
      return change(state, { lost: event.reason });
    case 'refused':
      return change(state, { refused: event.reason });
    case 'log':
      return logged(state, event.id, event.lines);
    case 'facts':
      return withFacts(state, event);
    case 'told':
      return change(state, { notice: { text: event.text, bad: event.bad } });
    case 'size':
      return change(state, { rows: event.rows, columns: event.columns });
    case 'time':
      return change(state, { now: event.now });
  }
}

function pressed(state: ScreenState, key: Key): Step {
  if (key.name === 'C-c') return { state, effect: { do: 'quit' } };
  if (key.name === 'C-z') return { state, effect: { do: 'suspend' } };
  return byMode[state.mode.kind](state, key, state.mode as never);
}

/** What is frozen stays. */
function withPage(state: ScreenState, page: Page): Partial<ScreenState> {
  if (state.frozen) return { behind: page };
  return { page };
}

function withFacts(
  state: ScreenState,
  { key, tab, lines: facts }: ScreenEvent & { readonly kind: 'facts' },
): Step {
  const { mode } = state;
  if (mode.kind !== 'detail' || mode.key !== key || mode.tab !== tab) return { state };
  return change(state, { mode: { ...mode, facts } });
}

function logged(state: ScreenState, id: string, more: readonly string[]): Step {
  const { mode } = state;
  if (mode.kind !== 'log' || mode.id !== id) return { state };
  const lines = [...mode.lines, ...more].slice(-mostLogLines);
  // who has scrolled back goes on reading the same lines
  const back = mode.back === 0 ? 0 : Math.min(mode.back + more.length, lines.length);
  return change(state, { mode: { ...mode, lines, back } });
}
