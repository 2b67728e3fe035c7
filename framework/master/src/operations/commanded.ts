import type { Accounts } from '../accounts.js';
import type { Approvals } from '../approvals/approvals.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Blacklisting } from '../blacklist.js';
import type { Claims } from '../external/claims.js';
import type { FeedOpening } from '../feed/feed-opening.js';
import type { LeaderAnswer } from '../leadership/leader-answer.js';
import type { MasterLeases } from '../leases/master-leases.js';
import type { LongOperations } from '../long-operations/long-operations.js';
import type { OnProgress } from '../long-operations/progress.js';
import type { RekeyResult } from '../secret/rekey.js';
import type { Draining } from '../servers/draining.js';
import type { Evaluating } from '../servers/evaluating.js';
import type { HostFacts } from '../servers/host-facts.js';
import type { HostPages } from '../servers/host-pages.js';
import type { Inspecting } from '../servers/inspecting.js';
import type { LogLevels } from '../servers/log-levels.js';
import type { Profiles } from '../servers/profiles.js';
import type { Pushes } from '../servers/pushes.js';
import type { RemoteCalls } from '../servers/remote-calls.js';
import type { ServerConfigs } from '../servers/server-config.js';
import type { ServerLogs } from '../servers/server-logs.js';
import type { ServerOperations } from '../servers/server-operations.js';
import type { ServerRow } from '../servers/server-row.js';
import type { TopologyOperations } from '../servers/topology-operations.js';
import type { Traces } from '../servers/traces.js';
import type { Users } from '../servers/users.js';
import type { Selection } from '../topology/selection.js';

/** What operations are made of: the parts of a master that leads. None of them waits for a turn. */
export interface Commanded {
  readonly leads: LeaderAnswer;
  readonly servers: Pick<ServerOperations, 'start' | 'stop' | 'restart' | 'reload' | 'takeBack' | 'kill'>;
  readonly draining: Pick<Draining, 'drain' | 'undrain'>;
  readonly changes: Pick<TopologyOperations, 'add' | 'restore' | 'remove' | 'plan' | 'apply'>;
  readonly claims: Pick<Claims, 'claim' | 'release' | 'meant'>;
  readonly logs: Pick<ServerLogs, 'logOf'>;
  readonly long: Pick<LongOperations, 'rows' | 'get'>;
  readonly views: Pick<FeedOpening, 'open'>;
  readonly hostPages: Pick<HostPages, 'of'>;
  readonly configs: Pick<ServerConfigs, 'of'>;
  readonly profiles: Pick<Profiles, 'take'>;
  readonly logLevels: Pick<LogLevels, 'set'>;
  readonly users: Pick<Users, 'find' | 'describe' | 'kick'>;
  readonly traces: Pick<Traces, 'trace'>;
  readonly pushes: Pick<Pushes, 'send' | 'online' | 'count' | 'askAll'>;
  readonly remotes: Pick<RemoteCalls, 'call'>;
  readonly evaluating: Pick<Evaluating, 'evaluate'>;
  readonly inspecting: Pick<Inspecting, 'list' | 'show'>;
  readonly leases: Pick<MasterLeases, 'held'>;
  readonly blacklist: Pick<Blacklisting, 'add' | 'remove' | 'list' | 'entriesOf'>;
  readonly accounts: Accounts;
  readonly approvals: Approvals;
  readonly audit: Pick<AuditLog, 'read' | 'verify'>;
  list(): readonly ServerRow[];
  describe(): ServerRow;
  hosts(): Promise<readonly HostFacts[]>;
  /** The ids that a selection means. @throws SERVER_NOT_IN_TOPOLOGY */
  select(selection: Selection): readonly string[];
  rekey(): Promise<RekeyResult>;
  /** Stops all servers and then this master. */
  end(onProgress: OnProgress): Promise<readonly string[]>;
}

/** What a master that stands by can do. */
export interface StandbyCommanded {
  readonly leads: LeaderAnswer;
  rekey(): Promise<RekeyResult>;
}
