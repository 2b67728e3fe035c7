import { askedBy, columnsOf, type Row, showCell, views } from '@pomelo-ts/views';
import { padToWidth, textWidth } from '../../text-width.js';
import { allServers, type Mode, type ScreenState, uidOf } from '../screen-state.js';
import { problemLine } from './head-lines.js';
import { type Line, plainLine, span, wrapped } from './line.js';

type ModeOf<K extends Mode['kind']> = Mode & { readonly kind: K };

/** All that is known of one line, each number with what it means, and what is wrong with it. */
export function detailLines(state: ScreenState, mode: ModeOf<'detail'>, height: number): Line[] {
  const row = state.page?.rows.find((one) => one.key === mode.key);
  const title = plainLine(` ${uidOf(state, row) ?? mode.key}`, 'bold');
  const all = [...(row ? cellLines(state, row) : [gone]), ...factLines(state, mode)];
  return [title, ...all.slice(mode.from)].slice(0, height);
}

const gone = plainLine('  is not among the lines any more', 'yellow');

/** What servers were asked for. */
function factLines({ query }: ScreenState, { facts }: ModeOf<'detail'>): Line[] {
  if (askedBy(query.view) === undefined) return [];
  return facts?.map(({ text, style }) => plainLine(`  ${text}`, style)) ?? [plainLine('  asking …', 'dim')];
}

function cellLines({ page, query, columns: width }: ScreenState, row: Row): Line[] {
  const problems = page?.summary.problems.filter(({ about }) => about === row.key) ?? [];
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
  return [...problems.map(problemLine), ...facts];
}

const keys: readonly (readonly [string, string])[] = [
  ['arrows pgup pgdn home end', 'move'],
  ['enter', 'all that is known of a line; esc comes back'],
  ['- (minus)', 'the view or filter before'],
  ['/', 'filter: chat  !chat  /^chat-[12]$/  type:chat  err>1%  loop>=100ms  conn<5k'],
  ['s, then a letter', 'sort by that column, once more the other way round; s ! by trouble'],
  ['S, then a letter', 'sort by how much it has grown in the window'],
  ['g, then h t b', 'put together by host, type, build'],
  ['w, then 1 to 4', 'numbers over 10s, 1m, 5m, 1h'],
  ['e', 'only what something is wrong with'],
  ['p', 'freeze: the screen stays, and tells how old it is'],
  ['l  L', 'log of the server, of all servers, as it grows; / there: word  !word  level:warn'],
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
  [':profile <id> [10s|heap]', 'take a profile into a file of this folder'],
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
export function logLines({ id, lines, back, filter }: ModeOf<'log'>, height: number): Line[] {
  const room = height - 1;
  const end = lines.length - back;
  const scrolled = back > 0 ? `, ${back} lines before its end` : ', followed';
  return [
    [
      span(` log of ${id === allServers ? 'all servers' : id}`, 'bold'),
      span(`${filter === '' ? '' : `, filter ${filter}`}${scrolled}`, 'dim'),
    ],
    ...lines.slice(Math.max(0, end - room), end).map((text) => plainLine(` ${text}`)),
  ];
}
