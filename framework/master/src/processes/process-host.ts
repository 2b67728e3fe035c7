import type { ServerEntry } from '@pomelo-ts/cluster';
import type { BootData } from '@pomelo-ts/cluster/internal';
import type { LogPart, LogRequest } from '@pomelo-ts/cluster/masters';
import type { Acting } from './acting-master.js';
import type { ServerElsewhere, ServerPlace } from './process-marks.js';
import type { ProcessRecord } from './process-records.js';
import type { Exit } from './server-process.js';

/** A process to be started. */
export interface LaunchOrder {
  readonly server: Pick<ServerEntry, 'id' | 'args' | 'cpu' | 'restartForce'>;
  readonly boot: BootData;
}

/** How a process ended, and the last lines it wrote. */
export interface ProcessEnd {
  readonly exit: Exit;
  readonly lines: readonly string[];
}

/** What a host tells about itself. Sizes in bytes. */
export interface HostFacts {
  readonly node: string;
  readonly buildId: string;
  readonly platform: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly freeMemoryBytes: number;
  /** How many threads worked or waited, on average over the last 1, 5 and 15 minutes; empty where the system tells none. */
  readonly load: readonly number[];
  /** Most files that one process may open, sockets included; undefined where there is no such limit. */
  readonly openFiles?: number;
  /** Whether processes can be bound to cores here. */
  readonly taskset: boolean;
  /** Its wall clock, in ms since 1970. */
  readonly time: number;
  /** Where servers and the master write to. */
  readonly disks: readonly DiskFacts[];
}

/** A folder of the game's root, and the disk it is on. */
export interface DiskFacts {
  /** `logs` or `.pomelo-ts`. */
  readonly folder: string;
  readonly freeBytes: number;
  readonly sizeBytes: number;
  /** Why nothing can be written there now. */
  readonly unwritable?: string;
}

/** Options of node that name files, each as its words. */
export type FileOptions = readonly (readonly string[])[];

/** A machine that servers run on, and what the master has done there. The local one and those over SSH are alike. */
export interface ProcessHost {
  /** As the topology names it. */
  readonly name: string;
  /** Resolves with the pid. @throws SERVER_RUNS_ALREADY, TERM_OVER, HOST_LOST, and what the system says */
  launch(order: LaunchOrder): Promise<number>;
  /** What runs here of this or a former master; with the term of one that leads, former ones start nothing here from now on. */
  left(term?: number): Promise<readonly ProcessRecord[]>;
  /** Resolves when this life of a server has ended, whoever has started it. */
  ended(life: Pick<ProcessRecord, 'id' | 'bootId'>): Promise<ProcessEnd>;
  kill(bootId: string, signal: 'SIGTERM' | 'SIGKILL'): void;
  /** The last lines that a server's process has written. */
  lastLines(id: string): Promise<readonly string[]>;
  /** A part of the log that a server has here, whether it runs or not. @throws LOG_MISSING */
  readLog(id: string, request: LogRequest): Promise<LogPart>;
  facts(): Promise<HostFacts>;
  /** What is not here of the files that options of node name, for each of these lists of options: as texts for a person. */
  missingFiles(options: readonly FileOptions[]): Promise<readonly (readonly string[])[]>;
  /** The master that acts here, unless it is this one. */
  acting(): Promise<Acting | undefined>;
  /** Those of the servers that a game in another folder runs here. */
  elsewhere(servers: readonly ServerPlace[]): Promise<readonly ServerElsewhere[]>;
  /** Whether it answers now, and has done so for `forMs` without a gap. */
  answers(forMs: number): Promise<boolean>;
}
