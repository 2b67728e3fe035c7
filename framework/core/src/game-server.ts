import type { Socket } from 'node:net';
import type { LinkAgent } from '@pomelo-ts/cluster';
import { type Clock, type Logger, PomeloError, systemClock } from '@pomelo-ts/common';
import { listenError, type NamedKey, TickFlusher, watchFiles } from '@pomelo-ts/common/internal';
import { shutdownReason } from '@pomelo-ts/protocol';
import type { RpcTransport } from '@pomelo-ts/rpc';
import type { Application } from './application.js';
import { syntaxErrorIn } from './boot/syntax-error.js';
import { LifecycleRunner } from './lifecycle.js';
import type { CronTicker } from './schedule/cron-ticker.js';
import type { TrialResult } from './server/code-trial.js';
import { Endings } from './server/endings.js';
import type { Frontend } from './server/frontend.js';
import { routesOfBackends, routesRemote } from './server/handler-routes.js';
import { loadApp, serverTypesOf } from './server/load-app.js';
import { loadHooks } from './server/load-hooks.js';
import { followRegistry } from './server/membership.js';
import { type ReloadResult, ServerCode } from './server/server-code.js';
import { createServerParts, type ServerParts } from './server/server-parts.js';
import { UnreachedPeers } from './server/unreached-peers.js';
import { sessionRemotes } from './session/session-service.js';
import type { Session } from './session.js';
import { ClientFormat } from './wire/client-format.js';

/** What one server is started with. */
export interface GameServerOptions {
  /** Its link, already admitted by the master. */
  readonly agent: LinkAgent;
  readonly bootId: string;
  /** Keys that servers prove to each other; the first is the one to dial with. */
  keys(): readonly NamedKey[];
  readonly transport: RpcTransport;
  readonly logger: Logger;
  readonly clock?: Clock;
  /** The port for clients: the configured one, any that is free, or none (connections come by {@link GameServer.accept}). */
  readonly clientPorts?: ClientPorts;
}

/** Which ports frontends open for clients. */
export type ClientPorts = 'configured' | 'free' | 'none';

/** How long another process may take to load the code, in ms. */
const trialMs = 20_000;
/** How often a stopping server looks whether its last request is done, in ms. */
const idleCheckMs = 10;
/** Of the time to stop, what the game's own ends may take until: clients are told in the rest of it. */
const endingShare = 0.8;
/** What they have in any case, in ms. */
const leastEndingMs = 500;

/** One server of the game: everything between its link, its RPC port, its clients' port and the game's handlers. */
export class GameServer {
  readonly app: Application;
  readonly #agent: LinkAgent;
  readonly #parts: ServerParts;
  readonly #hooks: LifecycleRunner;
  readonly #endings: Endings;
  readonly #code: ServerCode;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #stopFileWatch: () => void;
  readonly #format: ClientFormat;
  readonly #flusher = new TickFlusher();
  readonly #clientPorts: ClientPorts;
  #frontend: Frontend | undefined;
  #unfollow: () => void = () => {};
  #ready = false;
  #stopping: Promise<void> | undefined;

  /** Starts a server: resolves when it has reported ready. Rejects with what went wrong, everything closed again. */
  static async start(options: GameServerOptions): Promise<GameServer> {
    const { agent, logger, clock = systemClock } = options;
    const app = await loadApp(agent.settings, logger);
    const game = await GameServer.#make(options, app, clock);
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
  static async #make(options: GameServerOptions, app: Application, clock: Clock): Promise<GameServer> {
    const { logger } = options;
    const endings = new Endings({ clock, counters: app.counters, logger });
    try {
      await loadHooks(app);
      const hooks = new LifecycleRunner({ app, owned: app.registrations.lifecycles, clock, logger });
      await hooks.run('beforeStartup', app.settings.settings.lifecycle.timeoutMs);
      return new GameServer(options, app, { hooks, endings, format: new ClientFormat(app.settings) });
    } catch (error) {
      await disposeShared(app, endings, () => leastEndingMs);
      throw error;
    }
  }

  private constructor(
    options: GameServerOptions,
    app: Application,
    { hooks, endings, format }: { hooks: LifecycleRunner; endings: Endings; format: ClientFormat },
  ) {
    const { agent, logger, clock = systemClock } = options;
    this.app = app;
    this.#endings = endings;
    this.#agent = agent;
    this.#logger = logger;
    this.#clock = clock;
    this.#format = format;
    this.#clientPorts = options.clientPorts ?? 'configured';
    this.#parts = createServerParts({
      ...options,
      app,
      format,
      flusher: this.#flusher,
      clock,
      peerUp: (peer) => this.#frontend?.forwarder.peerUp(peer),
      peerDrained: (peer) => {
        this.#frontend?.pushes.ownerDrained(peer);
        this.#frontend?.forwarder.peerDrained(peer);
      },
    });
    this.#hooks = hooks;
    this.#stopFileWatch = watchFiles({ clock, logger, counters: app.counters });
    const { dispatcher, remotes } = this.#parts;
    remotes.addSystem(routesRemote, () => dispatcher.routes);
    this.#code = new ServerCode(app, dispatcher, remotes, endings);
  }

  /** Clients connected to this server now. */
  get connections(): number {
    return this.#frontend?.acceptor.connections ?? 0;
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

  /** Takes a connection of a client that came another way than through this server's port. */
  accept(socket: Socket): void {
    this.#frontend?.acceptor.accept(socket);
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

  /** Takes changed handlers, remotes, crons and filters into use; see {@link ReloadResult}. Connections stay. */
  reload(force = false): Promise<ReloadResult> {
    return this.#code.reload(force);
  }

  /** Goes back to the code from before the last {@link reload}; false when there is none. */
  restore(): Promise<boolean> {
    return this.#code.restore();
  }

  async #open(): Promise<void> {
    const { app } = this;
    const { host, port } = app.server;
    const { node, backendSessions, channels } = this.#parts;
    if (port !== undefined) await this.#listenRpc(host, port);
    this.#unfollow = followRegistry(this.#agent.registry, node, (entry) => {
      backendSessions.frontendGone(entry.id, entry.bootId);
      channels.frontendGone(entry.id);
      this.#frontend?.pushes.ownerDown(entry.id);
      this.#frontend?.forwarder.peerRemoved(entry.id);
    });
    for (const fn of app.registrations.opening) await fn();
    await this.#code.load();
    if (app.serverType === 'gate') this.#addQueryEntry();
    if (this.#frontend && app.settings.settings.client.dictionary) await this.#shortenRoutes();
    if (this.#frontend?.rateLimiter) await this.#frontend.declared.refresh();
    const unreached = new UnreachedPeers(this.#agent.registry, node, this.#clock);
    this.#agent.setStats(() => {
      const reach = unreached.look();
      return { connections: this.connections, counters: app.counters.toJSON(), ...(reach && { reach }) };
    });
    this.#parts.one.begin();
    await app.runStarted();
    const { timeoutMs } = app.settings.settings.lifecycle;
    await this.#hooks.run('afterStartup', timeoutMs);
    await this.#startCrons();
    const clientPort = await this.#listenClients();
    this.#ready = true;
    this.#agent.report('ready', clientPort === undefined ? {} : { listening: { clientPort } });
    this.#agent.onCommand(async (command, args) => this.#carryOut(command, args));
    this.#agent.onAllStarted(() => void this.#hooks.runAll('afterStartAll', timeoutMs));
    setImmediate(() => this.#code.remember());
  }

  /** Gives the routes that clients may use short codes: this server's own, and those of the types that are ready. */
  async #shortenRoutes(): Promise<void> {
    const { node, dispatcher } = this.#parts;
    const { settings } = this.app;
    const { registry } = this.#agent;
    const others = { registry, node, clock: this.#clock, logger: this.#logger };
    const routes = [...dispatcher.routes, ...(await routesOfBackends(others))];
    this.#format.shortenRoutes(routes, settings.dictionary);
  }

  /** Begins what this server runs by the clock. Without cron files there can be none, and the scheduler is not even loaded. */
  async #startCrons(): Promise<void> {
    const { crons, settings } = this.app;
    const load = async (): Promise<CronTicker> => {
      const { CronTicker } = await import('./schedule/cron-ticker.js');
      return new CronTicker({ clock: this.#clock, wallTime: () => Date.now() });
    };
    const ticker = crons.hasActions ? await load() : undefined;
    crons.start(settings.crons, ticker, (cron) => this.#parts.one.cron(cron), load);
  }

  /** Does what the master asks. */
  #carryOut(command: string, args: unknown): unknown {
    if (command === 'reload') return this.#reloadOrTellPlace((args as { force?: boolean }).force === true);
    if (command === 'try the code')
      return this.#tryCode(args as { args?: readonly string[]; timeoutMs?: number });
    if (command === 'restore') return this.restore();
    if (command === 'counters') {
      const { dispatcher, remotes } = this.#parts;
      return { ...this.app.counters.toJSON(), 'code.begun': dispatcher.begun + remotes.begun };
    }
    throw new Error(`this server does not know the command ${command}`);
  }

  /** Only a process that ends by it tells the file and line of a mistake in the syntax: then one is made for that. */
  async #reloadOrTellPlace(force: boolean): Promise<ReloadResult> {
    try {
      return await this.reload(force);
    } catch (error) {
      if (!syntaxErrorIn(error)) throw error;
      const trial = await this.#tryCode({});
      if (trial.verdict !== 'broken') throw error;
      throw new PomeloError('CODE_BROKEN', { reason: trial.reason }, { cause: error });
    }
  }

  async #tryCode(how: {
    readonly args?: readonly string[];
    readonly timeoutMs?: number;
  }): Promise<TrialResult> {
    const { args = process.execArgv, timeoutMs = trialMs } = how;
    const { runTrial } = await import('./server/code-trial.js'); // seldom needed
    const { root, appDir, serverType: type } = this.app;
    return runTrial({ args, root, appDir, type, timeoutMs });
  }

  /** Opens the port for clients; gives it when it is another than the configured one. */
  async #listenClients(): Promise<number | undefined> {
    if (!this.#frontend || this.#clientPorts === 'none') return undefined;
    if (this.#clientPorts === 'free') return this.#frontend.acceptor.listen(0);
    await this.#frontend.acceptor.listen();
    return undefined;
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
    this.#agent.report('stopping');
    this.app.crons.stop();
    const retired = this.#parts.one.retire();
    await this.#hooks.runAll('beforeShutdown', hooksMs);
    this.#frontend?.acceptor.stopAccepting();
    if (this.#frontend) this.#frontend.messages.stopping = true;
    await this.#idle(deadline);
    const leftMs = (): number => Math.max(leastEndingMs, endingDeadline - this.#clock.now());
    for (const fn of this.app.registrations.stopping) await this.#endings.run('an onStop', fn, leftMs());
    await disposeShared(this.app, this.#endings, leftMs);
    await retired;
    await this.#parts.one.close();
    await this.#frontend?.acceptor.close(shutdownReason);
    this.#frontend?.rateLimiter?.close();
    this.#flusher.flushNow();
    this.#parts.dispatcher.close();
    this.#unfollow();
    this.#stopFileWatch();
    await this.#parts.node.close();
  }

  /** Resolves when nothing is being handled any more, or the deadline has come. */
  async #idle(deadline: number): Promise<void> {
    while (this.busy && this.#clock.now() < deadline) {
      await new Promise<void>((resolve) => this.#clock.after(idleCheckMs, resolve));
    }
  }

  #forwarding(): boolean {
    return this.#agent.registry.all.some(({ id }) => (this.#parts.node.peer(id)?.pending ?? 0) > 0);
  }

  async #createFrontend(): Promise<void> {
    // Loaded by frontends alone: WebSockets take a backend's memory and time to start for nothing.
    const { createFrontend } = await import('./server/frontend.js');
    const { sessions, ports, remotes } = this.#parts;
    const frontend = createFrontend({
      ...this.#parts,
      app: this.app,
      agent: this.#agent,
      format: this.#format,
      serverTypes: serverTypesOf(this.app.registrations.appDirs),
      flusher: this.#flusher,
      clock: this.#clock,
      logger: this.#logger,
      ready: () => this.#ready,
    });
    this.#frontend = frontend;
    sessions.local = frontend.table;
    ports.local = frontend.pushes;
    for (const [method, call] of Object.entries(sessionRemotes(frontend.table)))
      remotes.addSystem(method, call);
  }
}

/** Ends what the code of a server shares, one after the other. */
function disposeShared(app: Application, endings: Endings, leftMs: () => number): Promise<void> {
  return app.disposeShared((name, dispose) => endings.run(`dispose of ${name}`, dispose, leftMs()));
}
