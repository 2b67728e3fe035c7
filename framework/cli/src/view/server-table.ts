import type { ServerRow } from '@pomelo-ts/master';
import type { Paint } from '../terminal.js';
import { escaped } from './escaped.js';
import { type Cell, showTable } from './table.js';
import { textWidth } from './text-width.js';
import { showBytes, showUptime } from './units.js';

/** Columns of the list, in order. */
const columns: Readonly<Record<string, (row: ServerRow) => Cell>> = {
  id: ({ id }) => id,
  type: ({ type }) => type,
  host: ({ host }) => host,
  pid: ({ pid }) => shown(pid, String),
  group: ({ group = '' }) => group,
  state: stateCell,
  build: ({ build = '' }) => build,
  up: ({ uptime }) => shown(uptime, showUptime),
  clients: ({ frontend, connections }) => (frontend ? shown(connections, String) : ''),
  cpu: ({ cpu }) => shown(cpu, (share) => `${Math.round(share * 100)}%`),
  memory: ({ rssBytes }) => shown(rssBytes, showBytes),
  restarts: ({ restarts }) => (restarts ? String(restarts) : ''),
  'last error': ({ lastError = '' }) => lastError,
};

/** Columns that a narrow terminal gets above the table when they are the same for all. */
const common = ['host', 'build'] as const;

/**
 * The servers of a cluster as a table of at most `width` characters, as far as that goes: what is the same for all rows
 * moves above it, then the last errors below it.
 */
export function serverTable(
  rows: readonly ServerRow[],
  paint: Paint,
  width = Number.POSITIVE_INFINITY,
): string {
  const all = Object.keys(columns);
  const whole = tableOf(rows, all, paint);
  if (widthOf(rows, all) <= width) return whole;
  const told = common.filter(
    (name) => new Set(rows.map((row) => columns[name]!(row) || undefined)).size === 1,
  );
  const above = told
    .map((name) => [name, columns[name]!(rows[0]!)] as const)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => paint('dim', `${name} ${escaped(value as string)}`));
  const rest = all.filter((name) => !(told as readonly string[]).includes(name));
  const head = above.length > 0 ? [above.join('  ')] : [];
  if (widthOf(rows, rest) <= width) return [...head, tableOf(rows, rest, paint)].join('\n');
  const narrow = rest.filter((name) => name !== 'last error');
  return [...head, tableOf(rows, narrow, paint), ...errorLines(rows, paint)].join('\n');
}

function errorLines(rows: readonly ServerRow[], paint: Paint): string[] {
  const failed = rows.filter(({ lastError }) => lastError !== undefined);
  if (failed.length === 0) return [];
  return [
    '',
    showTable(
      ['id', 'last error'],
      failed.map(({ id, lastError }) => [id, lastError!]),
      paint,
    ),
  ];
}

const tableOf = (rows: readonly ServerRow[], names: readonly string[], paint: Paint) =>
  showTable(
    names,
    rows.map((row) => names.map((name) => columns[name]!(row))),
    paint,
  );

const widthOf = (rows: readonly ServerRow[], names: readonly string[]) =>
  Math.max(
    ...tableOf(rows, names, (_, text) => text)
      .split('\n')
      .map(textWidth),
  );

function stateCell({ state, lostFor, external, outdated, unreached = [] }: ServerRow): Cell {
  const since = lostFor === undefined ? '' : ` ${showUptime(lostFor)}`;
  const text = [
    `${state}${since}`,
    ...(external ? ['external'] : []),
    ...(outdated ? ['outdated'] : []),
    ...(unreached.length > 0 ? [`cannot reach ${fewOf(unreached)}`] : []),
  ].join(', ');
  if (state === 'ready') return { text, style: unreached.length > 0 ? 'yellow' : 'green' };
  return { text, style: state === 'gone' || state === 'lost' || state === 'failed' ? 'red' : 'yellow' };
}

/** A few names, and how many more there are. */
function fewOf(names: readonly string[]): string {
  const [first, second, ...more] = names;
  return (
    [first, second].filter((name) => name !== undefined).join(', ') +
    (more.length > 0 ? ` and ${more.length} more` : '')
  );
}

const shown = <T>(value: T | undefined, show: (value: T) => string): string =>
  value === undefined ? '' : show(value);
