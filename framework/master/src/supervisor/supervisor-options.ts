import type { ServerEntry } from '@pomelo-ts/cluster';
import type { BootData } from '@pomelo-ts/cluster/internal';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import type { Clock, Logger } from '@pomelo-ts/common';
import type { Launcher } from '../processes/server-process.js';
import type { RestartSettings } from './restart-policy.js';

/** What a supervisor works with. */
export interface SupervisorOptions {
  readonly servers: readonly ServerEntry[];
  readonly hub: LinkHub;
  readonly hosts: Launcher;
  /** Whether this master leads now: else nothing is started or ended. @default always */
  leads?(): boolean;
  /** What a new process of `id` is told. */
  bootData(id: string, bootId: string): BootData;
  /** Asked each time, as the settings may change while the master runs. */
  timing(): SupervisorTiming;
  /** How long a running process whose link is lost may take to dial again before it counts as hanging. */
  readonly hangMs: number;
  /** Told when a server that something else has started comes or goes, and when one is found to drain: the next master must know. */
  onKeptChanged(): void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random?: () => number;
}

/** What the master's settings say about starts and stops. */
export interface SupervisorTiming {
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
  readonly restart: RestartSettings;
}
