import { longestFilter } from '@pomelo-ts/views';
import { helpTexts } from '../lines/help-lines.js';
import { change, type Key, type ScreenEvent, type Step } from '../screen-event.js';
import { type Mode, type ScreenState, type ServerTab, serverTabs } from '../screen-state.js';
import { moved } from './move.js';
import { tableKey } from './table-keys.js';
import { typed } from './typed.js';

const isBack = ({ name, text }: Key): boolean =>
  name === 'escape' || name === 'left' || name === 'backspace' || text === '-';
const toTable = (state: ScreenState): Step => change(state, { mode: { kind: 'table' } });

type DetailMode = Mode & { readonly kind: 'detail' };

/** A key beside all that is known of one line: `up` and `down` go on to the line beside, or scroll where there is more than that. */
export function detailKey(state: ScreenState, key: Key, mode: DetailMode): Step {
  if (isBack(key)) return toTable(state);
  if (key.name === 'enter') return { state };
  const tab = state.query.view === 'servers' ? tabOf(key, mode.tab) : undefined;
  if (tab) return showTab(state, mode.key, tab);
  const by = scrollBy(key, mode, Math.max(1, state.rows - 10));
  if (by !== 0) return scrolled(state, mode, by);
  const step = tableKey(state, key);
  const { mode: next, selected } = step.state;
  if (next.kind !== 'detail' || selected === undefined || selected === next.key) return step;
  return {
    ...step,
    state: { ...step.state, mode: { kind: 'detail', key: selected, tab: next.tab, from: 0 } },
  };
}

/** The part of a server's page that a key is for: its number, or the one beside. */
function tabOf({ name, text }: Key, now: ServerTab): ServerTab | undefined {
  const at = serverTabs.indexOf(now);
  if (name === 'tab' || text === ']') return serverTabs[(at + 1) % serverTabs.length];
  if (name === 'S-tab' || text === '[') return serverTabs[(at + serverTabs.length - 1) % serverTabs.length];
  return text !== undefined && /^[1-9]$/.test(text) ? (serverTabs[Number(text) - 1] ?? now) : undefined;
}

function showTab(state: ScreenState, id: string, tab: ServerTab): Step {
  if (tab === 'log')
    return change(state, { mode: { kind: 'log', id, lines: [], back: 0, filter: '', ofPage: true } });
  return change(state, { mode: { kind: 'detail', key: id, tab, from: 0 } });
}

function scrollBy({ name }: Key, { tab }: DetailMode, page: number): number {
  if (name === 'pageup') return -page;
  if (name === 'pagedown') return page;
  if (tab === 'overview') return 0;
  return name === 'up' ? -1 : name === 'down' ? 1 : 0;
}

function scrolled(state: ScreenState, mode: DetailMode, by: number): Step {
  const most = Math.max(0, (mode.facts?.length ?? 0) - 1);
  return change(state, { mode: { ...mode, from: Math.max(0, Math.min(most, mode.from + by)) } });
}

/** A key beside the help: it is scrolled; any other key leaves it, and `q` the program. */
export function helpKey(state: ScreenState, key: Key, mode: Mode & { readonly kind: 'help' }): Step {
  if (key.text === 'q') return { state, effect: { do: 'quit' } };
  const shown = Math.max(1, state.rows - 12);
  const places = Math.max(1, helpTexts(state).length - shown + 1);
  const from = moved(key, mode.from, places, shown);
  return from === undefined ? toTable(state) : change(state, { mode: { ...mode, from } });
}

type LogMode = Mode & { readonly kind: 'log' };

/** A key beside a log: it is scrolled, from its end. */
export function logKey(state: ScreenState, key: Key, mode: LogMode): Step {
  if (mode.typing !== undefined) return typingKey(state, key, mode, mode.typing);
  if (isBack(key)) return toTable(state);
  const tab = mode.ofPage && tabOf(key, 'log');
  if (tab) return showTab(state, mode.id, tab);
  if (key.text === '/' && mode.traceMs === undefined)
    return change(state, { mode: { ...mode, typing: mode.filter }, notice: undefined });
  if (key.text === 'q') return { state, effect: { do: 'quit' } };
  if (key.name === 'enter') return openMoment(state, mode);
  const shown = Math.max(1, state.rows - 4);
  const most = Math.max(1, mode.lines.length - shown + 1);
  const top = moved(key, most - 1 - mode.back, most, shown);
  return top === undefined ? { state } : change(state, { mode: { ...mode, back: most - 1 - top } });
}

/** What it was like when the line was written that was scrolled to: the last one that is shown. */
function openMoment(state: ScreenState, log: LogMode): Step {
  const entry = log.lines[log.lines.length - 1 - log.back];
  const { id, at } = entry ?? {};
  if (!entry || id === undefined || at === undefined)
    return change(state, { notice: { text: 'nothing tells when this line was written', bad: true } });
  return change(state, { mode: { kind: 'moment', entry: { ...entry, id, at }, log }, notice: undefined });
}

/** A key beside a moment: it goes back to the log, or out. */
export function momentKey(state: ScreenState, key: Key, { log }: Mode & { readonly kind: 'moment' }): Step {
  if (isBack(key) || key.name === 'enter') return change(state, { mode: log });
  return key.text === 'q' ? { state, effect: { do: 'quit' } } : { state };
}

/** Typing what is looked for: enter has the servers tell such lines alone, once it is known that they can. */
function typingKey(state: ScreenState, key: Key, { typing: _, ...mode }: LogMode, text: string): Step {
  if (key.name === 'escape') return change(state, { mode, notice: undefined });
  if (key.name !== 'enter') {
    const more = typed(text, key, longestFilter);
    return more === undefined ? { state } : change(state, { mode: { ...mode, typing: more } });
  }
  const filter = text.trim();
  if (filter === mode.filter) return change(state, { mode, notice: undefined });
  return { state, effect: { do: 'tryFilter', id: mode.id, filter } };
}

/** What was typed shows its lines; what makes no sense is told, and the lines stay that are shown. */
export function filteredLog(
  state: ScreenState,
  { id, filter, wrong }: ScreenEvent & { readonly kind: 'filtered' },
): Step {
  const { mode } = state;
  if (mode.kind !== 'log' || mode.id !== id || mode.typing?.trim() !== filter) return { state };
  if (wrong !== undefined) return change(state, { notice: { text: wrong, bad: true } });
  const { typing: _, ...others } = mode;
  return change(state, { mode: { ...others, filter, lines: [], back: 0 }, notice: undefined });
}

/** A key beside an answer of the master: it is scrolled, or left. */
export function answerKey(state: ScreenState, key: Key, mode: Mode & { readonly kind: 'answer' }): Step {
  if (isBack(key) || key.name === 'enter')
    return change(state, { mode: { kind: 'table' }, notice: undefined });
  if (key.text === 'q') return { state, effect: { do: 'quit' } };
  if (key.text === ':') return tableKey(state, key);
  const from = moved(key, mode.from, mode.lines.length, Math.max(1, state.rows - 8));
  return from === undefined ? { state } : change(state, { mode: { ...mode, from } });
}
