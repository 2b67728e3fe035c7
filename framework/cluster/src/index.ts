export {
  type ClusterConfig,
  type ClusterSettings,
  type JsonObject,
  type MasterSettings,
  type ServerEntry,
  type ServerSettings,
  serverSettings,
} from './settings-types.js';
