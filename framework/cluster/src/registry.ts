export {
  type AcceptorPort,
  entryFrom,
  type Listening,
  type ProcessFacts,
  type RegistryEntry,
  type ServerState,
  serves,
  takesNew,
} from './registry/entry.js';
export { Registry, type RegistryDelta, type RegistrySnapshot } from './registry/registry.js';
export { type RegistryChange, RegistryCopy, type RegistryView } from './registry/view.js';
