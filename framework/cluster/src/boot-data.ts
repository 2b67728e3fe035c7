import type { MasterAddress } from './dial-masters.js';
import type { ServerKeys } from './keys.js';

/**
 * Environment variable that marks the process of a server with its game, host, id and boot id, so that it is found where nothing could be
 * written down. It holds no secret.
 */
export const lifeVariable = 'POMELO_TS_LIFE';

/** What the master tells a new process on its standard input, as one line of JSON. */
export interface BootData {
  readonly id: string;
  readonly bootId: string;
  /** Where masters may be; the one that starts this process comes first. */
  readonly masters: readonly MasterAddress[];
  readonly keys: ServerKeys;
  readonly buildId: string;
  readonly root: string;
  /** Whether to stop when the standard input ends, since the master is gone. */
  readonly exitWithParent: boolean;
  /** Term of the master that starts it; hosts refuse a lower one than they have seen. */
  readonly term?: number;
  /** The file that its output goes to, which it keeps short; without it somebody else reads the output. */
  readonly log?: {
    readonly file: string;
    readonly maxBytes: number;
    readonly keep: number;
    readonly bytesPerSecond: number;
  };
  /** Whether what keeps it from starting is told with stacks and all. */
  readonly verbose?: boolean;
  /** Whether something else than the master has started it. */
  readonly external?: boolean;
}
