import type { LinkAgent } from '@pomelo-ts/cluster';
import { type Clock, type Logger, PomeloError, systemClock } from '@pomelo-ts/common';
import { TickFlusher } from '@pomelo-ts/common/internal';
import { largestPackageBody, shutdownReason } from '@pomelo-ts/protocol';
import { RpcNode, type RpcTransport } from '@pomelo-ts/rpc';
import { noCallId, type RpcConnection } from '@pomelo-ts/rpc/internal';
import type { Application } from './application.js';
import { ChannelService } from './channel/channel-service.js';
import { FrontendPorts } from './channel/frontend-ports.js';
import { type MemberKey, memberBytes, readMember, writeMember } from './channel/member.js';
import { loadServices } from './dispatch/app-modules.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { ForwardReceiver } from './forward/forward-receiver.js';
import { GateService } from './gate.js';
import { RemoteTable } from './remote/remote-table.js';
import { createRpcProxies } from './remote/rpc-proxies.js';
import { TypeRouter } from './remote/type-router.js';
import type { Frontend } from './server/frontend.js';
import { allRoutes, loadApp, serverTypesOf } from './server/load-app.js';
import { followRegistry } from './server/membership.js';
import { BackendSessionTable } from './session/backend-session-table.js';
import { SessionService, sessionRemotes } from './session/session-service.js';
import { ByteReader } from './wire/byte-reader.js';
import { ClientFormat } from './wire/client-format.js';
import { frameKind } from './wire/frame-kind.js';

/** What one server is started with. */
export interface GameServerOptions {
  /** Its link, already admitted by the master. */
  readonly agent: LinkAgent;
  readonly bootId: string;
  readonly secret: string;
  readonly transport: RpcTransport;
  readonly logger: Logger;
  readonly clock?: Clock;
}

/** How often a stopping server looks whether its last request is done, in ms. */
const idleCheckMs = 10;

/** Most bytes before the body of an answer, in a package or in a frame between servers. */
const answerHeadBytes = 10;

/** One server of the game: everything between its link, its RPC port, its clients' port and the game's handlers. */
export class GameServer {
  readonly app: Application;
  readonly #agent: LinkAgent;
  readonly #node: RpcNode;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #router: TypeRouter;
  readonly #sessions: SessionService;
  readonly #channels: ChannelService;
  readonly #ports: FrontendPorts;
  readonly #remotes: RemoteTable;
  readonly #backendSessions: BackendSessionTable;
  readonly #dispatcher: Dispatcher;
  readonly #receiver: ForwardReceiver;
  readonly #flusher = new TickFlusher();
  #frontend: Frontend | undefined;
  #unfollow: () => void = () => {};
  #ready = false;
  #stopping: Promise<void> | undefined;

  /** Starts a server: resolves when it has reported ready. Rejects with what went wrong, everything closed again. */
  static async start(options: GameServerOptions): Promise<GameServer> {
    const app = await loadApp(options.agent.settings, options.logger);
    const types = serverTypesOf(app.appDir);
    const { settings, server } = app.settings;
    const routes = server.frontend && settings.client.dictionary ? await allRoutes(app, types) : [];
    const format = new ClientFormat(app.settings, routes);
    const game = new GameServer(options, app, format);
    try {
      if (server.frontend) await game.#createFrontend(format, types);
      await game.#open();
    } catch (error) {
      await game.stop(0);
      throw error;
    }
    return game;
  }

  private constructor(options: GameServerOptions, app: Application, format: ClientFormat) {
    const { agent, logger, clock = systemClock } = options;
    const { counters, registrations, settings } = app;
    this.app = app;
    this.#agent = agent;
    this.#logger = logger;
    this.#clock = clock;
    this.#node = this.#createNode(options);
    this.#router = new TypeRouter(agent.registry, this.#node, registrations.routes);
    this.#sessions = new SessionService(this.#node, agent.registry);
    this.#ports = new FrontendPorts(this.#node);
    this.#channels = new ChannelService({
      ports: this.#ports,
      format,
      idsOf: (type) => this.#router.idsOf(type),
      counters,
      logger,
    });
    this.#remotes = new RemoteTable(app.serverId, registrations.remoteFilters);
    this.#dispatcher = new Dispatcher({
      serverType: app.serverType,
      format,
      timeoutMs: settings.settings.request.timeoutMs,
      maxAnswerBytes: Math.min(largestPackageBody, settings.settings.rpc.maxFrameBytes) - answerHeadBytes,
      filters: registrations.filters,
      onError: registrations.onError,
      clock,
      counters,
      logger,
    });
    this.#backendSessions = new BackendSessionTable({
      call: (frontendId, method, args) => this.#node.request(frontendId, method, args),
      listeners: registrations.sessionClosed,
      counters,
      logger,
    });
    this.#receiver = new ForwardReceiver(this.#backendSessions, this.#dispatcher, this.#node.codec, counters);
    const gate = new GateService({
      registry: agent.registry,
      loads: () => agent.loads,
      strategy: settings.settings.gate.strategy,
      serverType: settings.settings.gate.serverType,
    });
    app.attach({
      rpc: createRpcProxies(this.#node, this.#router),
      channels: this.#channels,
      sessions: this.#sessions,
      gate,
      registry: agent.registry,
    });
  }

  /** Clients connected to this server now. */
  get connections(): number {
    return this.#frontend?.acceptor.connections ?? 0;
  }

  /** Whether a request of a client or a call of another server is being handled, or waits for another server. */
  get busy(): boolean {
    return this.#dispatcher.running > 0 || this.#node.running > 0 || this.#forwarding();
  }

  /** Channels of other servers that have members here. */
  get mirrors(): number {
    return this.#frontend?.pushes.mirrors ?? 0;
  }

  /**
   * Stops: takes no new work, finishes what has begun (for at most `deadlineMs`), tells clients, runs the game's `onStop`,
   * closes everything. Called again, it gives the same promise.
   */
  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs);
    return this.#stopping;
  }

  async #open(): Promise<void> {
    const { app } = this;
    const { host, port } = app.server;
    const { serverType, appDir } = app;
    if (port !== undefined) await this.#listenRpc(host, port);
    this.#unfollow = followRegistry(this.#agent.registry, this.#node, (entry) => {
      this.#backendSessions.frontendGone(entry.id, entry.bootId);
      this.#channels.frontendGone(entry.id);
      this.#frontend?.pushes.ownerDown(entry.id);
      this.#frontend?.forwarder.peerRemoved(entry.id);
    });
    this.#dispatcher.addServices(await loadServices(appDir, serverType, 'handler', app));
    this.#remotes.addServices(serverType, await loadServices(appDir, serverType, 'remote', app));
    if (serverType === 'gate') this.#addQueryEntry();
    this.#agent.setStats(() => ({ connections: this.connections, counters: app.counters.toJSON() }));
    for (const fn of app.registrations.started) await fn();
    await this.#frontend?.acceptor.listen();
    this.#ready = true;
    this.#agent.report('ready');
  }

  async #listenRpc(host: string, port: number): Promise<void> {
    try {
      await this.#node.listen({ host, port });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      throw new PomeloError('PORT_IN_USE', { serverId: this.app.serverId, host, port, holder: '' });
    }
  }

  /** The route that pomelo's clients ask a gate for a connector by, unless the game has its own. */
  #addQueryEntry(): void {
    this.#dispatcher.addRoute('gate.gateHandler.queryEntry', (msg) => {
      const { uid } = msg as { uid?: unknown };
      if ((typeof uid !== 'string' && typeof uid !== 'number') || uid === '') return { code: 500 };
      return { code: 200, ...this.app.gate.pick(uid) };
    });
  }

  async #stop(deadlineMs: number): Promise<void> {
    const deadline = this.#clock.now() + deadlineMs;
    this.#ready = false;
    this.#agent.report('stopping');
    this.#frontend?.acceptor.stopAccepting();
    if (this.#frontend) this.#frontend.messages.stopping = true;
    await this.#idle(deadline);
    for (const fn of this.app.registrations.stopping) {
      try {
        await fn();
      } catch (error) {
        this.#logger.error('an onStop of the game failed', { error });
      }
    }
    await this.#frontend?.acceptor.close(shutdownReason);
    this.#flusher.flushNow();
    this.#dispatcher.close();
    this.#unfollow();
    await this.#node.close();
  }

  /** Resolves when nothing is being handled any more, or the deadline has come. */
  async #idle(deadline: number): Promise<void> {
    while (this.busy && this.#clock.now() < deadline) {
      await new Promise<void>((resolve) => this.#clock.after(idleCheckMs, resolve));
    }
  }

  #forwarding(): boolean {
    return this.#agent.registry.all.some(({ id }) => (this.#node.peer(id)?.pending ?? 0) > 0);
  }

  #createNode({ bootId, secret, transport, logger, clock = systemClock }: GameServerOptions): RpcNode {
    const { app } = this;
    const { rpc } = app.settings.settings;
    const { rpcCodec } = app.registrations;
    return new RpcNode({
      id: app.serverId,
      bootId,
      secret,
      transport,
      ...(rpcCodec ? { codec: rpcCodec } : {}),
      timeoutMs: rpc.timeoutMs,
      maxPending: rpc.maxPending,
      maxFrameBytes: rpc.maxFrameBytes,
      maxQueueBytes: rpc.maxQueueBytes,
      stacks: app.env === 'development',
      clock,
      logger,
      counters: app.counters,
      flusher: this.#flusher,
      handlers: {
        request: (method, args, from) => this.#remotes.call(method, args, from),
        raw: (kind, callId, bytes, start, end, connection) =>
          this.#onRaw(kind, callId, bytes, start, end, connection),
        peerOpening: (peer) => this.#channels.frontendUp(peer.id),
        peerUp: (peer) => this.#frontend?.forwarder.peerUp(peer),
        peerDown: (peer) => this.#frontend?.pushes.ownerDown(peer.id),
      },
    });
  }

  async #createFrontend(format: ClientFormat, serverTypes: readonly string[]): Promise<void> {
    // Loaded by frontends alone: WebSockets take a backend's memory and time to start for nothing.
    const { createFrontend } = await import('./server/frontend.js');
    const frontend = createFrontend({
      app: this.app,
      agent: this.#agent,
      node: this.#node,
      router: this.#router,
      format,
      dispatcher: this.#dispatcher,
      sessions: this.#sessions,
      serverTypes,
      flusher: this.#flusher,
      clock: this.#clock,
      logger: this.#logger,
      tellMemberLeft: (ownerId, number, member) => this.#tellMemberLeft(ownerId, number, member),
      ready: () => this.#ready,
    });
    this.#frontend = frontend;
    this.#sessions.local = frontend.table;
    this.#ports.local = frontend.pushes;
    for (const [method, call] of Object.entries(sessionRemotes(frontend.table)))
      this.#remotes.addSystem(method, call);
  }

  #onRaw(
    kind: number,
    callId: number,
    bytes: Buffer,
    start: number,
    end: number,
    connection: RpcConnection,
  ): void {
    if (kind === frameKind.forward) this.#receiver.receive(callId, bytes, start, end, connection);
    else if (kind === frameKind.sessionClosed) this.#receiver.sessionClosed(bytes, start, end, connection);
    else if (kind === frameKind.sessionsAlive) this.#receiver.sessionsAlive(bytes, start, end, connection);
    else if (kind === frameKind.memberLeft) {
      const reader = new ByteReader(bytes, start, end, connection.peer.id);
      this.#channels.memberLeft(connection.peer.id, reader.u32(), readMember(reader));
    } else {
      const delivered = this.#frontend?.pushes.receive(kind, connection.peer.id, bytes, start, end) ?? 0;
      if (callId === noCallId) return;
      // First the space, then the buffer: opening may replace it.
      const at = connection.openRawResponse(callId, 4);
      connection.buffer.writeUInt32BE(delivered, at);
    }
  }

  #tellMemberLeft(ownerId: string, channelNumber: number, member: MemberKey): void {
    if (ownerId === this.app.serverId) {
      // Not at once: the owner may be in the midst of adding that member.
      queueMicrotask(() => this.#channels.memberLeft(ownerId, channelNumber, member));
      return;
    }
    const peer = this.#node.peer(ownerId);
    const at = peer ? peer.openRawNotify(frameKind.memberLeft, 4 + memberBytes(member)) : -1;
    if (at < 0) this.app.counters.add('channel.untoldLeaves');
    else writeMember(peer!.buffer, peer!.buffer.writeUInt32BE(channelNumber, at), member);
  }
}
