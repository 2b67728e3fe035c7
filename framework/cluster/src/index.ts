export type { JoinOptions } from './agent/options.js';
export type { OwnFacts } from './agent/own-facts.js';
export { joinCluster, type LinkAgent } from './agent.js';
export { appFileOf } from './app-file.js';
export { type BootData, lifeVariable } from './boot-data.js';
export { readBuildId } from './build-id.js';
export { clientPlaces } from './client-places.js';
export { type ClientRoom, clientRoom, openFilesFor } from './client-room.js';
export { isSameHost } from './config/canonical-host.js';
export { fieldInFile, pathInFile, valueInFile } from './config/file-names.js';
export { MemoryStore, type MemoryStoreOptions } from './coordination/memory-store.js';
export {
  RevisionFile,
  type RevisionFileOptions,
  type RevisionSource,
} from './coordination/revisions.js';
export { SignedStore, type SignedStoreOptions } from './coordination/signed-store.js';
export type {
  CoordinationStore,
  PutOptions,
  StoreChange,
  StoreCondition,
  StoredValue,
  StoreLease,
} from './coordination/store.js';
export { problemOfCron } from './cron/entry-problems.js';
export { lateness } from './cron/lateness.js';
export { dialMasters, type MasterAddress, type MasterDialer } from './dial-masters.js';
export { dialSecure } from './dial-secure.js';
export { type DialOptions, dialTcp } from './dial-tcp.js';
export type { LinkHubEvents, LinkHubOptions } from './hub/hub-options.js';
export type { OperatorHandler } from './hub/operator-link.js';
export { StandbyDesk, type StandbyDeskOptions } from './hub/standby-desk.js';
export { LinkHub } from './hub.js';
export {
  ClusterKeys,
  type KeyText,
  type LinkIdentity,
  ServerKeyring,
  type ServerKeys,
} from './keys.js';
export {
  type LeaseGrant,
  type LeaseHolder,
  type LeaseQuestions,
  leaseOfCron,
  leaseTimes,
  problemOfLeaseName,
} from './leases/lease-messages.js';
export type { OwnStats, ServerStats } from './link/messages.js';
export { type LogPart, type LogPosition, type LogRequest, logStart, readLog } from './log-file.js';
export { memoryStreams } from './memory-streams.js';
export { connectOperator, type OperatorClient, type OperatorOptions } from './operator-client.js';
export { fromPomeloCron, hasNumberedMonth } from './pomelo-cron.js';
export { maxUnreached, type Reach } from './registry/reach.js';
export type {
  Listening,
  RegistryChange,
  RegistryEntry,
  RegistryView,
  ServerState,
} from './registry.js';
export {
  previousSecretVariable,
  resolveSecret,
  type Secret,
  type SecretOptions,
  secretVariable,
  withoutSecrets,
} from './secret.js';
export {
  type ClusterConfig,
  type ClusterSettings,
  type CronEntry,
  type CronsByOwner,
  type HostSettings,
  type JsonObject,
  type MasterSettings,
  type ServerEntry,
  type ServerSettings,
  type SshSettings,
  serverSettings,
} from './settings-types.js';
export { type Jump, readJumps } from './ssh-jump.js';
export { type Tier, type Tiered, tiersOf } from './tiers.js';
