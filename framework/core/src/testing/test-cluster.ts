import type { AnyContract, Client, ClientContract, ClientOptions, OpenSocket } from '@pomelo-ts/client';
import type { ClusterConfig, RegistryEntry } from '@pomelo-ts/cluster';
import type { Application } from '../application.js';
import type { GameServer } from '../game-server.js';
import type { Uid } from '../session-names.js';
import type { SingleCluster } from '../single.js';
import type { MemoryAcceptor } from './memory-acceptor.js';
import { PushLog } from './test-client.js';

/** How {@link TestCluster.connectClient} connects. */
export interface ConnectOptions
  extends Pick<ClientOptions, 'reconnect' | 'user' | 'clock' | 'requestTimeoutMs'> {
  /** Id of the frontend to connect to. @default the one that the gate would name for `uid`, else the first connector */
  readonly server?: string;
  /** Asks the cluster's gate for a connector, as players do. */
  readonly throughGate?: boolean;
  /** Who asks the gate; with `bind` also who the session is bound to. */
  readonly uid?: Uid;
  /** Binds the session to `uid` as the game's own login would. @default false */
  readonly bind?: boolean;
  /** Settings that the session has from the start. */
  readonly settings?: Readonly<Record<string, unknown>>;
}

/** Who sends an injected request. */
export interface InjectOptions extends Pick<ConnectOptions, 'server' | 'settings'> {
  /** The uid that the session is bound to; without it nobody is. */
  readonly uid?: Uid;
}

/** A client of a test: the game's own client, and a log of its pushes for `expectPush`. */
export type TestClient<C extends ClientContract = AnyContract> = Client<C> & { readonly pushes: PushLog };

/** A cluster inside the test. Made by `startCluster`. */
export class TestCluster implements AsyncDisposable {
  readonly #config: ClusterConfig;
  readonly #cluster: SingleCluster;
  /** By server id; undefined where clients connect to ports. */
  readonly #inMemory: ReadonlyMap<string, MemoryAcceptor> | undefined;
  readonly #clients = new Set<{ close(): Promise<void> }>();
  #turn: Promise<void> = Promise.resolve();

  /** @internal use `startCluster` */
  constructor(
    config: ClusterConfig,
    cluster: SingleCluster,
    inMemory: ReadonlyMap<string, MemoryAcceptor> | undefined,
  ) {
    this.#config = config;
    this.#cluster = cluster;
    this.#inMemory = inMemory;
  }

  /** The servers as the registry has them, with the ports that they really have. */
  get servers(): readonly RegistryEntry[] {
    return this.#cluster.servers;
  }

  /** A server by its id. Throws for one that there is not. */
  server(id: string): GameServer {
    const game = this.#cluster.games.get(id);
    if (game) return game;
    throw new Error(
      `there is no server ${id}; known are: ${[...this.#cluster.games.keys()].sort().join(', ')}`,
    );
  }

  /** The application of a server, by the server's id. */
  app(id: string): Application {
    return this.server(id).app;
  }

  /**
   * Connects a client, over real code from its first byte. It is closed with the cluster, or by `await using`.
   *
   * @example await using ann = await cluster.connectClient<GameContract>({ uid: 'ann', bind: true });
   */
  async connectClient<C extends ClientContract = AnyContract>(
    options: ConnectOptions = {},
  ): Promise<TestClient<C>> {
    // One at a time, so that the newest session of a frontend is the one of this client.
    const connecting = this.#turn.then(() => this.#connect<C>(options));
    this.#turn = connecting.then(ignore, ignore);
    return connecting;
  }

  /**
   * Sends one request as a player who connects, is `uid`, asks, and leaves; gives the answer's body. No socket is opened,
   * all else is as for any player: forwarding, filters, validation, encoding.
   *
   * @example
   * const answer = await cluster.inject('chat.chatHandler.send', { content: 'hi', target: '*' }, { uid: 'ann*lobby' });
   */
  async inject<Answer = unknown>(
    route: string,
    msg: object = {},
    options: InjectOptions = {},
  ): Promise<Answer> {
    const { uid, ...rest } = options;
    const client = await this.connectClient({
      ...rest,
      ...(uid === undefined ? {} : { uid, bind: true }),
    });
    try {
      return await client.request<Answer>(route, msg);
    } finally {
      await client.close();
      this.#clients.delete(client);
    }
  }

  /** Closes all clients and stops all servers: their hooks have the time that they always have, requests at work have none. */
  async stop(): Promise<void> {
    await Promise.all([...this.#clients].map((client) => client.close()));
    await this.#cluster.stop(0, this.#config.settings.lifecycle.timeoutMs);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #connect<C extends ClientContract>(options: ConnectOptions): Promise<TestClient<C>> {
    const { uid, server, throughGate = false, bind = false, settings = {}, ...rest } = options;
    const { connect } = await import('@pomelo-ts/client');
    const address = throughGate
      ? { gate: { ...addressOf(this.#gate()), ...(uid === undefined ? {} : { uid }) } }
      : addressOf(this.#frontendFor(server, uid));
    const open = this.#inMemory ? { openSocket: this.#openInMemory } : {};
    const client = await connect({ ...rest, ...address, ...open });
    this.#clients.add(client);
    const session = this.#gameAt(Number(new URL(client.url!).port))!.newestSession!;
    if (bind && uid !== undefined) await session.bind(uid);
    for (const [key, value] of Object.entries(settings)) session.set(key, value);
    return Object.assign(client, { pushes: new PushLog(client) }) as unknown as TestClient<C>;
  }

  #frontendFor(id: string | undefined, uid: Uid | undefined): RegistryEntry {
    const frontends = this.servers.filter(({ frontend }) => frontend);
    const wanted = id ?? this.#chosenByGate(uid);
    const found = frontends.find((one) => one.id === wanted) ?? (id === undefined ? frontends[0] : undefined);
    if (found) return found;
    const known = frontends.map((one) => one.id).join(', ') || 'none';
    throw new Error(`there is no frontend ${wanted ?? ''}; known are: ${known}`);
  }

  /** The connector that any gate would name. */
  #chosenByGate(uid: Uid | undefined): string | undefined {
    const { serverType } = this.#config.settings.gate;
    const connectors = this.servers.filter(({ type }) => type === serverType);
    if (connectors.length === 0) return undefined;
    if (uid === undefined) return connectors[0]!.id;
    const [anyServer] = this.#cluster.games.values();
    return anyServer!.app.gate.pick(uid).id;
  }

  #gate(): RegistryEntry {
    const gate = this.servers.find(({ type }) => type === 'gate');
    if (gate) return gate;
    throw new Error('this cluster has no gate: connect without throughGate');
  }

  /** Opens a client's connection to the frontend that has the port. */
  readonly #openInMemory: OpenSocket = (url, events) => {
    const { port } = new URL(url);
    const frontend = this.servers.find(({ clientPort }) => clientPort === Number(port));
    const acceptor = frontend && this.#inMemory?.get(frontend.id);
    if (acceptor) return acceptor.connect(events);
    queueMicrotask(() => events.onClose(`no frontend of this cluster has the port ${port}`));
    return { send: ignore, close: ignore, terminate: ignore };
  };

  #gameAt(port: number): GameServer | undefined {
    const entry = this.servers.find(({ clientPort }) => clientPort === port);
    return entry && this.#cluster.games.get(entry.id);
  }
}

function ignore(): void {
  // Whoever asked for the client gets the error.
}

function addressOf({ host, clientPort }: RegistryEntry): { host: string; port: number } {
  return { host, port: clientPort! };
}
