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

function cellsOf(row: ServerRow): Cell[] {
  const { connections, rssBytes, cpu, uptime } = row;
  return [
    row.id,
    row.type,
    { text: row.state, style: row.state === 'ready' ? 'green' : row.state === 'gone' ? 'red' : 'yellow' },
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
