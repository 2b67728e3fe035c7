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
import { GameServer } from './game-server.js';

/** What {@link startSingle} starts with. */
export interface SingleOptions {
  readonly config: ClusterConfig;
  readonly secret: string;
  readonly logger?: Logger;
  readonly clock?: Clock;
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
  const { config, secret, logger = silentLogger } = options;
  const byId = new Map(config.servers.map((server) => [server.id, serverSettings(config, server, 'single')]));
  const hub = new LinkHub({ secret, serverIds: [...byId.keys()], settingsOf: (id) => byId.get(id), logger });
  const network = new MemoryNetwork();
  const games = new Map<string, GameServer>();
  const agents: LinkAgent[] = [];
  const stop = async (deadlineMs = config.master.stopTimeoutMs): Promise<void> => {
    for (const tier of tiersOf(config.servers).reverse()) {
      await Promise.all(tier.ids.map((id) => games.get(id)?.stop(deadlineMs)));
    }
    for (const agent of agents) agent.close();
    hub.close();
  };
  const startOne = async (id: string): Promise<void> => {
    const bootId = newBootId();
    hub.admit(id);
    const agent = await joinCluster({
      dial: async () => {
        const [near, far] = memoryStreams();
        hub.accept(far, id);
        return near;
      },
      id,
      bootId,
      buildId: 'single',
      secret,
      onStop: (deadlineMs) => void games.get(id)?.stop(deadlineMs),
      logger,
    });
    agents.push(agent);
    const { clock } = options;
    const transport = memoryTransport(network);
    const own = {
      agent,
      bootId,
      secret,
      transport,
      logger: logger.child({ server: id }),
      ...(clock ? { clock } : {}),
    };
    games.set(id, await GameServer.start(own));
  };
  try {
    for (const tier of tiersOf(config.servers)) await Promise.all(tier.ids.map(startOne));
  } catch (error) {
    await stop(0);
    throw error;
  }
  return { servers: hub.registry.snapshot(true).entries, games, stop, [Symbol.asyncDispose]: () => stop() };
}
