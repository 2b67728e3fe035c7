import { columnsOf, views } from '@pomelo-ts/views';
import type { Mode, ScreenState } from '../screen-state.js';
import { type Line, span, wrapped } from './line.js';

const keys: readonly (readonly [string, string])[] = [
  ['arrows pgup pgdn home end', 'move'],
  ['enter', 'all that is known of a line, of a host its disks and processes; esc comes back'],
  ['1-8  tab  [ ]', 'beside a server: parts of its page; arrows scroll'],
  ['- (minus)', 'the view or filter before'],
  ['/', 'filter: chat  !chat  /^chat-[12]$/  type:chat  err>1%  loop>=100ms  conn<5k'],
  ['s, then a letter', 'sort by that column, once more the other way round; s ! by trouble'],
  ['S, then a letter', 'sort by how much it has grown in the window'],
  ['g, then h t b', 'put together by host, type, build'],
  ['w, then 1 to 4', 'numbers over 10s, 1m, 5m, 1h'],
  ['e', 'only what something is wrong with'],
  ['p', 'freeze: the screen stays, and tells how old it is'],
  [
    'l  L',
    'log of the server, of all servers, as it grows; / there: word  !word  /a.*b/  level:warn  around:3',
  ],
  ['enter, beside a log', 'what the server was like when it said the line that was scrolled to'],
  [':trace <uid> [5m]', 'each request, answer and push of a user on all servers, live; esc ends it'],
  ['y', 'copy the line as JSON, where the terminal lets programs copy'],
  ['o', 'write what is shown to a file, as JSON'],
  [
    ':',
    'a command: a view, filter, logs <id>, quit, or what the console takes, such as show leases; tab completes it, arrows bring former ones',
  ],
  ['m', 'mouse on or off: the wheel scrolls, a click selects, one more opens'],
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

/** The keys of this view, as wide as the screen. */
export function helpTexts({ query, readonly, columns }: ScreenState): Line[] {
  const switches = Object.values(views).map(({ digit, title }) => `${digit} ${title}`);
  const letters = Object.values(columnsOf(query.view)).map(({ letter, title }) => `${letter} ${title}`);
  const list: readonly (readonly [string, string])[] = [
    ['views', switches.join('  ')],
    ...keys,
    ...(readonly ? [] : changing),
    ['letters', letters.join('  ')],
  ];
  return list.flatMap(([name, text]): Line[] =>
    wrapped(text, Math.max(20, columns - 29)).map((part, n) => [
      span(`  ${(n === 0 ? name : '').padEnd(26)} `, 'cyan'),
      span(part),
    ]),
  );
}

/** The keys of this view, from where they were scrolled to. */
export function helpLines(
  state: ScreenState,
  { from }: Mode & { readonly kind: 'help' },
  height: number,
): Line[] {
  const texts = helpTexts(state);
  const shown = texts.slice(from, from + height - 1);
  const below = texts.length - from - shown.length;
  const more = below > 0 ? span(`, ${below} lines more below`, 'dim') : span('');
  return [[span(` keys of ${state.query.view}`, 'bold'), more], ...shown];
}
