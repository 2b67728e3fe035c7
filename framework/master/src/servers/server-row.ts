import type { RegistryEntry } from '@pomelo-ts/cluster';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type EndKind, showEnd } from '../supervisor/server-end.js';
import type { RecordState, ServerRecord } from '../supervisor/server-record.js';

/** `lost`: its process lives, but the master hears nothing of it. */
export type RowState = RecordState | 'lost';

/** One server as `pomelo-ts list` shows it. */
export interface ServerRow {
  readonly id: string;
  readonly type: string;
  readonly state: RowState;
  /** Seconds since its link was lost. */
  readonly lostFor?: number;
  readonly host: string;
  readonly frontend: boolean;
  readonly port?: number;
  readonly clientHost?: string;
  readonly clientPort?: number;
  /** Its further ports for clients. */
  readonly acceptors?: readonly { readonly name: string; readonly port: number }[];
  /** URL that clients are told in place of host and port. */
  readonly clientUrl?: string;
  readonly pid?: number;
  readonly bootId?: string;
  readonly connections?: number;
  readonly rssBytes?: number;
  /** Share of one processor. */
  readonly cpu?: number;
  /** Seconds. */
  readonly uptime?: number;
  /** Counts that only rise, by name. */
  readonly counters?: Readonly<Record<string, number>>;
  readonly restarts: number;
  /** How its last life ended, when that was no stop on purpose: `exit code 1`. */
  readonly exit?: string;
  /** The kind of that end, also of a stop on purpose. */
  readonly end?: EndKind;
  /** How it ended and what it told of its error. Kept while it runs again, until an operator starts it. */
  readonly lastError?: string;
  /** Servers that it cannot call, by its own word, though the master sees both. */
  readonly unreached?: readonly string[];
  /** Types of backends of which it reaches nobody: a gate sends clients elsewhere, where it can. */
  readonly cutFrom?: readonly string[];
  /** Identifies the code of its present life. */
  readonly build?: string;
  /** The set of servers that are released together with it. */
  readonly group?: string;
  /** Whether something else than the master runs it. */
  readonly external?: true;
  /** Whether its present life was started with what the topology no longer says. */
  readonly outdated?: true;
}

/** The row of the master itself. */
export function masterRow(
  { host, port }: { host: string; port: number },
  counters: ServerRow['counters'] & {},
): ServerRow {
  return {
    id: 'master',
    type: 'master',
    state: 'ready',
    host,
    frontend: false,
    port,
    pid: process.pid,
    rssBytes: process.memoryUsage.rss(),
    uptime: process.uptime(),
    counters,
    restarts: 0,
  };
}

/** The row of a server: topology, process, and what its registry entry and statistics say. */
export function rowOf(record: ServerRecord, hub: LinkHub, now: number): ServerRow {
  const counters = record.process &&
    hub.statsOf(record.id) && { counters: hub.told.of(record.id)?.counts() ?? {} };
  return { ...conditionOf(record, hub, now), ...counters };
}

/** A row without what the server counts, which takes longer than all the rest. */
export function conditionOf(record: ServerRecord, hub: LinkHub, now: number): Omit<ServerRow, 'counters'> {
  const { id, entry, state, process, bootId, restarts, lostAt } = record;
  const lost = process && lostAt !== undefined;
  const registered = hub.registry.get(id);
  const { type, host, frontend, port, clientHost, clientPort, acceptors, clientUrl } = {
    ...entry,
    ...registered,
  };
  const stats = process && hub.statsOf(id);
  return {
    id,
    type,
    state: lost ? 'lost' : stateIn(state, registered),
    ...(lost && { lostFor: Math.round((now - lostAt) / 1000) }),
    host,
    frontend,
    ...(port !== undefined && { port }),
    ...(clientHost !== undefined && { clientHost }),
    ...(clientPort !== undefined && { clientPort }),
    ...(acceptors && { acceptors: acceptors.map(({ name, port }) => ({ name, port })) }),
    ...(clientUrl !== undefined && { clientUrl }),
    ...(typeof entry.group === 'string' && { group: entry.group }),
    ...(process?.pid !== undefined && { pid: process.pid }),
    ...(process && registered && { build: registered.buildId }),
    ...(process && bootId !== undefined && { bootId }),
    ...(stats && {
      connections: stats.connections,
      rssBytes: stats.rssBytes,
      cpu: stats.cpu,
      uptime: stats.uptime,
    }),
    restarts,
    ...(process && hub.reachOf(id)),
    ...(record.outside && { external: true as const }),
    ...(process && record.outdated && { outdated: true as const }),
    ...endOf(record),
  };
}

/** To the master a server that drains is ready: what it is sent is another question. */
function stateIn(state: RecordState, registered: RegistryEntry | undefined): RecordState {
  return state === 'ready' && registered?.state === 'draining' ? 'draining' : state;
}

function endOf({ end }: ServerRecord): Pick<ServerRow, 'exit' | 'end' | 'lastError'> {
  if (!end) return {};
  if (end.kind === 'stopped')
    return { end: end.kind, ...(end.error !== undefined && { lastError: end.error }) };
  return { exit: end.text, end: end.kind, lastError: showEnd(end) };
}
