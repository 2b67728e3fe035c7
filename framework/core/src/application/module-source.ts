import type { Service, ServiceKind } from '../service.js';

/** Where the modules of an app come from that was written for another framework, and what is made of them. */
export interface ModuleSource {
  /** The files of a kind that this server runs. */
  files(kind: ServiceKind | 'filter'): string[];
  /** Loads one of these files; another `version` loads it as it is now. */
  service(kind: ServiceKind, file: string, version: number): Promise<Service>;
  /** Registers the hooks of the server type's `lifecycle.js`. */
  loadHooks(): Promise<void>;
}
