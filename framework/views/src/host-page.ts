import { showAge, showBytes, showShare } from './show.js';
import type { Problem } from './summary.js';

/** All that a master knows of one host: what the host tells of itself, and the servers there. */
export interface HostPage {
  readonly host: string;
  /** Undefined while the host tells nothing. */
  readonly machine?: HostMachine;
  /** Why it tells nothing. */
  readonly silent?: string;
  /** The servers that belong there, those with problems first, at most 200. */
  readonly servers: readonly HostServer[];
  /** How many there are. */
  readonly total: number;
  /** What is wrong with these servers, the worst first. */
  readonly problems: readonly Problem[];
}

/** What a host tells of itself. Sizes in bytes. */
export interface HostMachine {
  /** Version of Node: `22.12.0`. */
  readonly node: string;
  /** `linux`. */
  readonly platform: string;
  readonly cpus: number;
  /** How many threads worked or waited for a processor, on average over the last 1, 5 and 15 minutes; empty where the system tells none. */
  readonly load: readonly number[];
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** Most files that one process may open; undefined where there is no such limit. */
  readonly openFiles?: number;
  readonly disks: readonly HostDisk[];
}

/** A folder of the game, and the disk it is on. */
export interface HostDisk {
  /** `logs` or `.pomelo-ts`, which has the state. */
  readonly folder: string;
  readonly freeBytes: number;
  readonly sizeBytes: number;
  /** Why nothing can be written there now. */
  readonly unwritable?: string;
}

/** A server of a host, and its process. */
export interface HostServer {
  readonly id: string;
  readonly state: string;
  /** Undefined while no process runs. */
  readonly pid?: number;
  /** Share of one processor. */
  readonly cpu?: number;
  readonly memoryBytes?: number;
  /** Seconds. */
  readonly up?: number;
  /** How its last life ended: `signal SIGKILL`. */
  readonly end?: string;
}

/** Names of the columns of {@link hostServerCells}, and of {@link hostDiskCells}. */
export const hostServerHeads = ['id', 'state', 'pid', 'cpu', 'memory', 'up', 'end'] as const;
export const hostDiskHeads = ['folder', 'free', 'size', 'used', 'written'] as const;

const orNothing = <T>(value: T | undefined, show: (value: T) => string): string =>
  value === undefined ? '-' : show(value);

/** A server as texts: `['chat-1', 'ready', '4711', '12%', '80M', '3h', '-']`. */
export const hostServerCells = ({
  id,
  state,
  pid,
  cpu,
  memoryBytes,
  up,
  end,
}: HostServer): readonly string[] => [
  ...[id, state, orNothing(pid, String), orNothing(cpu, showShare), orNothing(memoryBytes, showBytes)],
  ...[orNothing(up, showAge), end ?? '-'],
];

/** A disk as texts: `['logs', '12G', '40G', '70%', 'yes']`; the last one says why nothing can be written. */
export const hostDiskCells = ({ folder, freeBytes, sizeBytes, unwritable }: HostDisk): readonly string[] => [
  ...[folder, showBytes(freeBytes), showBytes(sizeBytes)],
  sizeBytes > 0 ? showShare(Math.max(0, 1 - freeBytes / sizeBytes)) : '-',
  unwritable ?? 'yes',
];
