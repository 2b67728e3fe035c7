import type { Page } from '@pomelo-ts/views';
import { answerKey, detailKey, filteredLog, helpKey, logKey, momentKey } from './keys/beside-keys.js';
import { commandKey, confirmKey, filterKey } from './keys/line-keys.js';
import { actionKey, groupKey, sortKey, windowKey } from './keys/pick-keys.js';
import { tableKey } from './keys/table-keys.js';
import { change, type Key, type ScreenEvent, type Step } from './screen-event.js';
import { type LogEntry, logIn, type Mode, type ScreenState } from './screen-state.js';

/** Most lines of a log that are kept to be scrolled back to. */
export const mostLogLines = 10_000;

/** What a key does, by what keys are for. */
const byMode: Readonly<Record<Mode['kind'], (state: ScreenState, key: Key, mode: never) => Step>> = {
  table: tableKey,
  detail: detailKey,
  answer: answerKey,
  help: helpKey,
  log: logKey,
  moment: momentKey,
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
    case 'pointed':
      return pointedAt(state, event.key);
    case 'page':
      return change(state, { ...withPage(state, event.page), lost: undefined, refused: undefined });
    case 'lost':
      return change(state, { lost: event.reason });
    case 'refused':
      return change(state, { refused: event.reason });
    case 'log':
      return logged(state, event.id, event.lines);
    case 'filtered':
      return filteredLog(state, event);
    case 'moment':
      return withMoment(state, event);
    case 'facts':
      return withFacts(state, event);
    case 'told':
      return change(state, { notice: { text: event.text, bad: event.bad } });
    case 'answered':
      return answered(state, event);
    case 'servers':
      return change(state, { servers: event.servers });
    case 'permitted':
      return change(state, { permit: event.permit });
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

/** Who points once more at the selected row opens it. */
function pointedAt(state: ScreenState, key: string): Step {
  if (state.mode.kind !== 'table') return { state };
  return state.selected === key ? tableKey(state, { name: 'enter' }) : change(state, { selected: key });
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

function withMoment(
  state: ScreenState,
  { entry, lines: facts }: ScreenEvent & { readonly kind: 'moment' },
): Step {
  const { mode } = state;
  if (mode.kind !== 'moment' || mode.entry !== entry) return { state };
  return change(state, { mode: { ...mode, facts } });
}

function logged(state: ScreenState, id: string, more: readonly LogEntry[]): Step {
  const { mode } = state;
  const log = logIn(mode);
  if (log?.id !== id) return { state };
  const lines = [...log.lines, ...more].slice(-mostLogLines);
  // who has scrolled back goes on reading the same lines
  const back = log.back === 0 && mode === log ? 0 : Math.min(log.back + more.length, lines.length);
  const next = { ...log, lines, back };
  return change(state, { mode: mode.kind === 'moment' ? { ...mode, log: next } : next });
}

/** An answer is shown where nobody does anything else meanwhile; what it was is told in any case. */
function answered(state: ScreenState, { title, lines }: ScreenEvent & { readonly kind: 'answered' }): Step {
  const notice = { text: `${title}: done`, bad: false };
  if (state.mode.kind !== 'table' && state.mode.kind !== 'answer') return change(state, { notice });
  return change(state, { notice, mode: { kind: 'answer', title, lines, from: 0 } });
}
