import type { RegistryView, ServerEntry, ServerSettings } from '@pomelo-ts/cluster';
import { type Logger, Measures, PomeloError } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import type { RpcCodec } from '@pomelo-ts/rpc';
import type { HttpHandler } from './acceptor/http-endpoints.js';
import type { OriginRule } from './acceptor/origin-policy.js';
import { type AcceptorHooks, type AcceptorMaker, hybrid } from './acceptor.js';
import type { LifecycleOf } from './application/lifecycle-of.js';
import { checkPlugin, type PluginOf, PluginSetUp } from './application/plugin-of.js';
import { nothingRegistered, type Registrations } from './application/registrations.js';
import type { RunningParts } from './application/running-parts.js';
import type { ChannelService } from './channel/channel-service.js';
import type { PushBody, PushRoute } from './channel/pushes.js';
import type { PushOptions } from './channel.js';
import { listedAt } from './directory/listed-at.js';
import type { ErrorHandler, Filter } from './dispatch/filter.js';
import type { RateLimit } from './dispatch/rate-limit.js';
import { GameMeasures } from './game-measures.js';
import type { GateService } from './gate.js';
import type { Ids } from './ids.js';
import type { Inspector } from './inspector.js';
import type { Lease, LeaseOptions } from './lease.js';
import type { MakingNow } from './making.js';
import { type CoreMeasures, coreMeasures } from './measures.js';
import type { RemoteFilter } from './remote/remote-table.js';
import type { RpcProxies } from './remote/rpc-proxies.js';
import type { RouteRule, TypeRouter } from './routing/type-router.js';
import { CronService } from './schedule.js';
import type { SessionService } from './session/session-service.js';
import type { Session } from './session.js';
import type { Uid } from './session-names.js';
import type { AtOnce, SharedOf, SharedOptions } from './shared/shared-of.js';
import { SharedState } from './shared/shared-state.js';

/**
 * One server of the game: what it is, what the game registers with it before it starts, and the services it offers to
 * handlers and remotes.
 */
export class Application {
  readonly logger: Logger;
  /** @internal all measures of this server */
  readonly allMeasures = new Measures({
    onFailedRead: (name, error) =>
      this.logger.warn(
        `the function that gives the measure ${name} failed, and it has no value until that works`,
        {
          error: briefError(error),
        },
      ),
  });
  /** What the game itself measures; the master shows it with this server. */
  readonly measures = new GameMeasures(this.allMeasures);
  /** @internal what the framework measures here */
  readonly counters: CoreMeasures = this.allMeasures.makeAll(coreMeasures);
  /** What this server runs by the clock. */
  readonly crons: CronService;
  /** @internal */
  readonly registrations: Registrations<Application> = nothingRegistered();
  readonly #shared = new SharedState<Application>(this);
  #settings: ServerSettings;
  #parts: RunningParts | undefined;
  #started = false;
  #makingNow: MakingNow = () => undefined;

  /** @internal games get theirs from `defineApp` */
  constructor(settings: ServerSettings, logger: Logger) {
    this.#settings = settings;
    this.logger = logger;
    const { server, crons: configured } = settings;
    this.crons = new CronService({ counters: this.counters, logger, server, configured });
    this.registrations.appDirs.push(settings.appDir);
  }

  get settings(): ServerSettings {
    return this.#settings;
  }

  get serverId(): string {
    return this.settings.server.id;
  }

  get serverType(): string {
    return this.settings.server.type;
  }

  get env(): string {
    return this.settings.env;
  }

  /** The game's root folder. */
  get root(): string {
    return this.settings.root;
  }

  /** Folder of the compiled app. */
  get appDir(): string {
    return this.settings.appDir;
  }

  /** This server's entry of `servers.json`, extra fields included. */
  get server(): ServerEntry {
    return this.settings.server;
  }

  /** Calls remotes of other servers: `app.rpc.chat.chatRemote.add(session, name)`. */
  get rpc(): RpcProxies {
    return this.#running.rpc;
  }

  get channels(): ChannelService {
    return this.#running.channels;
  }

  /**
   * Sends `msg` to all sessions of the uids, wherever in the cluster they are; one frame for each frontend that has some. Gives those of
   * the uids that have a session.
   *
   * @throws UID_INVALID, DIRECTORY_UNREACHABLE, PUSH_INVALID
   * @example
   * const online = await app.pushTo(['uid-1', 'uid-2'], 'onMail', { from: 'uid-3' });
   */
  async pushTo<Route extends PushRoute>(
    uids: readonly Uid[],
    route: Route,
    msg: PushBody<Route>,
    options?: PushOptions,
  ): Promise<Uid[]> {
    const { channels, sessions } = this.#running;
    const places = await sessions.placesOf(uids);
    channels.push(route, msg, listedAt(places), options);
    return [...places.keys()];
  }

  /** Sessions by uid, anywhere in the cluster. */
  get sessions(): SessionService {
    return this.#running.sessions;
  }

  get gate(): GateService {
    return this.#running.gate;
  }

  /** Who is in the cluster. */
  get registry(): RegistryView {
    return this.#running.registry;
  }

  /** Ids that no other server makes. */
  get ids(): Ids {
    return this.#running.ids;
  }

  /**
   * Takes what only one server of the cluster may have at a time. It goes on by itself until it is released or lost.
   *
   * @throws LEASE_TAKEN when another has it; LEASE_UNAVAILABLE when that is not known, as no master can be reached say;
   * LEASE_NAME_INVALID; RangeError for a time out of bounds
   * @example
   * const lease = await app.lease('season-end', { wait: true });
   * lease.signal.addEventListener('abort', () => season.pause());
   * await store.write(season, { fencing: lease.token });
   */
  async lease(name: string, options?: LeaseOptions): Promise<Lease> {
    if (typeof name === 'string' && /^(cron|ids)\//.test(name)) {
      const reason = 'names that begin with cron/ and ids/ are those of the framework';
      throw new PomeloError('LEASE_NAME_INVALID', { name, reason });
    }
    return this.#running.leases.take(name, options);
  }

  /**
   * What all code of this server shares: made when it is first asked for, the same for handlers, remotes, crons and filters,
   * kept when code is reloaded, and ended after the last `onStop` when the server stops, what was made last first. It is of
   * this server alone, also where several run in one process.
   *
   * @throws what making it throws, and then nothing is kept; SHARED_CYCLE when its making asks for itself; SHARED_CLOSED once
   * it has ended; SHARED_INVALID for a promise
   * @example
   * const scores = app.shared('chat.scores', () => new Map<string, number>());
   */
  shared<T>(shared: SharedOf<Application, T>): T;
  shared<T>(name: string, make: (app: Application) => AtOnce<T>, options?: SharedOptions<T>): T;
  shared<T>(
    shared: SharedOf<Application, T> | string,
    make?: (app: Application) => T,
    options?: SharedOptions<T>,
  ): T {
    return this.#shared.get(typeof shared === 'string' ? { ...options, name: shared, make: make! } : shared);
  }

  /** Runs `fn` when this server's type is one of `types` (`'gate|connector'`, `'all'`), and its environment one of `envs`. */
  configure(types: string, fn: () => void): void;
  configure(envs: string, types: string, fn: () => void): void;
  configure(first: string, second: string | (() => void), third?: () => void): void {
    const [envs, types, fn] = typeof second === 'string' ? [first, second, third!] : ['all', first, second];
    if (isListed(envs, this.env) && isListed(types, this.serverType)) fn();
  }

  /** Says how a server of `type` is chosen; type `default` stands for all types without a rule. */
  route(type: string, rule: RouteRule): void {
    this.registrations.routes.set(type, rule);
  }

  /** Adds a filter around this server's handlers. */
  filter(filter: Filter): void {
    this.#register(this.registrations.filters, filter);
  }

  /**
   * Adds a filter on a frontend around every request, forwarded ones too. Its afters run when the answer has been sent.
   * With one, bodies of forwarded requests are decoded on the frontend as well, and encoded again: what befores change in a
   * body is what the handler gets, wherever it is. So it must stay a value that the client could have sent.
   */
  globalFilter(filter: Filter): void {
    this.#register(this.registrations.globalFilters, filter);
  }

  /** Bounds what clients send to this frontend; see {@link RateLimit}. Several limits count side by side. */
  rateLimit(limit: RateLimit): void {
    this.#register(this.registrations.rateLimits, limit);
  }

  /** Adds a filter around this server's remotes. */
  remoteFilter(filter: RemoteFilter): void {
    this.#register(this.registrations.remoteFilters, filter);
  }

  /** Sets what turns errors of filters and handlers into answers. */
  onError(handler: ErrorHandler): void {
    this.registrations.onError = handler;
  }

  /**
   * Registers an acceptor, which lets clients in by another protocol. Frontends open one for each entry of `acceptors` in
   * `servers.json5` that has its name, with `options` beneath those of the entry.
   *
   * @throws ACCEPTOR_TWICE for a name that is taken; `hybrid` is
   * @example app.acceptor('lines', (context) => new LineAcceptor(context));
   */
  acceptor(name: string, make: AcceptorMaker, options: Readonly<Record<string, unknown>> = {}): void {
    const { acceptors } = this.registrations;
    if (name === hybrid || acceptors.has(name)) throw new PomeloError('ACCEPTOR_TWICE', { name });
    acceptors.set(name, { make, options });
  }

  /**
   * Lets operators look at things of this kind that this server has: `pomelo-ts inspect`, and the same in the console, `top` and the page.
   *
   * @throws INSPECTOR_INVALID for what is no inspector, or another one of its kind
   * @example app.inspector('room', { ids: () => rooms.keys(), inspect: (id) => rooms.get(id)?.summary() });
   */
  inspector(kind: string, inspector: Inspector): void {
    this.registrations.inspectors.add(kind, inspector);
  }

  /** Sets what decides about clients that want in. */
  onConnect(hook: NonNullable<AcceptorHooks['onConnect']>): void {
    this.registrations.onConnect = hook;
  }

  /** Sets which web pages may connect; takes precedence over `client.origins` of the settings. */
  origins(rule: OriginRule): void {
    this.registrations.origins = rule;
  }

  /** Answers plain HTTP requests on a frontend's client port. */
  http(handler: HttpHandler): void {
    this.#register(this.registrations.httpHandlers, handler);
  }

  /** Sets the codec of calls between servers, whatever `rpc.codec` of the settings names; see `@pomelo-ts/adapters`. */
  rpcCodec(codec: RpcCodec): void {
    this.registrations.rpcCodec = codec;
  }

  /** Adds hooks around the life of this server, beside those of its `lifecycle.js`. `owner` names them in messages. */
  lifecycle(hooks: LifecycleOf<Application>, owner = 'app.js'): void {
    this.#register(this.registrations.lifecycles, { owner, hooks });
  }

  /**
   * Adds a plugin: its `setUp` runs at once, its hooks run before those of this server's `lifecycle.js`. A server does not
   * start without a plugin that fails, and that nobody has waited for; what its `setUp` does later is there for who awaits it.
   *
   * @throws PLUGIN_INVALID, PLUGIN_TWICE
   * @example await app.use(statusPage, { path: '/status' });
   */
  use<Options>(
    plugin: PluginOf<Application, Options>,
    ...[options]: undefined extends Options ? [options?: Options] : [options: Options]
  ): Promise<void> {
    checkPlugin(plugin);
    const { plugins, appDirs } = this.registrations;
    if (plugins.has(plugin.name)) throw new PomeloError('PLUGIN_TWICE', { plugin: plugin.name });
    plugins.add(plugin.name);
    if (plugin.appDir !== undefined) appDirs.push(plugin.appDir);
    this.lifecycle(plugin, `plugin ${plugin.name}`);
    const setUp = PluginSetUp.of(plugin.setUp?.(this, options as Options));
    this.registrations.pluginSetUps.push(setUp);
    return setUp;
  }

  /**
   * Runs `fn` when this server can take work, before it says that it is ready. Of a handler, remote, cron or filter that a
   * reload brings: when its code is in use. At once where all that has been.
   */
  onStarted(fn: () => unknown): void {
    if (this.#started && !this.#makingNow()) fn();
    else this.#register(this.registrations.started, fn);
  }

  /**
   * Runs `fn` when this server stops, after its last request and before its connections close; it may be asynchronous, within
   * the time that the stop has. Of a handler, remote, cron or filter: when its code is replaced by a reload, if that comes first.
   */
  onStop(fn: () => unknown): void {
    this.#register(this.registrations.stopping, fn);
  }

  /** Calls `listener` when a session ends: on its frontend, and on every backend that it has sent messages to. */
  onSessionClosed(listener: (session: Session, reason: string) => void): void {
    this.#register(this.registrations.sessionClosed, listener);
  }

  #register<T>(list: T[], item: T): void {
    const making = this.#makingNow();
    if (making) making.items.push({ list, item });
    else list.push(item);
  }

  /** @internal runs each `onStarted`; those that are added later run at once */
  async runStarted(): Promise<void> {
    for (const fn of this.registrations.started) await fn();
    this.#started = true;
  }

  /** @internal what tells that calls come from code that is not in use yet */
  useMaking(makingNow: MakingNow): void {
    this.#makingNow = makingNow;
    this.crons.useMaking(makingNow);
  }

  /** @internal ends all that is shared; see {@link SharedState.dispose} */
  disposeShared(end: (name: string, dispose: () => unknown) => Promise<void>): Promise<void> {
    return this.#shared.dispose(end);
  }

  /** @internal which server a call goes to */
  get router(): TypeRouter {
    return this.#running.router;
  }

  /** @internal what an old app says in its code and `settings.json5` says for others; before the server starts */
  changeSettings(change: (settings: ServerSettings['settings']) => ServerSettings['settings']): void {
    this.#settings = { ...this.#settings, settings: change(this.#settings.settings) };
  }

  /** @internal */
  attach(parts: RunningParts): void {
    this.#parts = parts;
  }

  get #running(): RunningParts {
    if (!this.#parts)
      throw new Error(
        'The services of an application exist once it starts: use them in handlers, remotes or onStarted.',
      );
    return this.#parts;
  }
}

/** What an `app.js` exports by default. */
export interface AppDefinition {
  readonly setUp: (app: Application) => unknown;
}

/**
 * Defines the game's app: `setUp` runs once in each server process, before anything of it starts.
 *
 * @example
 * export default defineApp((app) => {
 *   app.route('chat', { by: 'hash', key: (session) => (session as Session).get('rid') });
 * });
 */
export function defineApp(setUp: (app: Application) => unknown): AppDefinition {
  return { setUp };
}

function isListed(list: string, name: string): boolean {
  return list === 'all' || list.split('|').includes(name);
}
