/* For sister packages: what their servers, masters and commands need beside what users have. */

export { appFileOf } from './app-file.js';
export { type BootData, lifeVariable } from './boot-data.js';
export { clientPlaces } from './client-places.js';
export { type ClientRoom, clientRoom, openFilesFor } from './client-room.js';
export { problemOfCron } from './cron/entry-problems.js';
export { lateness } from './cron/lateness.js';
export { dialMasters, type MasterAddress, type MasterDialer } from './dial-masters.js';
export { dialTcp } from './dial-tcp.js';
export { type LinkIdentity, ServerKeyring } from './keys.js';
export {
  type LeaseGrant,
  type LeaseHolder,
  type LeaseQuestions,
  leaseOfCron,
  leaseTimes,
  problemOfLeaseName,
} from './leases/lease-messages.js';
export type { ServerStats } from './link/messages.js';
export { linkMeasures } from './link-measures.js';
export { type LinearMatcher, loadLinearMatcher } from './load-matcher.js';
export { joinCluster } from './master-link/join-cluster.js';
export type { JoinOptions } from './master-link/join-options.js';
export type { OwnFacts } from './master-link/own-facts.js';
export { memoryStreams } from './memory-streams.js';
export { fromPomeloCron, hasNumberedMonth } from './pomelo-cron.js';
export { maxUnreached } from './registry/reach.js';
export { secretVariable, tokenVariable, withoutSecrets } from './secret.js';
export { type Tier, type Tiered, tiersOf } from './tiers.js';
