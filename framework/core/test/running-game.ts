import { randomBytes } from 'node:crypto';
import { type ClusterConfig, type MasterLink, serverSettings } from '@pomelo-ts/cluster';
import { joinCluster, memoryStreams } from '@pomelo-ts/cluster/internal';
import { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, type Logger, newBootId, silentLogger, systemClock } from '@pomelo-ts/common';
import type { NamedKey } from '@pomelo-ts/common/internal';
import { MemoryNetwork, memoryTransport, type RpcTransport } from '@pomelo-ts/rpc';
import { type GameParts, TemporaryGame } from '../../../test/helpers/temporary-game.js';
import type { Application } from '../src/application.js';
import { GameServer } from '../src/game-server.js';
import { SingleLeases } from '../src/single/single-leases.js';

/** What servers of these games prove to each other. */
export const testKey: NamedKey = { name: 'rpc of a test', key: randomBytes(32) };

/** How {@link startGame} starts it. */
export interface StartOptions {
  /** Ids of the servers to start at once; the others wait for {@link RunningGame.start}. @default all */
  readonly only?: readonly string[];
  readonly clock?: Clock;
  readonly logger?: Logger;
  /** Transport of calls, by server id. @default in memory */
  readonly transport?: (id: string) => RpcTransport;
}

/** A game whose servers all run inside the test. */
export class RunningGame implements AsyncDisposable {
  readonly files: TemporaryGame;
  readonly config: ClusterConfig;
  readonly hub: LinkHub;
  readonly servers = new Map<string, GameServer>();
  readonly #options: StartOptions;
  readonly #network = new MemoryNetwork();
  readonly #leases: SingleLeases;
  readonly #leave = new Map<string, () => void>();

  constructor(files: TemporaryGame, options: StartOptions) {
    this.files = files;
    this.config = files.config;
    this.#options = options;
    const byId = new Map(
      this.config.servers.map((one) => [one.id, serverSettings(this.config, one, 'single')]),
    );
    const { clock = systemClock, logger = silentLogger } = options;
    this.#leases = new SingleLeases({ root: undefined, clock, logger });
    this.hub = new LinkHub({
      serverIds: () => [...byId.keys()],
      settingsOf: (id) => byId.get(id),
      onServer: this.#leases.serve,
      deadMs: 60_000,
    });
  }

  /** Lets a server join the cluster, and no more. */
  async join(id: string): Promise<{ link: MasterLink; bootId: string }> {
    const bootId = newBootId();
    this.hub.admit(id);
    const link = await joinCluster({
      dial: async () => {
        const [near, far] = memoryStreams();
        this.hub.accept(far, { role: 'server', id }, id);
        return near;
      },
      id,
      bootId,
      buildId: 'test',
      onStop: () => {},
    });
    this.#leave.set(id, () => link.close());
    return { link, bootId };
  }

  /** Starts one server, again too; gives it. */
  async start(id: string): Promise<GameServer> {
    const { clock, logger = silentLogger, transport } = this.#options;
    const { link, bootId } = await this.join(id);
    const server = await GameServer.start({
      master: link,
      bootId,
      keys: () => [testKey],
      transport: transport?.(id) ?? memoryTransport(this.#network),
      logger,
      ...(clock ? { clock } : {}),
    });
    this.servers.set(id, server);
    return server;
  }

  /** Stops one server in good order. */
  async stop(id: string, deadlineMs = 1000): Promise<void> {
    await this.servers.get(id)?.stop(deadlineMs);
    this.leave(id);
    this.servers.delete(id);
  }

  /** Ends the server's link, so that all others take it for gone; the server itself does not know. */
  leave(id: string): void {
    this.#leave.get(id)?.();
    this.#leave.delete(id);
  }

  app(id: string): Application {
    return this.servers.get(id)!.app;
  }

  count(id: string, name: string): number {
    return this.app(id).measures.counts()[name] ?? 0;
  }

  /** The client port of a frontend. */
  port(id: string): number {
    return this.config.servers.find((one) => one.id === id)!.clientPort!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const frontends = (wanted: boolean): string[] =>
      this.config.servers.filter(({ frontend }) => frontend === wanted).map(({ id }) => id);
    for (const tier of [frontends(true), frontends(false)])
      await Promise.all(tier.map((id) => this.servers.get(id)?.stop(0)));
    for (const id of [...this.#leave.keys()]) this.leave(id);
    this.hub.close();
    await this.#leases.close();
    this.files[Symbol.dispose]();
  }
}

/** Writes a game and starts its servers inside the test: backends first. */
export async function startGame(parts: GameParts, options: StartOptions = {}): Promise<RunningGame> {
  const game = new RunningGame(await TemporaryGame.make(parts), options);
  const wanted = game.config.servers.filter(({ id }) => options.only?.includes(id) ?? true);
  try {
    for (const frontend of [false, true]) {
      const tier = wanted.filter((one) => one.frontend === frontend);
      await Promise.all(tier.map(({ id }) => game.start(id)));
    }
  } catch (error) {
    await game[Symbol.asyncDispose]();
    throw error;
  }
  return game;
}
