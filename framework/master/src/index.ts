export type { AccountRow } from './accounts/account.js';
export type { Permit } from './accounts/permit.js';
export type { AdminSession } from './accounts/sessions.js';
export type { SignedIn, Visitor } from './accounts/visitor.js';
export type { Accounts } from './accounts.js';
export type { TakeOverResult } from './candidate/take-over.js';
export type { ClaimAnswer, ClaimRequest } from './external/claims.js';
export type { Leader } from './leadership/leader.js';
export type { LeaderAnswer } from './leadership/leader-answer.js';
export { soleTenure, type Tenure } from './leadership/tenure.js';
export type { LeaseStore } from './leases/master-leases.js';
export type { OperationRow } from './long-operations/kept-operation.js';
export type { OnProgress, Progress } from './long-operations/progress.js';
export { Master } from './master.js';
export {
  MasterCandidate,
  type MasterCandidateEvents,
  type MasterCandidateOptions,
} from './master-candidate.js';
export type { MasterEvents, MasterOptions } from './master-options.js';
export type { OperateOptions } from './operations/operating.js';
export type { Operations, Verb } from './operations/table.js';
export { buildIdOf } from './processes/build-id.js';
export type { HostFacts } from './servers/host-facts.js';
export type { ReloadOptions, ReloadRow } from './servers/reload.js';
export type { RestartHow } from './servers/restart-how.js';
export type { RowState, ServerRow } from './servers/server-row.js';
export type { ConfigReloadResult } from './servers/topology-operations.js';
export type { RecordState } from './supervisor/server-record.js';
export type { Selection } from './topology/selection.js';
export type { Need, TopologyDiff, ValueChange } from './topology/topology-diff.js';
