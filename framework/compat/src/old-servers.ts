import type { EventEmitter } from 'node:events';
import { type RegistryEntry, type ServerEntry, serves } from '@pomelo-ts/cluster';
import type { Application } from '@pomelo-ts/core';
import { events } from './events.js';
import type { ServerInfo } from './types.js';

/** An entry of the registry or the topology as pomelo shows a server. */
export function serverInfo(entry: RegistryEntry | ServerEntry): ServerInfo {
  const { id, type, host, port, clientHost, clientPort, clientUrl, frontend, weight, maxConnections } = entry;
  const { extra, pid } = entry as Partial<RegistryEntry>;
  return {
    ...extra,
    id,
    serverType: type,
    host,
    ...(port !== undefined && { port }),
    ...(clientHost !== undefined && { clientHost }),
    ...(clientPort !== undefined && { clientPort }),
    ...(clientUrl !== undefined && { clientUrl }),
    ...(frontend && { frontend }),
    ...(weight !== 1 && { weight }),
    ...(maxConnections !== undefined && { 'max-connections': maxConnections }),
    ...(pid !== undefined && { pid }),
  };
}

/** This server's own entry, with the fields that only its app knows. */
export function ownInfo({ server }: Application): ServerInfo {
  const { args: _, autoRestart: __, restartForce: ___, maxConnections: ____, type: _____, ...rest } = server;
  return { ...rest, ...serverInfo(server) };
}

/** The servers of the cluster, as far as they take work; the one that asks always. */
export class OldServers {
  readonly #app: Application;
  readonly #known = new Set<string>();
  readonly #own: ServerInfo;
  #running = false;

  constructor(app: Application) {
    this.#app = app;
    this.#own = ownInfo(app);
  }

  get own(): ServerInfo {
    return this.#own;
  }

  get all(): ServerInfo[] {
    const own = this.#own;
    if (!this.#running) return [own];
    const others = this.#app.registry.all.filter((entry) => entry.id !== own.id && serves(entry));
    return [own, ...others.map(serverInfo)];
  }

  byId(id: string): ServerInfo | undefined {
    return this.all.find((server) => server.id === id);
  }

  /** The servers of a type by id; undefined for a type that nobody is of. */
  ofType(type: string): ServerInfo[] | undefined {
    const found = this.all.filter(({ serverType }) => serverType === type);
    found.sort((a, b) => (a.id < b.id ? -1 : 1));
    return found.length > 0 ? found : undefined;
  }

  /** Tells of servers that come and of those that take no more work; first of those that are there already. */
  follow(event: EventEmitter, inside: <T>(fn: () => T) => T): void {
    this.#running = true;
    const { registry } = this.#app;
    const forget = (id: string): void => {
      if (this.#known.delete(id)) inside(() => event.emit(events.REMOVE_SERVERS, [id]));
    };
    const look = (entry: RegistryEntry): void => {
      if (!serves(entry)) forget(entry.id);
      else if (!this.#known.has(entry.id)) {
        this.#known.add(entry.id);
        inside(() => event.emit(events.ADD_SERVERS, [serverInfo(entry)]));
      }
    };
    const stop = registry.onChange((change) => {
      if ('removed' in change) forget(change.removed.id);
      else look('added' in change ? change.added : change.changed);
    });
    this.#app.onStop(stop);
    for (const entry of registry.all) look(entry);
  }
}
