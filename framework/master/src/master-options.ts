import type { ClusterConfig, ClusterKeys } from '@pomelo-ts/cluster';
import type { OperatorHandler } from '@pomelo-ts/cluster/masters';
import type { Clock, Logger } from '@pomelo-ts/common';
import type { AccountKeeper } from './accounts/account-book.js';
import type { BlacklistKeeper } from './blacklist.js';
import type { Tenure } from './leadership/tenure.js';
import type { LeaseStore } from './leases/master-leases.js';
import type { MasterListener } from './listener/master-listener.js';
import type { OperationJournal } from './long-operations/journal.js';
import type { SharedStore } from './servers/shared-store.js';
import type { TopologyChanges } from './topology/topology-file.js';

/** Settings of a master. */
export interface MasterOptions {
  readonly config: ClusterConfig;
  /** The keys of the cluster's secret; servers are given theirs, and what others prove is told by them. */
  readonly keys: ClusterKeys;
  /** Where the secret was found, for people: an environment variable or a file. */
  readonly secretFrom?: string;
  /** Reads the secret anew, for an operator who has changed it; missing where it cannot be read twice. */
  readonly rereadKeys?: () => Promise<ClusterKeys>;
  /** Signs anew what is in the store of the masters, then calls `take`, from when on these keys are the only ones. */
  readonly resign?: (next: ClusterKeys, take: () => void) => Promise<void>;
  /** Script that each server process runs; it reads its boot data from standard input. */
  readonly bootScript: string;
  /** The script of the host agent, for servers on other hosts: `@pomelo-ts/master/host-agent`. */
  readonly agentScript: string;
  /** Identifies the code that servers run. */
  readonly buildId: string;
  /** Where lines of servers are printed; without it each server writes to `logs/<id>.log`. */
  readonly print?: (line: string) => void;
  /** Whether servers stop when this process ends. @default false */
  readonly exitWithParent?: boolean;
  /** Whether servers tell what keeps them from starting with stacks and all. @default false */
  readonly verbose?: boolean;
  /** Where long operations are kept. @default files of the game's root */
  readonly journal?: OperationJournal;
  /** Where leases are kept. @default the memory of this process, and files of the game's root */
  readonly leases?: LeaseStore;
  /** The store that masters share; missing where there is none. */
  readonly sharedStore?: SharedStore;
  /** Where the blacklist is kept. @default a file of the game's root */
  readonly blacklist?: BlacklistKeeper;
  /** Where accounts and keys of the admin are kept. @default a file of the game's root */
  readonly accounts?: AccountKeeper;
  /** What operators have changed about the servers. @default read from the file that a former master has left */
  readonly topologyChanges?: TopologyChanges;
  /** Whether another one of several masters has led until now, so that servers wait for this one. @default false */
  readonly inPlaceOfAnother?: boolean;
  /** For how long this master may act. @default for ever, with the term 0 */
  readonly tenure?: Tenure;
  /** Where it listens; whoever passes it closes it. @default opened by `listen` at the topology's address */
  readonly listener?: MasterListener;
  /** How long a server of a former master may take to dial this one before it counts as hanging, in ms. @default 5000 */
  readonly adoptMs?: number;
  /** Stands before the commands of operators. */
  readonly serving?: (handler: OperatorHandler) => OperatorHandler;
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** A number from 0 up to 1, for the waits before restarts. @default Math.random */
  readonly random?: () => number;
}

/** Events of a master. */
export interface MasterEvents {
  /** All servers are stopped, on an operator's command, and the master is closed. */
  shutdown: [];
}
