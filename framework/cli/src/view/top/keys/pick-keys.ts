import { columnsOf, groupings, type ViewQuery, windows } from '@pomelo-ts/views';
import { type Order, orderOf, refusalOf } from '../order.js';
import { change, type Key, type Step } from '../screen-event.js';
import { actions, type Mode, meantServers, type ScreenState, selectedRow, uidOf } from '../screen-state.js';

/** Letters of what there is to choose: the first letter, of windows their number. */
export const letters = {
  group: Object.fromEntries(groupings.map((name) => [name[0]!, name])),
  window: { '1': windows[0], '2': windows[1], '3': windows[2], '4': windows[3] },
  actions: Object.fromEntries(actions.map((name) => [name === 'start' ? 'b' : name[0]!, name])),
} as const;

const back = (state: ScreenState): Step => change(state, { mode: { kind: 'table' } });
const ask = (state: ScreenState, query: Partial<ViewQuery>): Step =>
  change(state, { mode: { kind: 'table' }, selected: undefined, query: { ...state.query, ...query } });

/** The letter of a column sorts by it, once more the other way round; `!` sorts by trouble. */
export function sortKey(state: ScreenState, key: Key, mode: Mode & { readonly kind: 'sort' }): Step {
  if (key.text === '!') return ask(state, { sort: 'trouble', ascending: false, growth: false });
  const found = Object.entries(columnsOf(state.query.view)).find(([, { letter }]) => letter === key.text);
  if (!found) return back(state);
  const [sort, { kind }] = found;
  const { query } = state;
  const again = query.sort === sort && query.growth === mode.growth;
  const usual = (kind === 'text' || kind === 'state') && !mode.growth;
  return ask(state, { sort, growth: mode.growth, ascending: again ? !query.ascending : usual });
}

/** The letter of what lines stand together by; any other key ends that. */
export function groupKey(state: ScreenState, key: Key): Step {
  const group = key.text === undefined ? undefined : letters.group[key.text];
  const { group: _, ...alone } = state.query;
  if (group === undefined || !Object.hasOwn(columnsOf(state.query.view), group))
    return change(state, { mode: { kind: 'table' }, query: alone });
  return ask(state, { group });
}

export function windowKey(state: ScreenState, key: Key): Step {
  const window = Object.entries(letters.window).find(([letter]) => letter === key.text)?.[1];
  return window ? ask(state, { window }) : back(state);
}

/** What there is to choose after `a`, by its letter, and why not where it cannot be asked for from here. */
export interface Choice {
  readonly letter: string;
  readonly name: string;
  readonly order: Order;
  readonly refused?: string;
}

/** Each choice there is for what is selected, also what this visitor may not do: who looks for it finds why not. */
export function actionChoices(state: ScreenState): readonly Choice[] {
  const choice = (letter: string, name: string, order: Order): Choice => {
    const refused = refusalOf(state, order.verb);
    return { letter, name, order, ...(refused !== undefined && { refused }) };
  };
  if (state.query.view === 'users') {
    const uid = uidOf(state, selectedRow(state));
    return uid === undefined ? [] : [choice('k', 'kick', orderOf(state, 'users.kick', { uid }))];
  }
  const ids = meantServers(state);
  return Object.entries(letters.actions).map(([letter, name]) =>
    choice(letter, name, orderOf(state, `servers.${name}`, { ids })),
  );
}

export function actionKey(state: ScreenState, key: Key): Step {
  const chosen = actionChoices(state).find(({ letter }) => letter === key.text);
  if (!chosen) return back(state);
  const { order, refused } = chosen;
  if (refused !== undefined)
    return change(state, { mode: { kind: 'table' }, notice: { text: refused, bad: true } });
  return change(state, { mode: { kind: 'confirm', order, typed: '' } });
}
