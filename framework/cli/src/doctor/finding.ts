import type { ClusterConfig } from '@pomelo-ts/cluster';
import type { HostFacts, ServerRow } from '@pomelo-ts/master';
import type { LookAround } from './look-around.js';

/** What one look has shown. */
export interface Finding {
  /** What was looked at, such as `ports`. */
  readonly check: string;
  /** `note`: nothing is wrong now, but it will bite one day. */
  readonly state: 'fine' | 'note' | 'wrong';
  readonly text: string;
  /** What mends it. */
  readonly cure?: string;
}

/** What is known before the checks begin. */
export interface Patient {
  readonly root: string;
  readonly env: string;
  /** Undefined when it is wrong. */
  readonly config: ClusterConfig | undefined;
  /** What is wrong with it. */
  readonly problem: unknown;
  /** Rows of the servers, while a master runs. */
  readonly rows: readonly ServerRow[] | undefined;
  /** The master that runs on this machine. */
  readonly masterPid: number | undefined;
  /** Processes of this game on this machine, its master's and those that a former one has left. */
  readonly ownPids: ReadonlySet<number>;
  /** Why no master was asked, where none was. */
  readonly noMaster: unknown;
  /** What servers that run tell of their hosts. */
  readonly hosts: readonly HostFacts[];
  /** What this machine sees of the hosts, servers running or not. */
  readonly look: Promise<LookAround>;
}

/** Looks at one thing. Gives at least one finding, or none where there is nothing to look at. */
export type Check = (patient: Patient) => Promise<readonly Finding[]> | readonly Finding[];
