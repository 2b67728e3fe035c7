import type { LinkHub } from '@pomelo-ts/cluster';
import { showExit } from './processes/server-process.js';
import type { RecordState, ServerRecord } from './supervisor/server-record.js';

/** One server as `pomelo-ts list` shows it. */
export interface ServerRow {
  readonly id: string;
  readonly type: string;
  readonly state: RecordState;
  readonly host: string;
  readonly frontend: boolean;
  readonly port?: number;
  readonly clientHost?: string;
  readonly clientPort?: number;
  readonly pid?: number;
  readonly bootId?: string;
  readonly connections?: number;
  readonly rssBytes?: number;
  /** Share of one processor. */
  readonly cpu?: number;
  /** Seconds. */
  readonly uptime?: number;
  readonly restarts: number;
  /** How its last life ended, when that was a crash. */
  readonly exit?: string;
}

/** The row of a server: topology, process, and what its registry entry and statistics say. */
export function rowOf(record: ServerRecord, hub: LinkHub): ServerRow {
  const { id, entry, state, process, bootId, restarts, exit } = record;
  const { type, host, frontend, port, clientHost, clientPort } = { ...entry, ...hub.registry.get(id) };
  const stats = process && hub.statsOf(id);
  return {
    id,
    type,
    state,
    host,
    frontend,
    ...(port !== undefined && { port }),
    ...(clientHost !== undefined && { clientHost }),
    ...(clientPort !== undefined && { clientPort }),
    ...(process && { pid: process.pid }),
    ...(process && bootId !== undefined && { bootId }),
    ...(stats && {
      connections: stats.connections,
      rssBytes: stats.rssBytes,
      cpu: stats.cpu,
      uptime: stats.uptime,
    }),
    restarts,
    ...(exit && { exit: showExit(exit) }),
  };
}
