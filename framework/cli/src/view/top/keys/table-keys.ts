import { usualQuery, type ViewName, viewNames, views } from '@pomelo-ts/views';
import { change, type Key, type Step } from '../screen-event.js';
import {
  allServers,
  meantServers,
  placeOf,
  type ScreenState,
  selectedRow,
  serverOf,
  uidOf,
} from '../screen-state.js';
import { moved } from './move.js';

/** What keys of the table do, by their name or character. */
const byKey: Readonly<Record<string, (state: ScreenState) => Step>> = {
  enter: open,
  '-': (state) => look(state, state.lastQuery),
  '/': (state) => {
    const { filter } = state.query;
    return change(state, { mode: { kind: 'filter', text: filter, former: filter }, notice: undefined });
  },
  ':': (state) => change(state, { mode: { kind: 'command', text: '', at: -1 }, notice: undefined }),
  '?': (state) => change(state, { mode: { kind: 'help', from: 0 } }),
  s: (state) => change(state, { mode: { kind: 'sort', growth: false } }),
  S: (state) => change(state, { mode: { kind: 'sort', growth: true } }),
  g: (state) => change(state, { mode: { kind: 'group' } }),
  w: (state) => change(state, { mode: { kind: 'window' } }),
  a: askAction,
  l: openLog,
  L: (state) => showLog(state, allServers),
  e: (state) => change(state, { query: { ...state.query, faulty: !state.query.faulty } }),
  p: freeze,
  space: mark,
  '*': (state) => markAll(state),
  y: copy,
  o: (state) => ({ state, effect: { do: 'write' } }),
  m: (state) => ({ state: { ...state, mouse: !state.mouse }, effect: { do: 'mouse', on: !state.mouse } }),
  q: (state) => ({ state, effect: { do: 'quit' } }),
  escape: leave,
};

/** A key while the table is shown. */
export function tableKey(state: ScreenState, key: Key): Step {
  const count = state.page?.rows.length ?? 0;
  const to = moved(key, placeOf(state), count, Math.max(1, state.rows - 8));
  if (to !== undefined) return change(state, { selected: state.page?.rows[to]?.key });
  const view = viewNames.find((name) => views[name].digit === key.text);
  if (view) return showView(state, view);
  const name = key.text !== undefined && Object.hasOwn(byKey, key.text) ? key.text : key.name;
  return Object.hasOwn(byKey, name) ? byKey[name]!(state) : { state };
}

/** Another view, as it usually is; the window stays. */
export function showView(state: ScreenState, view: ViewName): Step {
  return look(state, { ...usualQuery, view, window: state.query.window });
}

function look(state: ScreenState, query: ScreenState['query']): Step {
  const asked = { query, lastQuery: state.query, refused: undefined, mode: { kind: 'table' } as const };
  if (query.view === state.query.view) return change(state, asked);
  const without = { page: undefined, behind: undefined, frozen: false, selected: undefined };
  return change(state, { ...asked, ...without, marks: new Set<string>() });
}

function open(state: ScreenState): Step {
  const row = selectedRow(state);
  return row
    ? change(state, { mode: { kind: 'detail', key: row.key, tab: 'overview', from: 0 } })
    : { state };
}

/** The log of the selected line's server. */
export function openLog(state: ScreenState): Step {
  const id = serverOf(state);
  if (id === undefined) return change(state, { notice: { text: 'this line has no log', bad: true } });
  return showLog(state, id);
}

export const showLog = (state: ScreenState, id: string): Step =>
  change(state, { mode: { kind: 'log', id, lines: [], back: 0, filter: '' } });

function askAction(state: ScreenState): Step {
  if (state.readonly)
    return change(state, { notice: { text: 'nothing can be changed: --readonly', bad: true } });
  const ofUsers = state.query.view === 'users';
  if (ofUsers && uidOf(state, selectedRow(state)) === undefined)
    return change(state, { notice: { text: 'this session has no uid to be kicked by', bad: true } });
  if (!ofUsers && meantServers(state).length === 0)
    return change(state, {
      notice: { text: 'actions are for servers, key 1, and users, key 6', bad: true },
    });
  return change(state, { mode: { kind: 'actions' }, notice: undefined });
}

function freeze(state: ScreenState): Step {
  if (!state.frozen) return change(state, { frozen: true });
  return change(state, { frozen: false, page: state.behind ?? state.page, behind: undefined });
}

/** Marks are for servers, as only with them something is done. */
function mark(state: ScreenState): Step {
  if (state.query.view !== 'servers') return { state };
  const row = selectedRow(state);
  if (!row) return { state };
  const marks = new Set(state.marks);
  if (!marks.delete(row.key)) marks.add(row.key);
  const next = state.page?.rows[placeOf(state) + 1] ?? row;
  return change(state, { marks, selected: next.key });
}

function markAll(state: ScreenState): Step {
  if (state.query.view !== 'servers') return { state };
  const keys = state.page?.rows.map(({ key }) => key) ?? [];
  const all = keys.every((key) => state.marks.has(key));
  return change(state, { marks: new Set(all ? [] : keys) });
}

/** Takes away what was last asked for: a notice, marks, then the filter. */
function leave(state: ScreenState): Step {
  if (state.notice) return change(state, { notice: undefined });
  if (state.marks.size > 0) return change(state, { marks: new Set<string>() });
  const { filter: _, ...others } = state.query;
  return state.query.filter === '' ? { state } : change(state, { query: { ...others, filter: '' } });
}

function copy(state: ScreenState): Step {
  const row = selectedRow(state);
  if (!row) return { state };
  const notice = { text: `copied ${row.key} as JSON, where the terminal allows that`, bad: false };
  return { state: { ...state, notice }, effect: { do: 'copy', text: JSON.stringify(row.cells) } };
}
