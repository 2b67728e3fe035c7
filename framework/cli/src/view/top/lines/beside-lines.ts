import { askedBy, columnsOf, type Row, showCell, showTime } from '@pomelo-ts/views';
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
  const titles = ofServer
    ? tabLines(mode.key, mode.tab, state.columns)
    : [plainLine(` ${uidOf(state, row) ?? mode.key}`, 'bold')];
  const cells = row ? cellLines(state, row) : [...problemLines(state, mode.key), gone];
  const all = [...(mode.tab === 'overview' ? cells : []), ...factLines(state, mode)];
  return [...titles, ...all.slice(mode.from)].slice(0, height);
}

const gone = plainLine('  is not among the lines any more', 'yellow');

/** The parts of a server's page; where there is no room they stand closer, below the server, and at last the others have their number alone. */
export function tabLines(id: string, now: ServerTab, columns: number): Line[] {
  const name = span(` ${id} `, 'bold');
  const partsAs = (textOf: (tab: ServerTab, n: number) => string): Line =>
    serverTabs.flatMap((tab, n) => {
      const text = textOf(tab, n + 1);
      return [span(' '), tab === now ? span(text, 'inverse') : span(text, 'cyan')];
    });
  const wide = partsAs((tab, n) => `${n} ${tab}`);
  const close = partsAs((tab, n) => `${n}${tab}`);
  const bare = partsAs((tab, n) => (tab === now ? `${n} ${tab}` : String(n)));
  const tries = [[[name, ...wide]], [[name, ...close]], [[name], wide], [[name], close]];
  const fits = tries.find((lines) => lines.every((line) => widthOf(line) <= columns));
  return fits ?? [[name, ...bare]];
}

/** What servers were asked for. */
function factLines({ query }: ScreenState, { facts }: ModeOf<'detail'>): Line[] {
  const { view } = query;
  if (askedBy(view) === undefined && view !== 'servers' && view !== 'hosts') return [];
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

/** The end of a log, or where it was scrolled to. */
export function logLines(mode: ModeOf<'log'>, { columns }: ScreenState, height: number): Line[] {
  const { id, lines, back, filter, ofPage, traceMs } = mode;
  const title = traceMs !== undefined ? `trace of ${id}` : `log of ${id === allServers ? 'all servers' : id}`;
  const parts = ofPage ? tabLines(id, 'log', columns) : [];
  const room = height - 1 - parts.length;
  const end = lines.length - back;
  const scrolled = back > 0 ? `, ${back} lines before its end` : ', followed';
  return [
    ...parts,
    [span(` ${title}`, 'bold'), span(`${filter === '' ? '' : `, filter ${filter}`}${scrolled}`, 'dim')],
    ...(lines.length === 0 ? [plainLine(' nothing yet', 'dim')] : []),
    ...lines
      .slice(Math.max(0, end - room), end)
      .flatMap((line, n, shown) => {
        const style = back > 0 && n === shown.length - 1 ? 'inverse' : line.style;
        // what is said about the log, such as what is wrong with a filter, is no line of a server and told whole
        const texts =
          line.id === undefined && traceMs === undefined ? wrapped(line.text, columns - 1) : [line.text];
        return texts.map((text) => plainLine(` ${text}`, style));
      })
      .slice(-room),
  ];
}

/** What it was like when a line of a log was written. */
export function momentLines({ entry, facts }: ModeOf<'moment'>, height: number): Line[] {
  const { id, at, text, of } = entry;
  const lines = facts ?? [{ text: 'asking', style: 'dim' as const }];
  return [
    plainLine(` ${id} at ${showTime(at)}`, 'bold'),
    ...(of === undefined ? [] : [plainLine(` ${of}`, 'dim')]),
    plainLine(` ${text}`, 'dim'),
    [],
    ...lines.map((line) => plainLine(`  ${line.text}`, line.style)),
  ].slice(0, height);
}

/** What the master has answered, from where it was scrolled to. */
export function answerLines({ title, lines, from }: ModeOf<'answer'>, height: number): Line[] {
  const shown = lines.slice(from).map((text) => plainLine(` ${text}`));
  return [plainLine(` ${title}`, 'bold'), ...shown].slice(0, height);
}
