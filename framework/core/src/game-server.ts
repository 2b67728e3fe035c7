import type { Listening, MasterLink, Reach } from '@pomelo-ts/cluster';
import { type Clock, type Logger, type Measures, systemClock } from '@pomelo-ts/common';
import { listenError, type MeasuredRuntime, type NamedKey, TickFlusher } from '@pomelo-ts/common/internal';
import type { OpsOpening } from '@pomelo-ts/common/ops';
import { shutdownReason } from '@pomelo-ts/protocol';
import type { RpcCodec, RpcTransport } from '@pomelo-ts/rpc';
import type { AcceptorMaker } from './acceptor.js';
import type { Application } from './application.js';
import { LifecycleRunner } from './lifecycle.js';
import type { CronTicker } from './schedule/cron-ticker.js';
import { CarryOut } from './server/carry-out.js';
import { chosenCodec } from './server/chosen-codec.js';
import { Endings } from './server/endings.js';
import { followRegistry } from './server/follow-registry.js';
import type { Frontend } from './server/frontend.js';
import { routesOfBackends, routesRemote } from './server/handler-routes.js';
import { loadApp, serverTypesOf } from './server/load-app.js';
import { loadHooks } from './server/load-hooks.js';
import { makeOwnGauges } from './server/own-gauges.js';
import type { OwnLogLevel } from './server/own-log-level.js';
import { type WatchedMachine, watchMachine } from './server/own-machine.js';
import { ownTracing } from './server/own-tracing.js';
import { type ReloadResult, ServerCode } from './server/server-code.js';
import { createServerParts, type ServerParts } from './server/server-parts.js';
import { UnreachedPeers } from './server/unreached-peers.js';
import { sessionRemotes } from './session/session-service.js';
import type { Session } from './session.js';
import type { Tracing } from './tracing.js';
import { ClientFormat } from './wire/client-format.js';

/** What one server is started with. */
export interface GameServerOptions {
  /** Its link, already admitted by the master. */
  readonly master: MasterLink;
  readonly bootId: string;
  /** Keys that servers prove to each other; the first is the one to dial with. */
  keys(): readonly NamedKey[];
  readonly transport: RpcTransport;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** The ports for clients: the configured ones, or any that are free. */
  readonly clientPorts?: ClientPorts;
  /** What serves the clients in place of the acceptors that configuration names. */
  readonly acceptor?: AcceptorMaker;
  /** The level of the log of its process, where it has one of its own. */
  readonly logLevel?: OwnLogLevel;
  /** Has the process tell of itself, where this server has it for itself. */
  readonly measureRuntime?: (measures: Measures) => MeasuredRuntime;
}

/** Which ports frontends open for clients. */
export type ClientPorts = 'configured' | 'free';

/** What a server has once its app is set up. */
interface MadeParts {
  readonly hooks: LifecycleRunner;
  readonly endings: Endings;
  readonly codec: RpcCodec | undefined;
  readonly format: ClientFormat;
  readonly tracing: Tracing | undefined;
}

/** How often a stopping server looks whether its last request is done, in ms. */
const idleCheckMs = 10;
/** Of the time to stop, what the game's own ends may take until: clients are told in the rest of it. */
const endingShare = 0.8;
/** What they have in any case, in ms. */
const leastEndingMs = 500;
/** Most time that acceptors may take to close, in ms: one that hangs does not cost the whole stop. */
const mostClosingMs = 3000;

/** One server of the game: everything between its link, its RPC port, its clients' port and the game's handlers. */
export class GameServer {
  readonly app: Application;
  readonly #master: MasterLink;
  readonly #parts: ServerParts;
  readonly #hooks: LifecycleRunner;
  readonly #endings: Endings;
  readonly #code: ServerCode;
  readonly #carryOut: CarryOut;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #machine: WatchedMachine;
  readonly #format: ClientFormat;
  readonly #flusher = new TickFlusher();
  readonly #clientPorts: ClientPorts;
  readonly #acceptor: AcceptorMaker | undefined;
  readonly #runtime: MeasuredRuntime | undefined;
  readonly #tracing: Tracing | undefined;
  #ops: OpsOpening | undefined;
  #frontend: Frontend | undefined;
  #unfollow: () => void = () => {};
  #ready = false;
  #stopping: Promise<void> | undefined;

  /** Starts a server: resolves when it has reported ready. Rejects with what went wrong, everything closed again. */
  static async start(options: GameServerOptions): Promise<GameServer> {
    const { master, clock = systemClock } = options;
    const tracing = await ownTracing(master.settings, { clock, logger: options.logger });
    const logger = tracing ? tracing.logger(options.logger) : options.logger;
    const app = await loadApp(master.settings, logger);
    const game = await GameServer.#make({ ...options, logger }, app, clock, tracing);
    try {
      if (app.server.frontend) await game.#createFrontend();
      await game.#open();
    } catch (error) {
      await game.stop(0);
      throw error;
    }
    return game;
  }

  /** Makes a server whose app is set up; nothing of it begins yet. What code has shared until a failure ends with that. */
  static async #make(
    options: GameServerOptions,
    app: Application,
    clock: Clock,
    tracing: Tracing | undefined,
  ): Promise<GameServer> {
    const { logger } = options;
    const endings = new Endings({ clock, counters: app.counters, logger });
    try {
      await loadHooks(app);
      const hooks = new LifecycleRunner({ app, owned: app.registrations.lifecycles, clock, logger });
      await hooks.run('beforeStartup', app.settings.settings.lifecycle.timeoutMs);
      const codec = await chosenCodec(app);
      const format = new ClientFormat(app.settings);
      return new GameServer(options, app, { hooks, endings, codec, format, tracing });
    } catch (error) {
      await disposeShared(app, endings, () => leastEndingMs);
      throw error;
    }
  }

  private constructor(
    options: GameServerOptions,
    app: Application,
    { hooks, endings, codec, format, tracing }: MadeParts,
  ) {
    const { master, logger, clock = systemClock } = options;
    this.app = app;
    this.#tracing = tracing;
    this.#endings = endings;
    this.#master = master;
    this.#logger = logger;
    this.#clock = clock;
    this.#format = format;
    this.#clientPorts = options.clientPorts ?? 'configured';
    this.#acceptor = options.acceptor;
    this.#runtime = options.measureRuntime?.(app.allMeasures);
    this.#parts = createServerParts({
      ...options,
      app,
      codec,
      format,
      flusher: this.#flusher,
      clock,
      tracing,
      peerUp: (peer) => this.#frontend?.news.peerUp(peer),
      peerDrained: (peer) => {
        this.#frontend?.pushes.ownerDrained(peer);
        this.#frontend?.news.peerDrained(peer);
      },
    });
    this.#hooks = hooks;
    this.#machine = watchMachine(app, { clock, logger });
    const { dispatcher, remotes, traces } = this.#parts;
    remotes.addSystem(routesRemote, () => dispatcher.routes);
    this.#code = new ServerCode(app, dispatcher, remotes, { endings, clock });
    this.#carryOut = new CarryOut(app, this.#code, {
      clients: () => this.connections,
      logLevel: options.logLevel,
      remotes,
      traces,
    });
  }

  /** Clients connected to this server now. */
  get connections(): number {
    return this.#frontend?.places.clients ?? 0;
  }

  /** Whether a request of a client or a call of another server is being handled, or waits for another server. */
  get busy(): boolean {
    const { dispatcher, node } = this.#parts;
    return dispatcher.running > 0 || node.running > 0 || this.app.crons.running > 0 || this.#forwarding();
  }

  /** Channels of other servers that have members here. */
  get mirrors(): number {
    return this.#frontend?.pushes.mirrors ?? 0;
  }

  /** @internal for tests: the client that connected last. */
  get newestSession(): Session | undefined {
    return this.#frontend?.table.newest;
  }

  /**
   * Stops: runs the game's `beforeShutdown` (for at most `hooksMs`), takes no new work, finishes what has begun (for at most
   * `deadlineMs` in all), runs the game's `onStop`, ends what its code shares, tells clients, closes everything. Called again, it
   * gives the same promise.
   */
  stop(deadlineMs: number, hooksMs = deadlineMs): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs, hooksMs);
    return this.#stopping;
  }

  /** Takes changed handlers, remotes, crons and filters into use, or gives that up; see {@link ReloadResult}. Connections stay. */
  reload(force?: boolean, withinMs?: number): Promise<ReloadResult> {
    return this.#carryOut.reload(force, withinMs);
  }

  /** Goes back to the code from before the last {@link reload}; false when there is none. */
  restore(withinMs?: number): Promise<boolean> {
    return this.#carryOut.restore(withinMs);
  }

  async #open(): Promise<void> {
    const { app } = this;
    const { host, port } = app.server;
    const { node, backendSessions, channels } = this.#parts;
    if (port !== undefined) await this.#listenRpc(host, port);
    const unreached = new UnreachedPeers(this.#master.registry, node, this.#clock);
    await this.#openOps(() => unreached.look());
    this.#unfollow = followRegistry(this.#master.registry, node, (entry) => {
      backendSessions.frontendGone(entry.id, entry.bootId);
      channels.frontendGone(entry.id);
      this.#frontend?.pushes.ownerDown(entry.id);
      this.#frontend?.peerRemoved(entry.id);
    });
    for (const fn of app.registrations.opening) await fn();
    await this.#code.load();
    if (app.serverType === 'gate') this.#addQueryEntry();
    if (this.#frontend && app.settings.settings.client.dictionary) await this.#shortenRoutes();
    const routesTold = this.#frontend?.declared.refresh();
    if (this.#frontend?.rateLimiter) await routesTold;
    makeOwnGauges(app.allMeasures, {
      parts: this.#parts,
      frontend: this.#frontend,
      registry: this.#master.registry,
      connections: () => this.connections,
    });
    this.#master.tellMeasures(app.allMeasures);
    this.#master.setStats(() => {
      const reach = unreached.look();
      return { connections: this.connections, ...(reach && { reach }) };
    });
    this.#parts.one.begin();
    await app.runStarted();
    this.#tracing?.check();
    const { timeoutMs } = app.settings.settings.lifecycle;
    await this.#hooks.run('afterStartup', timeoutMs);
    await this.#startCrons();
    const listening = await this.#listenClients();
    this.#runtime?.beginLoop();
    this.#ready = true;
    this.#frontend?.prober?.begin();
    this.#master.report('ready', listening ? { listening } : {});
    this.#master.onCommand(async (command, args) => this.#carryOut.run(command, args));
    this.#master.onAllStarted(() => void this.#hooks.runAll('afterStartAll', timeoutMs));
    setImmediate(() => this.#code.remember());
  }

  /** Opens the port for metrics and health, which few servers have: what it takes is loaded for them alone. */
  async #openOps(reach: () => Reach | undefined): Promise<void> {
    const { opsPort } = this.app.server;
    if (opsPort === undefined) return;
    const { openOwnOps } = await import('./server/own-ops.js');
    const { app } = this;
    const [master, logger, clock, runtime] = [this.#master, this.#logger, this.#clock, this.#runtime];
    const ready = () => this.#ready;
    const failingProbes = () => this.#frontend?.prober?.failing;
    const { disks } = this.#machine;
    const parts = { app, master, reach, failingProbes, ready, runtime, disks, clock, logger };
    this.#ops = await openOwnOps(opsPort, parts);
  }

  /** Gives the routes that clients may use short codes: this server's own, and those of the types that are ready. */
  async #shortenRoutes(): Promise<void> {
    const { node, dispatcher } = this.#parts;
    const { settings } = this.app;
    const { registry } = this.#master;
    const others = { registry, node, clock: this.#clock, logger: this.#logger };
    const routes = [...dispatcher.routes, ...(await routesOfBackends(others))];
    this.#format.shortenRoutes(routes, settings.dictionary);
  }

  /** Begins what this server runs by the clock. Without cron files there can be none, and the scheduler is not even loaded. */
  async #startCrons(): Promise<void> {
    const { crons } = this.app;
    const load = async (): Promise<CronTicker> => {
      const { CronTicker } = await import('./schedule/cron-ticker.js');
      return new CronTicker({ clock: this.#clock, wallTime: () => Date.now() });
    };
    const ticker = crons.hasActions ? await load() : undefined;
    crons.start(ticker, (cron) => this.#parts.one.cron(cron), load);
  }

  /** Opens the ports for clients; gives them where they are others than the configured ones. */
  async #listenClients(): Promise<Listening | undefined> {
    const free = this.#clientPorts === 'free';
    const listening = await this.#frontend?.acceptors.listen(free);
    return free ? listening : undefined;
  }

  async #listenRpc(host: string, port: number): Promise<void> {
    try {
      await this.#parts.node.listen({ host, port });
    } catch (error) {
      throw listenError(error as NodeJS.ErrnoException, { serverId: this.app.serverId, host, port });
    }
  }

  /** The route that pomelo's clients ask a gate for a connector by, unless the game has its own. */
  #addQueryEntry(): void {
    this.#parts.dispatcher.addRoute('gate.gateHandler.queryEntry', (msg, session) => {
      const { uid } = msg as { uid?: unknown };
      if ((typeof uid !== 'string' && typeof uid !== 'number') || uid === '') return { code: 500 };
      return { code: 200, ...this.app.gate.pick(uid, session) };
    });
  }

  async #stop(deadlineMs: number, hooksMs: number): Promise<void> {
    const deadline = this.#clock.now() + deadlineMs;
    const endingDeadline = this.#clock.now() + deadlineMs * endingShare;
    this.#ready = false;
    this.#master.report('stopping');
    this.app.crons.stop();
    const retired = this.#parts.one.retire();
    await this.#hooks.runAll('beforeShutdown', hooksMs);
    this.#frontend?.acceptors.stopAccepting(this.app.logger);
    if (this.#frontend) this.#frontend.messages.stopping = true;
    await this.#idle(deadline);
    const leftMs = (): number => Math.max(leastEndingMs, endingDeadline - this.#clock.now());
    for (const fn of this.app.registrations.stopping) await this.#endings.run('an onStop', fn, leftMs());
    await disposeShared(this.app, this.#endings, leftMs);
    await retired;
    await this.#parts.one.close();
    const closing = this.#endings.within(Math.min(mostClosingMs, leftMs()));
    await this.#frontend?.acceptors.close(shutdownReason, closing);
    this.#frontend?.close();
    this.#parts.stop();
    this.#flusher.flushNow();
    this.#parts.dispatcher.close();
    this.#unfollow();
    this.#machine.stop();
    this.#runtime?.stop();
    await this.#ops?.close();
    await this.#parts.node.close();
    this.#tracing?.close();
  }

  /** Resolves when nothing is being handled any more, or the deadline has come. */
  async #idle(deadline: number): Promise<void> {
    while (this.busy && this.#clock.now() < deadline) {
      await new Promise<void>((resolve) => this.#clock.after(idleCheckMs, resolve));
    }
  }

  #forwarding(): boolean {
    return this.#master.registry.all.some(({ id }) => (this.#parts.node.peer(id)?.pending ?? 0) > 0);
  }

  async #createFrontend(): Promise<void> {
    // Loaded by frontends alone: WebSockets take a backend's memory and time to start for nothing.
    const { createFrontend } = await import('./server/frontend.js');
    const { sessions, pushSender, remotes } = this.#parts;
    const frontend = createFrontend({
      ...this.#parts,
      app: this.app,
      master: this.#master,
      format: this.#format,
      serverTypes: serverTypesOf(this.app.registrations.appDirs),
      flusher: this.#flusher,
      clock: this.#clock,
      logger: this.#logger,
      acceptor: this.#acceptor,
      tracing: this.#tracing,
      ready: () => this.#ready,
    });
    this.#frontend = frontend;
    sessions.local = frontend.table;
    pushSender.local = frontend.pushes;
    const methods = { ...sessionRemotes(frontend.table), ...frontend.uids.methods };
    for (const [method, call] of Object.entries(methods)) remotes.addSystem(method, call);
  }
}

/** Ends what the code of a server shares, one after the other. */
function disposeShared(app: Application, endings: Endings, leftMs: () => number): Promise<void> {
  return app.disposeShared((name, dispose) => endings.run(`dispose of ${name}`, dispose, leftMs()));
}
