import type { ServerRow } from '@pomelo-ts/master';
import type { Paint } from '../terminal.js';
import { showTable } from './table.js';
import { count, showMs } from './units.js';

/** What a start ends with: who runs, and where to look at it. */
export function startSummary(rows: readonly ServerRow[], ms: number, paint: Paint): string {
  const table = showTable(
    ['id', 'type', 'pid', 'calls', 'clients at'],
    rows.map((row) => [
      row.id,
      row.type,
      row.pid === undefined ? '' : String(row.pid),
      row.port === undefined ? '' : `${row.host}:${row.port}`,
      row.clientPort === undefined ? '' : `${row.clientHost ?? row.host}:${row.clientPort}`,
    ]),
    paint,
  );
  const ready = paint('green', `${count(rows.length, 'server')} ready`);
  return ['', table, '', `${ready} in ${showMs(ms)}`, ...openLines(rows, paint)].join('\n');
}

/** Where a person or a client begins: the gates first, else any frontend. */
function openLines(rows: readonly ServerRow[], paint: Paint): string[] {
  const frontends = rows.filter(({ clientPort }) => clientPort !== undefined);
  const gates = frontends.filter(({ type }) => type === 'gate');
  return (gates.length > 0 ? gates : frontends.slice(0, 1)).map(({ host, clientHost = host, clientPort }) => {
    const shown = clientHost === '0.0.0.0' ? '127.0.0.1' : clientHost;
    return `open ${paint('cyan', `http://${shown}:${clientPort}/`)}`;
  });
}
