import { askedBy, columnsOf, groupings, windows } from '@pomelo-ts/views';
import { completions } from '../completion.js';
import { confirmation, shown } from '../keys/line-keys.js';
import { letters } from '../keys/pick-keys.js';
import type { Mode, Order, ScreenState } from '../screen-state.js';
import { type Line, plainLine, span, wrapped } from './line.js';

/** What each action does, in one sentence. */
export type Effects = Readonly<Record<Order, string>>;

/** The lines at the end: what is shown or told, and the keys or what is typed. */
export function footLines(state: ScreenState, effects: Effects): Line[] {
  return [...statusLines(state), ...inputLines(state, effects)];
}

function statusLines(state: ScreenState): Line[] {
  const { refused, lost, notice, page } = state;
  if (refused !== undefined) return toldLines(refused, 'red', state);
  if (notice) return toldLines(notice.text, notice.bad ? 'red' : 'green', state);
  if (lost !== undefined && page) return [plainLine(` the master is looked for again: ${lost}`, 'red')];
  return [[span(` ${askedText(state)}`, 'dim')]];
}

/** Whole, as what mends it stands at the end of a message; a low screen is not filled by it. */
function toldLines(text: string, style: 'red' | 'green', { rows, columns }: ScreenState): Line[] {
  const most = Math.max(1, Math.min(4, Math.floor(rows / 4)));
  const lines = wrapped(text, Math.max(1, columns - 1));
  const shownLines =
    lines.length > most ? [...lines.slice(0, most - 1), lines.slice(most - 1).join(' ')] : lines;
  return shownLines.map((line) => plainLine(` ${line}`, style));
}

/** What the table is of. */
function askedText({ query, page, marks }: ScreenState): string {
  const { view, sort, growth, ascending, window, filter, group, faulty } = query;
  const { rows = [], matching = 0, total = 0, silent = [] } = page ?? {};
  const title = sort === 'trouble' ? sort : (columnsOf(view)[sort]?.title ?? sort);
  const counts =
    rows.length < matching
      ? `first ${rows.length} of ${matching}`
      : matching < total
        ? `${matching} of ${total}`
        : String(total);
  return [
    `${view} ${counts}`,
    `by ${growth ? 'growth of ' : ''}${title}${ascending ? ', small first' : ''}`,
    ...(askedBy(view) === undefined ? [`over ${window}`] : []),
    ...(filter === '' ? [] : [`filter ${filter}`]),
    ...(group === undefined ? [] : [`grouped by ${group}`]),
    ...(faulty ? ['only faulty'] : []),
    ...(marks.size > 0 ? [`${marks.size} marked`] : []),
    ...(silent.length > 0 ? [`no numbers from ${shown(silent)}`] : []),
  ].join('; ');
}

const key = (name: string, text: string): Line => [span(` ${name}`, 'cyan'), span(` ${text} `)];

function inputLines(state: ScreenState, effects: Effects): Line[] {
  const { mode } = state;
  switch (mode.kind) {
    case 'filter':
      return [typingLine(mode.text)];
    case 'log':
      return mode.typing === undefined ? [keysLine(state)] : [typingLine(mode.typing)];
    case 'command':
      return [[span(' : ', 'cyan'), span(`${mode.text}_`), ...hints(state, mode.text)]];
    case 'confirm':
      return confirmLines(mode, effects, state.columns);
    default:
      return [keysLine(state)];
  }
}

/** More do not fit into a line of any terminal. */
const mostHints = 40;

const typingLine = (text: string): Line => [
  span(' filter: ', 'cyan'),
  span(`${text}_`),
  span('   enter keeps it, esc not', 'dim'),
];

function hints(state: ScreenState, text: string): Line {
  const words = completions(state, text).slice(0, mostHints);
  return words.length > 0 ? [span(`   ${words.join(' ')}`, 'dim')] : [];
}

function confirmLines(mode: Mode & { readonly kind: 'confirm' }, effects: Effects, columns: number): Line[] {
  const { action, ids, more, typed } = mode;
  const word = confirmation(mode);
  const ask =
    word === 'y' ? 'y does it, any other key not' : `type ${word} and enter; esc leaves it: ${typed}_`;
  return [
    ...wrapped(effects[action], Math.max(1, columns - 1)).map((line) => plainLine(` ${line}`, 'yellow')),
    [span(` ${action} ${shown(ids)}${more === undefined ? '' : ` (${more})`}? `, 'bold'), span(ask)],
  ];
}

function keysLine({ mode, query, readonly }: ScreenState): Line {
  switch (mode.kind) {
    case 'sort':
      return choice(mode.growth ? 'by growth of' : 'by', [
        ...Object.values(columnsOf(query.view)).map(({ letter, title }) => [letter, title] as const),
        ['!', 'trouble'],
      ]);
    case 'group':
      return choice('together by', [...groupings.map((name) => [name[0]!, name] as const), ['esc', 'none']]);
    case 'window':
      return choice(
        'over',
        windows.map((name, n) => [String(n + 1), name] as const),
      );
    case 'actions':
      return choice('do', query.view === 'users' ? [['k', 'kick']] : Object.entries(letters.actions));
    case 'log':
      return [
        ...key('arrows pgup end', 'scroll'),
        ...(mode.traceMs === undefined ? key('/', 'filter') : []),
        ...key('esc', mode.traceMs === undefined ? 'back' : 'end it'),
        ...key('q', 'quit'),
      ];
    case 'help':
      return key('any key', 'back');
    case 'detail':
      return [
        ...key('esc', 'back'),
        ...(query.view === 'servers' ? key('1-7 tab', 'parts') : []),
        ...key('l', 'log'),
        ...(readonly ? [] : key('a', 'actions')),
        ...key('y', 'copy'),
        ...key('q', 'quit'),
      ];
    default:
      return tableKeys(readonly);
  }
}

/** The way out and to all other keys come first: at 80 columns the last ones have no room. */
const tableKeys = (readonly: boolean): Line => [
  ...key('enter', 'open'),
  ...key('/', 'filter'),
  ...key(':', 'command'),
  ...key('?', 'help'),
  ...key('q', 'quit'),
  ...(readonly ? [] : [...key('a', 'act'), ...key('space', 'mark')]),
  ...key('l', 'log'),
  ...key('s', 'sort'),
  ...key('p', 'freeze'),
];

const choice = (question: string, list: readonly (readonly [string, string])[]): Line => [
  span(` ${question}`, 'bold'),
  ...list.flatMap(([letter, title]) => [span(` ${letter}`, 'cyan'), span(` ${title}`)]),
];
