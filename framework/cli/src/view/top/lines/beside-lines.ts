import { askedBy, columnsOf, type Row, showCell, views } from '@pomelo-ts/views';
import { padToWidth, textWidth } from '../../text-width.js';
import {
  allServers,
  type Mode,
  type ScreenState,
  type ServerTab,
  serverTabs,
  uidOf,
} from '../screen-state.js';
import { problemLine } from './head-lines.js';
import { type Line, plainLine, span, widthOf, wrapped } from './line.js';

type ModeOf<K extends Mode['kind']> = Mode & { readonly kind: K };

/** All that is known of one line, each number with what it means, and what is wrong with it. */
export function detailLines(state: ScreenState, mode: ModeOf<'detail'>, height: number): Line[] {
  const row = state.page?.rows.find((one) => one.key === mode.key);
  const ofServer = state.query.view === 'servers';
  const title = ofServer
    ? tabLine(mode.key, mode.tab, state.columns)
    : plainLine(` ${uidOf(state, row) ?? mode.key}`, 'bold');
  const cells = row ? cellLines(state, row) : [...problemLines(state, mode.key), gone];
  const all = [...(mode.tab === 'overview' ? cells : []), ...factLines(state, mode)];
  return [title, ...all.slice(mode.from)].slice(0, height);
}

const gone = plainLine('  is not among the lines any more', 'yellow');

/** The parts of a server's page; where there is no room the others have their number alone. */
export function tabLine(id: string, now: ServerTab, columns: number): Line {
  const lineOf = (titled: boolean): Line => [
    span(` ${id} `, 'bold'),
    ...serverTabs.flatMap((tab, n) => {
      const text = titled || tab === now ? `${n + 1} ${tab}` : String(n + 1);
      return [span(' '), tab === now ? span(text, 'inverse') : span(text, 'cyan')];
    }),
  ];
  const whole = lineOf(true);
  return widthOf(whole) <= columns ? whole : lineOf(false);
}

/** What servers were asked for. */
function factLines({ query }: ScreenState, { facts }: ModeOf<'detail'>): Line[] {
  if (askedBy(query.view) === undefined && query.view !== 'servers') return [];
  return facts?.map(({ text, style }) => plainLine(`  ${text}`, style)) ?? [plainLine('  asking', 'dim')];
}

/** What is wrong with it. */
function problemLines({ page }: ScreenState, key: string): Line[] {
  return page?.summary.problems.filter(({ about }) => about === key).map(problemLine) ?? [];
}

function cellLines(state: ScreenState, row: Row): Line[] {
  const { query, columns: width } = state;
  const columns = Object.entries(columnsOf(query.view));
  const widest = Math.max(...columns.map(([, column]) => column.title.length));
  const facts = columns.flatMap(([name, column]): Line[] => {
    const [first = '', ...others] = wrapped(showCell(row.cells[name], column) || '-', width - widest - 6);
    const help =
      others.length === 0 && textWidth(first) < 20
        ? `${padToWidth('', 20 - textWidth(first))} ${column.help}`
        : '';
    return [
      [span(`  ${column.title.padEnd(widest)}  `, 'dim'), span(first), span(help, 'dim')],
      ...others.map((text) => plainLine(`${' '.repeat(widest + 4)}${text}`)),
    ];
  });
  return [...problemLines(state, row.key), ...facts];
}

const keys: readonly (readonly [string, string])[] = [
  ['arrows pgup pgdn home end', 'move'],
  ['enter', 'all that is known of a line; esc comes back'],
  ['1-7  tab  [ ]', 'beside a server: parts of its page; arrows scroll'],
  ['- (minus)', 'the view or filter before'],
  ['/', 'filter: chat  !chat  /^chat-[12]$/  type:chat  err>1%  loop>=100ms  conn<5k'],
  ['s, then a letter', 'sort by that column, once more the other way round; s ! by trouble'],
  ['S, then a letter', 'sort by how much it has grown in the window'],
  ['g, then h t b', 'put together by host, type, build'],
  ['w, then 1 to 4', 'numbers over 10s, 1m, 5m, 1h'],
  ['e', 'only what something is wrong with'],
  ['p', 'freeze: the screen stays, and tells how old it is'],
  ['l  L', 'log of the server, of all servers, as it grows; / there: word  !word  level:warn'],
  [':trace <uid> [5m]', 'each request, answer and push of a user on all servers, live; esc ends it'],
  ['y', 'copy the line as JSON, where the terminal lets programs copy'],
  ['o', 'write what is shown to a file, as JSON'],
  [':', 'a command: a view, filter, logs <id>, quit; tab completes it, arrows bring former ones'],
  ['ctrl-z  ctrl-c  q', 'suspend, leave'],
];
const changing: readonly (readonly [string, string])[] = [
  ['space  *', 'mark a server, or all shown'],
  [
    'a, then a letter',
    'do something with what is marked or selected, kick a user; also :restart chat-1 chat-2',
  ],
  [':kick <uid> [why]', 'end the sessions of a user; the client is told why'],
  [':profile <id> [10s|heap [--force]]', 'take a profile into a file of this folder'],
];

/** The keys of this view. */
export function helpLines({ query, readonly, columns }: ScreenState, height: number): Line[] {
  const switches = Object.values(views).map(({ digit, title }) => `${digit} ${title}`);
  const letters = Object.values(columnsOf(query.view)).map(({ letter, title }) => `${letter} ${title}`);
  const list: readonly (readonly [string, string])[] = [
    ['views', switches.join('  ')],
    ...keys,
    ...(readonly ? [] : changing),
    ['letters', letters.join('  ')],
  ];
  const lines = list.flatMap(([name, text]): Line[] =>
    wrapped(text, Math.max(20, columns - 29)).map((part, n) => [
      span(`  ${(n === 0 ? name : '').padEnd(26)} `, 'cyan'),
      span(part),
    ]),
  );
  return [plainLine(` keys of ${query.view}`, 'bold'), ...lines].slice(0, height);
}

/** The end of a log, or where it was scrolled to. */
export function logLines(mode: ModeOf<'log'>, { columns }: ScreenState, height: number): Line[] {
  const { id, lines, back, filter, ofPage, traceMs } = mode;
  const title = traceMs !== undefined ? `trace of ${id}` : `log of ${id === allServers ? 'all servers' : id}`;
  const room = height - (ofPage ? 2 : 1);
  const end = lines.length - back;
  const scrolled = back > 0 ? `, ${back} lines before its end` : ', followed';
  return [
    ...(ofPage ? [tabLine(id, 'log', columns)] : []),
    [span(` ${title}`, 'bold'), span(`${filter === '' ? '' : `, filter ${filter}`}${scrolled}`, 'dim')],
    ...lines.slice(Math.max(0, end - room), end).map((text) => plainLine(` ${text}`)),
  ];
}
