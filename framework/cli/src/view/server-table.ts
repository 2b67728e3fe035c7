import type { ServerRow } from '@pomelo-ts/master';
import type { Paint } from '../terminal.js';
import { type Cell, showTable } from './table.js';
import { showBytes, showUptime } from './units.js';

const heads = [
  'id',
  'type',
  'state',
  'pid',
  'calls',
  'clients at',
  'clients',
  'memory',
  'cpu',
  'up',
  'restarts',
  'last end',
];

/** The servers of a cluster as a table. */
export function serverTable(rows: readonly ServerRow[], paint: Paint): string {
  return showTable(heads, rows.map(cellsOf), paint);
}

const styleOf = (state: ServerRow['state']) =>
  state === 'ready' ? 'green' : state === 'gone' || state === 'lost' ? 'red' : 'yellow';

function cellsOf(row: ServerRow): Cell[] {
  const { state, lostFor, connections, rssBytes, cpu, uptime } = row;
  return [
    row.id,
    row.type,
    { text: lostFor === undefined ? state : `${state} ${showUptime(lostFor)}`, style: styleOf(state) },
    row.pid === undefined ? '' : String(row.pid),
    row.port === undefined ? '' : `${row.host}:${row.port}`,
    row.clientPort === undefined ? '' : `${row.clientHost ?? row.host}:${row.clientPort}`,
    row.frontend && connections !== undefined ? String(connections) : '',
    rssBytes === undefined ? '' : showBytes(rssBytes),
    cpu === undefined ? '' : `${Math.round(cpu * 100)}%`,
    uptime === undefined ? '' : showUptime(uptime),
    row.restarts ? String(row.restarts) : '',
    row.exit ?? '',
  ];
}
