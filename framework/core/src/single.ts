import { randomBytes } from 'node:crypto';
import { type ClusterConfig, type MasterLink, type RegistryEntry, serverSettings } from '@pomelo-ts/cluster';
import { joinCluster, memoryStreams, tiersOf } from '@pomelo-ts/cluster/internal';
import { LinkHub } from '@pomelo-ts/cluster/masters';
import {
  type Clock,
  type Logger,
  newBootId,
  PomeloError,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import { MemoryNetwork, memoryTransport } from '@pomelo-ts/rpc';
import type { AcceptorMaker } from './acceptor.js';
import { type ClientPorts, GameServer } from './game-server.js';
import { SingleLeases } from './single/single-leases.js';

export { watchFaults } from './boot/watch-faults.js';

/** What {@link startSingle} starts with. */
export interface SingleOptions {
  readonly config: ClusterConfig;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Which ports frontends open for clients. @default configured */
  readonly clientPorts?: ClientPorts;
  /** What serves the clients of each frontend in place of the acceptors that configuration names. */
  readonly acceptor?: AcceptorMaker;
  /** Keeps in `.pomelo-ts/` what leases and ids of the next process must know. @default false */
  readonly remembers?: boolean;
  /** Interrupts a start: what has started is stopped, and the start fails with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A whole cluster inside this process. */
export interface SingleCluster extends AsyncDisposable {
  readonly servers: readonly RegistryEntry[];
  /** The servers by id, for tests and tools inside the process. */
  readonly games: ReadonlyMap<string, GameServer>;
  /**
   * Stops all: gates, connectors, backends. A server that does not stop within `stopTimeout` of master.json is left alone;
   * gives the ids of these.
   */
  stop(deadlineMs?: number, hooksMs?: number): Promise<readonly string[]>;
}

/**
 * Starts every server of the topology inside this process: the same code as in many, with calls and links in memory.
 * Only clients' ports are opened.
 *
 * @throws SERVER_START_TIMEOUT when a server takes longer than `startTimeout` of master.json.
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
  /** Of use to nobody else: nothing leaves this process. */
  readonly #keys = [{ name: 'rpc of this process', key: randomBytes(32) }];
  readonly #links: MasterLink[] = [];
  readonly #leases: SingleLeases;
  #stopping = false;

  constructor(options: SingleOptions) {
    const { config, logger = silentLogger } = options;
    this.#options = options;
    this.#logger = logger;
    const byId = new Map(
      config.servers.map((server) => [server.id, serverSettings(config, server, 'single')]),
    );
    const { clock = systemClock, remembers = false } = options;
    this.#leases = new SingleLeases({ root: remembers ? config.root : undefined, clock, logger });
    this.#hub = new LinkHub({
      serverIds: () => [...byId.keys()],
      settingsOf: (id) => byId.get(id),
      onServer: this.#leases.serve,
      logger,
    });
  }

  get servers(): readonly RegistryEntry[] {
    return this.#hub.registry.snapshot(true).entries;
  }

  /** Starts the servers of one tier; resolves when all are ready, and all know it. */
  async start(ids: readonly string[]): Promise<void> {
    await Promise.all(
      ids.map((id) =>
        this.#inTime(
          id,
          this.#startOne(id).then(() => this.#known(id)),
        ),
      ),
    );
  }

  /** Waits until every server that runs knows that this one is ready. */
  async #known(id: string): Promise<void> {
    const knows = ({ registry }: MasterLink): boolean => registry.get(id)?.state === 'ready';
    while (!this.#stopping && !this.#links.every(knows))
      await new Promise((resolve) => setImmediate(resolve));
  }

  /** Tells the servers that all are there. */
  allStarted(): void {
    this.#hub.allStarted();
  }

  async stop(
    deadlineMs = this.#options.config.master.stopTimeoutMs,
    hooksMs = deadlineMs,
  ): Promise<readonly string[]> {
    this.#stopping = true;
    const late: string[] = [];
    for (const tier of tiersOf(this.#options.config.servers).reverse()) {
      const ends = tier.ids.map(async (id) => {
        if (!(await this.#stopOne(id, deadlineMs, hooksMs))) late.push(id);
      });
      await Promise.all(ends);
    }
    for (const link of this.#links) link.close();
    this.#hub.close();
    await this.#leases.close();
    return late;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Whether the server has stopped in time. */
  async #stopOne(id: string, deadlineMs: number, hooksMs: number): Promise<boolean> {
    const { config, clock = systemClock } = this.#options;
    let cancel = () => {};
    const late = new Promise<boolean>((resolve) => {
      cancel = clock.after(Math.max(deadlineMs, config.master.stopTimeoutMs), () => resolve(false));
    });
    const stopped = this.games.get(id)?.stop(deadlineMs, hooksMs);
    return Promise.race([Promise.resolve(stopped).then(() => true), late]).finally(cancel);
  }

  /** Waits for a server's start for as long as it may take. */
  async #inTime(serverId: string, starting: Promise<void>): Promise<void> {
    const { config, clock = systemClock, signal } = this.#options;
    const ms = config.master.startTimeoutMs;
    let cancel = () => {};
    let interrupt = () => {};
    const ended = new Promise<never>((_, reject) => {
      interrupt = () => reject(signal?.reason);
      cancel = clock.after(ms, () =>
        reject(new PomeloError('SERVER_START_TIMEOUT', { serverId, ms, state: 'starting' })),
      );
    });
    signal?.addEventListener('abort', interrupt);
    if (signal?.aborted) interrupt();
    try {
      await Promise.race([starting, ended]);
    } finally {
      cancel();
      signal?.removeEventListener('abort', interrupt);
    }
  }

  async #startOne(id: string): Promise<void> {
    const { clock, clientPorts, acceptor } = this.#options;
    const bootId = newBootId();
    const master = await this.#join(id, bootId);
    this.#links.push(master);
    const game = await GameServer.start({
      master,
      bootId,
      keys: () => this.#keys,
      transport: memoryTransport(this.#network),
      logger: this.#logger.child({ server: id }),
      ...(clock ? { clock } : {}),
      ...(clientPorts ? { clientPorts } : {}),
      ...(acceptor ? { acceptor } : {}),
    });
    this.games.set(id, game);
    if (this.#stopping) await game.stop(0); // it came too late
  }

  #join(id: string, bootId: string): Promise<MasterLink> {
    this.#hub.admit(id);
    return joinCluster({
      dial: async () => {
        const [near, far] = memoryStreams();
        this.#hub.accept(far, { role: 'server', id }, id);
        return near;
      },
      id,
      bootId,
      buildId: 'single',
      onStop: (deadlineMs) => void this.games.get(id)?.stop(deadlineMs),
      logger: this.#logger,
    });
  }
}
