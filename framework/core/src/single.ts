import {
  type ClusterConfig,
  joinCluster,
  type LinkAgent,
  LinkHub,
  memoryStreams,
  type RegistryEntry,
  serverSettings,
  tiersOf,
} from '@pomelo-ts/cluster';
import { type Clock, type Logger, newBootId, silentLogger } from '@pomelo-ts/common';
import { MemoryNetwork, memoryTransport } from '@pomelo-ts/rpc';
import { type ClientPorts, GameServer } from './game-server.js';

/** What {@link startSingle} starts with. */
export interface SingleOptions {
  readonly config: ClusterConfig;
  readonly secret: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Which ports frontends open for clients. @default configured */
  readonly clientPorts?: ClientPorts;
}

/** A whole cluster inside this process. */
export interface SingleCluster extends AsyncDisposable {
  readonly servers: readonly RegistryEntry[];
  /** The servers by id, for tests and tools inside the process. */
  readonly games: ReadonlyMap<string, GameServer>;
  /** Stops all: gates, connectors, backends. */
  stop(deadlineMs?: number): Promise<void>;
}

/**
 * Starts every server of the topology inside this process: the same code as in many, with calls and links in memory.
 * Only clients' ports are opened.
 */
export async function startSingle(options: SingleOptions): Promise<SingleCluster> {
  const cluster = new MemoryCluster(options);
  try {
    for (const tier of tiersOf(options.config.servers)) await cluster.start(tier.ids);
    cluster.allStarted();
  } catch (error) {
    await cluster.stop(0);
    throw error;
  }
  return cluster;
}

/** Servers that are joined by a hub and a network in memory. */
class MemoryCluster implements SingleCluster {
  readonly games = new Map<string, GameServer>();
  readonly #options: SingleOptions;
  readonly #logger: Logger;
  readonly #hub: LinkHub;
  readonly #network = new MemoryNetwork();
  readonly #agents: LinkAgent[] = [];

  constructor(options: SingleOptions) {
    const { config, secret, logger = silentLogger } = options;
    this.#options = options;
    this.#logger = logger;
    const byId = new Map(
      config.servers.map((server) => [server.id, serverSettings(config, server, 'single')]),
    );
    this.#hub = new LinkHub({
      secret,
      serverIds: [...byId.keys()],
      settingsOf: (id) => byId.get(id),
      logger,
    });
  }

  get servers(): readonly RegistryEntry[] {
    return this.#hub.registry.snapshot(true).entries;
  }

  /** Starts the servers of one tier; resolves when all are ready. */
  async start(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.map((id) => this.#startOne(id)));
  }

  /** Tells the servers that all are there. */
  allStarted(): void {
    this.#hub.allStarted();
  }

  async stop(deadlineMs = this.#options.config.master.stopTimeoutMs): Promise<void> {
    for (const tier of tiersOf(this.#options.config.servers).reverse()) {
      await Promise.all(tier.ids.map((id) => this.games.get(id)?.stop(deadlineMs)));
    }
    for (const agent of this.#agents) agent.close();
    this.#hub.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #startOne(id: string): Promise<void> {
    const { secret, clock, clientPorts } = this.#options;
    const bootId = newBootId();
    const agent = await this.#join(id, bootId);
    this.#agents.push(agent);
    const game = await GameServer.start({
      agent,
      bootId,
      secret,
      transport: memoryTransport(this.#network),
      logger: this.#logger.child({ server: id }),
      ...(clock ? { clock } : {}),
      ...(clientPorts ? { clientPorts } : {}),
    });
    this.games.set(id, game);
  }

  #join(id: string, bootId: string): Promise<LinkAgent> {
    this.#hub.admit(id);
    return joinCluster({
      dial: async () => {
        const [near, far] = memoryStreams();
        this.#hub.accept(far, id);
        return near;
      },
      id,
      bootId,
      buildId: 'single',
      secret: this.#options.secret,
      onStop: (deadlineMs) => void this.games.get(id)?.stop(deadlineMs),
      logger: this.#logger,
    });
  }
}
