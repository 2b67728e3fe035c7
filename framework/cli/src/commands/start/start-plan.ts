import type { ClusterConfig } from '@pomelo-ts/cluster';
import type { Logger } from '@pomelo-ts/common';
import type { Master, Progress, Selection } from '@pomelo-ts/master';

/** What the ways of starting have in common. */
export interface StartPlan {
  readonly config: ClusterConfig;
  /** What the keys of the cluster are made of: `ClusterKeys.roots`. */
  readonly keys: readonly string[];
  /** Whether the secret is in a file, and can be read once more. */
  readonly rereadsSecret: boolean;
  /** Where the secret was found. */
  readonly secretFrom: string;
  readonly selection: Selection;
  readonly bootScript: string;
  /** Whether errors of servers are told with their stacks. */
  readonly verbose?: boolean;
  /** How a line of a server, `[id] text`, is shown. @default as it is */
  readonly show?: (line: string) => string;
  /** Called once when all servers are ready; `say` prints a line between those of servers. */
  readonly onStarted?: (master: Master, say: (line: string) => void) => void;
}

/** Who else is told how the start goes: the process that waits for a daemon. */
export interface StartAudience {
  /** Where this process logs to. */
  readonly logger: Logger;
  progress(progress: Progress): void;
  ready(summary: string): void;
}
