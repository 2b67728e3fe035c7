import type { MasterSettings } from '@pomelo-ts/cluster';
import { hostPort, isEverywhere } from '@pomelo-ts/common/internal';
import type { ServerRow } from '@pomelo-ts/master';
import type { Paint } from '../terminal.js';
import { escaped } from './escaped.js';
import { showTable } from './table.js';
import { count, showMs } from './units.js';

/** What is known of a start when it is done. */
export interface StartFacts {
  readonly env: string;
  /** How long it took. */
  readonly ms: number;
  /** The settings of the master that has started them. */
  readonly master?: Pick<MasterSettings, 'opsPort' | 'opsListen'>;
}

/** What a start ends with: who runs, and where to look at it. */
export function startSummary(
  rows: readonly ServerRow[],
  { env, ms, master }: StartFacts,
  paint: Paint,
): string {
  const table = showTable(
    ['id', 'type', 'pid', 'calls', 'clients at'],
    rows.map((row) => [
      row.id,
      row.type,
      row.pid === undefined ? '' : String(row.pid),
      row.port === undefined ? '' : hostPort(row.host, row.port),
      portsOf(row),
    ]),
    paint,
  );
  if (rows.length === 0)
    return `\n${paint('green', 'no server to start')}: the topology of ${escaped(env)} names none that this master starts, or all were removed (pomelo-ts add <id> brings one back)`;
  const ready = paint('green', `${count(rows.length, 'server')} ready`);
  return [
    '',
    table,
    '',
    `${ready} in ${showMs(ms)}`,
    ...firstSteps(rows, env, paint),
    ...opsLine(master, paint),
  ].join('\n');
}

/** Where its acceptors listen for clients: the first one, and further ones by name. */
const portsOf = (row: ServerRow): string =>
  [
    ...(row.clientPort === undefined ? [] : [clientsAt(row)]),
    ...(row.acceptors ?? []).map(({ name, port }) => `${name} ${port}`),
  ].join(', ');

/** Where a person or a client begins: the gates first, else any frontend. Only gates in development serve a page. */
function firstSteps(rows: readonly ServerRow[], env: string, paint: Paint): string[] {
  const frontends = rows.filter(({ clientPort }) => clientPort !== undefined);
  const gates = frontends.filter(({ type }) => type === 'gate');
  if (gates.length > 0)
    return gates.map((gate) => (env === 'development' ? openLine : clientsLine)(gate, paint));
  const [first, ...more] = frontends;
  if (!first) return [];
  return [clientsLine(first, paint) + (more.length > 0 ? `, or to one of ${more.length} more` : '')];
}

/** Where measures and health of the cluster can be read. */
function opsLine(master: StartFacts['master'], paint: Paint): string[] {
  if (master?.opsPort === undefined) return [];
  const { opsPort: port, opsListen } = master;
  const at = isEverywhere(opsListen)
    ? `port ${port} of any address of this machine`
    : hostPort(opsListen, port);
  return [`measures and health at ${paint('cyan', at)}: /metrics, /health`];
}

function openLine(row: ServerRow, paint: Paint): string {
  // A page is behind the same proxy as the connections of clients.
  if (row.clientUrl !== undefined) return `open ${paint('cyan', row.clientUrl.replace(/^ws/i, 'http'))}`;
  if (!isEverywhere(clientHostOf(row))) return `open ${paint('cyan', `http://${clientsAt(row)}/`)}`;
  const here = paint('cyan', `http://127.0.0.1:${row.clientPort}/`);
  return `open ${here} (from elsewhere: port ${row.clientPort} of any address of this machine)`;
}

function clientsLine(row: ServerRow, paint: Paint): string {
  if (row.clientUrl !== undefined || !isEverywhere(clientHostOf(row)))
    return `clients connect to ${paint('cyan', clientsAt(row))}`;
  return `clients connect to ${paint('cyan', `port ${row.clientPort}`)} of any address of this machine`;
}

const clientHostOf = ({ host, clientHost = host }: ServerRow) => clientHost;

/** What clients are told. */
const clientsAt = (row: ServerRow): string => row.clientUrl ?? hostPort(clientHostOf(row), row.clientPort!);
