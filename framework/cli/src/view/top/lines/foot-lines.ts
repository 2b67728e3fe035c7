import { askedBy, columnsOf, groupings, showCount, windows } from '@pomelo-ts/views';
import { completions } from '../completion.js';
import { confirmation } from '../keys/line-keys.js';
import { actionChoices } from '../keys/pick-keys.js';
import { shown } from '../named.js';
import { refusalOf } from '../order.js';
import { actions, hasActions, type Mode, type ScreenState } from '../screen-state.js';
import { type Line, plainLine, span, widthOf, wrapped } from './line.js';

/** The lines at the end: what is shown or told, and the keys or what is typed. */
export function footLines(state: ScreenState): Line[] {
  return [...statusLines(state), ...inputLines(state)];
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
    ...(silent.length > 0 ? [`numbers missing from ${shown(silent)}`] : []),
  ].join('; ');
}

const key = (name: string, text: string): Line => [span(` ${name}`, 'cyan'), span(` ${text} `)];

function inputLines(state: ScreenState): Line[] {
  const { mode } = state;
  switch (mode.kind) {
    case 'filter':
      return [typingLine(mode.text)];
    case 'log':
      return mode.typing === undefined ? [keysLine(state)] : [typingLine(mode.typing)];
    case 'command':
      return [[span(' : ', 'cyan'), span(`${mode.text}_`), ...hints(state, mode.text)]];
    case 'actions':
      return actionsLines(state);
    case 'confirm':
      return confirmLines(mode, state);
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

function confirmLines(
  { order, typed }: Mode & { readonly kind: 'confirm' },
  { operations, columns }: ScreenState,
): Line[] {
  const { verb, title, ids, players } = order;
  const word = confirmation(order);
  const ask =
    word === 'y' ? `y does it; esc leaves it: ${typed}_` : `type ${word} and enter; esc leaves it: ${typed}_`;
  const [are, those] = [players === 1 ? 'player is' : 'players are', ids.length === 1 ? 'it' : 'them'];
  const on = players > 0 ? ` ${showCount(players)} ${are} on ${those}.` : '';
  const effect = `${operations.get(verb)?.effect ?? verb}${on}`;
  return [
    ...wrapped(effect, Math.max(1, columns - 1)).map((line) => plainLine(` ${line}`, 'yellow')),
    ...wrapped(`${title}? ${ask}`, Math.max(1, columns - 1)).map((line) => plainLine(` ${line}`, 'bold')),
  ];
}

/** What may be chosen; greyed and in brackets what may not, with why above it. */
function actionsLines(state: ScreenState): Line[] {
  const choices = actionChoices(state);
  const reasons = [...new Set(choices.flatMap(({ refused = [] }) => refused))];
  const why =
    reasons.length > 1 ? `the role ${state.permit?.role} may not do what is in brackets` : reasons[0];
  return [
    ...(why === undefined ? [] : [plainLine(` ${why}`, 'yellow')]),
    [
      span(' do', 'bold'),
      ...choices.flatMap(({ letter, name, refused }) =>
        refused === undefined
          ? [span(` ${letter}`, 'cyan'), span(` ${name}`)]
          : [span(` (${letter} ${name})`, 'dim')],
      ),
    ],
  ];
}

/** Whether anything that `a` has for this view may be asked for. */
const canAct = (state: ScreenState): boolean => {
  const { view } = state.query;
  const verbs = view === 'users' ? ['users.kick'] : actions.map((name) => `servers.${name}`);
  return hasActions(view) && verbs.some((verb) => refusalOf(state, verb) === undefined);
};

function keysLine(state: ScreenState): Line {
  const { mode, query } = state;
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
    case 'log':
      return [
        ...key('arrows pgup end', 'scroll'),
        ...(mode.traceMs === undefined ? [...key('/', 'filter'), ...key('enter', 'figures then')] : []),
        ...key('esc', mode.traceMs === undefined ? 'back' : 'end it'),
        ...key('q', 'quit'),
      ];
    case 'moment':
      return [...key('esc', 'back to the log'), ...key('q', 'quit')];
    case 'answer':
      return [...key('arrows pgup pgdn', 'scroll'), ...key('esc', 'back'), ...key('q', 'quit')];
    case 'help':
      return [...key('arrows pgup pgdn', 'scroll'), ...key('any other', 'back'), ...key('q', 'quit')];
    case 'detail':
      return [
        ...key('esc', 'back'),
        ...(query.view === 'servers' ? key('1-8 tab', 'parts') : []),
        ...key('l', 'log'),
        ...(canAct(state) ? key('a', 'actions') : []),
        ...key('y', 'copy'),
        ...key('q', 'quit'),
      ];
    default:
      return tableKeys(state);
  }
}

/** The way out and to all other keys come first: on a narrow terminal the last ones have no room. Only what this view can do is there. */
function tableKeys(state: ScreenState): Line {
  const { columns, query } = state;
  const acts = canAct(state);
  const keys = [
    ...[key('enter', 'open'), key('/', 'filter'), key(':', 'command'), key('?', 'help'), key('q', 'quit')],
    ...(acts ? [key('a', 'act')] : []),
    ...(acts && query.view === 'servers' ? [key('space', 'mark')] : []),
    ...[key('l', 'log'), key('s', 'sort'), key('p', 'freeze')],
  ];
  return keys.reduce<Line>(
    (line, one) => (widthOf(line) + widthOf(one) <= columns ? line.concat(one) : line),
    [],
  );
}

const choice = (question: string, list: readonly (readonly [string, string])[]): Line => [
  span(` ${question}`, 'bold'),
  ...list.flatMap(([letter, title]) => [span(` ${letter}`, 'cyan'), span(` ${title}`)]),
];
