/* For sister packages: what their servers, masters and commands need beside what users have. */

export { appFileOf } from './app-file.js';
export { type BootData, lifeVariable } from './boot-data.js';
export { readBuildId } from './build-id.js';
export { clientPlaces } from './client-places.js';
export { type ClientRoom, clientRoom, openFilesFor } from './client-room.js';
export { fileOptionsOf, findMissingFiles } from './config/arg-files.js';
export { isSameHost } from './config/canonical-host.js';
export { fieldInFile, pathInFile, valueInFile } from './config/file-names.js';
export { RevisionFile, type RevisionFileOptions } from './coordination/revisions.js';
export { SignedStore, type SignedStoreOptions } from './coordination/signed-store.js';
export { problemOfCron } from './cron/entry-problems.js';
export { lateness } from './cron/lateness.js';
export { dialMasters, type MasterAddress, type MasterDialer } from './dial-masters.js';
export { dialTcp } from './dial-tcp.js';
export type { LinkHubEvents, LinkHubOptions } from './hub/hub-options.js';
export type { OperatorCall, OperatorHandler } from './hub/operator-link.js';
export { StandbyHub, type StandbyHubOptions } from './hub/standby-hub.js';
export { LinkHub } from './hub.js';
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
export { readPrincipal } from './link/principal.js';
export { linkMeasures } from './link-measures.js';
export { type LogPart, type LogPosition, type LogRequest, logStart, readLog } from './log-file.js';
export { joinCluster } from './master-link/join-cluster.js';
export type { JoinOptions } from './master-link/join-options.js';
export type { OwnFacts } from './master-link/own-facts.js';
export type { ToldMeasure, ToldMeasures } from './measures/told-measures.js';
export { memoryStreams } from './memory-streams.js';
export { fromPomeloCron, hasNumberedMonth } from './pomelo-cron.js';
export { maxUnreached } from './registry/reach.js';
export { secretVariable, withoutSecrets } from './secret.js';
export { readJumps } from './ssh-jump.js';
export { type Tier, type Tiered, tiersOf } from './tiers.js';
