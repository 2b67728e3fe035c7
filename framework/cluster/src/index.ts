export type { BlacklistView } from './blacklist.js';
export { MemoryStore, type MemoryStoreOptions } from './coordination/memory-store.js';
export type { RevisionSource } from './coordination/revisions.js';
export type {
  CoordinationStore,
  PutOptions,
  StoreChange,
  StoreCondition,
  StoredValue,
  StoreLease,
} from './coordination/store.js';
export { dialSecure } from './dial-secure.js';
export type { DialOptions } from './dial-tcp.js';
export { ClusterKeys, type KeyText, type ServerKeys } from './keys.js';
export type { OwnStats } from './link/messages.js';
export type { OperatorRole, Principal } from './link/principal.js';
export type { MasterLink } from './master-link.js';
export {
  connectOperator,
  type OperationsByVerb,
  type OperationTypes,
  type OperatorClient,
  type OperatorOptions,
} from './operator-client.js';
export type { Reach } from './registry/reach.js';
export {
  type AcceptorPort,
  type Listening,
  type RegistryChange,
  type RegistryEntry,
  type RegistryView,
  type ServerState,
  serves,
  takesNew,
} from './registry.js';
export { resolveSecret, type Secret, type SecretOptions } from './secret.js';
export {
  type AcceptorEntry,
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
