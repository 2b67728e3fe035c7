import { EventEmitter } from 'node:events';
import type { Application, Lifecycle } from '@pomelo-ts/core';
import { runSettingUp, type ServiceKind, type SettingUp } from '@pomelo-ts/core/internal';
import { AppCode } from './app-code.js';
import { tell } from './callback.js';
import { Components } from './components.js';
import { type OldCron, OldCrons } from './crons.js';
import { events } from './events.js';
import { oldHooks } from './lifecycle-file.js';
import { OldDirectory } from './old-directory.js';
import type { OldFilter } from './old-filter.js';
import { forwardRule, type OldRoute, oldRpc } from './old-rpc.js';
import { Plugins } from './plugins.js';
import { RequestPath } from './request-path.js';
import { type OldRpcFilter, RpcFilters } from './rpc-filters.js';
import { servicesOf } from './services.js';
import { transaction } from './transaction.js';
import type { Anything, OldStyle } from './types.js';
import { unsupported } from './unsupported.js';

/** What an {@link OldApplication} is made for. */
export interface OldApplicationOptions {
  readonly core: Application;
  readonly style: OldStyle;
  /** Whose code runs when that of this application does. */
  readonly at: SettingUp;
}

/**
 * The application as pomelo and pinus have it, for one server of the game: it takes what an app says to core's own. Where the
 * two styles differ it keeps to the one that the app was made in.
 */
export class OldApplication extends OldDirectory {
  /** Tells of servers, sessions and starts; see `events`. */
  readonly event = new EventEmitter();
  /** Calls remotes: `rpc.<type>.<remote>.<method>(routeParam, …)`; pinus apps declare its type as `UserRpc`. */
  readonly rpc: UserRpc;
  /** @internal */
  readonly style: OldStyle;
  /** @internal */
  readonly code: AppCode;
  /** @internal */
  readonly path: RequestPath;
  readonly #at: SettingUp;
  readonly #rpcFilters = new RpcFilters();
  readonly #routes = new Map<string, OldRoute>();
  readonly #components: Components;
  readonly #plugins: Plugins;
  readonly #crons: OldCrons;
  readonly #folders: Record<ServiceKind, string[]> = { handler: [], remote: [], cron: [] };
  readonly #warned = new Set<string>();
  readonly #onStarted: ((error?: unknown) => unknown)[] = [];
  #container: { get(made: unknown): object } | undefined;
  #begin!: () => void;
  /** Resolves when the app has called `start`. */
  readonly begun = new Promise<void>((resolve) => {
    this.#begin = resolve;
  });

  constructor({ core, style, at }: OldApplicationOptions) {
    const { root, appDir, mode } = core.settings;
    const code = new AppCode(root, appDir, mode);
    super(core, code, servicesOf(core));
    this.style = style;
    this.#at = at;
    this.code = code;
    const inside = this.inside.bind(this);
    this.path = new RequestPath(core, style, (key) => this.settings[key], inside);
    this.#components = new Components(core, inside);
    this.#crons = new OldCrons(core, style);
    const addHooks = (hooks: Lifecycle, owner: string): void => core.lifecycle(hooks, owner);
    this.#plugins = new Plugins({ code, oldApp: this, folders: this.#folders, inside, addHooks });
    this.rpc = oldRpc({
      app: core,
      style,
      filters: this.#rpcFilters,
      routeOf: (type) => this.#routes.get(type) ?? this.#routes.get('default'),
      oldApp: this,
      errorHandler: () => this.get('rpcErrorHandler'),
    });
  }

  get sessionService(): Anything {
    return this.get('sessionService');
  }

  get backendSessionService(): Anything {
    return this.get('backendSessionService');
  }

  get channelService(): Anything {
    return this.get('channelService');
  }

  /** What was added by `load`, by name. */
  get components(): Record<string, Anything> {
    return this.#components.byName;
  }

  get usedPlugins(): readonly Anything[] {
    return this.#plugins.used;
  }

  get sysrpc(): never {
    throw unsupported('app.sysrpc', 'use app.rpc and the services');
  }

  /** `configure([environments], [server types], fn)`: lists are `a|b`, `all` is everything. */
  configure(...args: Anything[]): this {
    const fn = args.at(-1) as (this: this) => unknown;
    const [envs = 'all', types = 'all'] = args.slice(0, -1) as string[];
    const isListed = (list: string, name: string): boolean =>
      list === 'all' || list.split('|').includes(name);
    if (isListed(envs, this.core.env) && isListed(types, this.serverType)) fn.call(this);
    return this;
  }

  /** Says which server of a type gets a request or a call; the type `default` stands for all that have no function. */
  route(serverType: string, route: OldRoute): this {
    this.#routes.set(serverType, route);
    this.core.route(serverType, forwardRule(route, serverType, this));
    return this;
  }

  filter(filter: OldFilter): void {
    this.path.own.filter(filter);
  }

  before(filter: OldFilter): void {
    this.path.own.before(filter);
  }

  after(filter: OldFilter): void {
    this.path.own.after(filter);
  }

  globalFilter(filter: OldFilter): void {
    this.path.global.filter(filter);
  }

  globalBefore(filter: OldFilter): void {
    this.path.global.before(filter);
  }

  globalAfter(filter: OldFilter): void {
    this.path.global.after(filter);
  }

  rpcFilter(filter: OldRpcFilter): void {
    this.rpcBefore(filter);
    this.#rpcFilters.after(typeof filter === 'function' ? {} : filter);
  }

  rpcBefore(filter: OldRpcFilter): void {
    this.#rpcFilters.before(filter);
  }

  rpcAfter(filter: OldRpcFilter): void {
    this.#rpcFilters.after(filter);
  }

  /** Adds a component: `load([name], component, [options])`. pomelo gives the application, pinus the component. */
  load(...args: Anything[]): Anything {
    const component: unknown = this.inside(() => this.#components.load(this, args));
    return this.style === 'pinus' ? component : this;
  }

  use(plugin: Anything, options?: Anything): this {
    this.inside(() => this.#plugins.use(plugin, options));
    return this;
  }

  loadEvent(Events: Anything, options?: Anything): void {
    this.#plugins.addEvents(Events, options);
  }

  /** @throws OLD_APP_UNSUPPORTED: who is in the cluster, the master knows */
  addServers(): never {
    throw unsupported(
      'app.addServers',
      'put the servers into config/servers.json: the master tells all others',
    );
  }

  /** @throws OLD_APP_UNSUPPORTED */
  removeServers(): never {
    throw unsupported('app.removeServers', 'stop them by pomelo-ts stop: the master tells all others');
  }

  /** @throws OLD_APP_UNSUPPORTED */
  replaceServers(): never {
    throw unsupported('app.replaceServers', 'the master tells all servers who is there');
  }

  /** @internal pinus' container of decorated classes */
  useContainer(container: { get(made: unknown): object }): void {
    this.#container = container;
  }

  /** Is accepted: the master of pomelo-ts runs no code of the app. */
  registerAdmin(): void {
    this.#warnOnce('app.registerAdmin has no effect: admin modules of an app are no part of pomelo-ts');
  }

  configureLogger(logger: Anything): void {
    const file = `${this.getBase()}/config/log4js.json`;
    if (typeof logger?.configure === 'function')
      logger.configure(file, { serverId: this.serverId, base: this.getBase() });
  }

  transaction(name: string, conditions: Anything, handlers: Anything, retry?: number): void {
    void transaction(this.core.logger, name, conditions, handlers, retry);
  }

  /** Says that the app is set up; `callback` is called when the server has started. */
  start(callback?: (error?: unknown) => unknown): void {
    if (callback) this.#onStarted.push(callback);
    this.#begin();
  }

  /** As {@link start}; resolves when the server has started. */
  astart(): Promise<void> {
    return new Promise((resolve) => this.start(() => resolve()));
  }

  async aconfigure(...args: Anything[]): Promise<this> {
    return this.configure(...args);
  }

  /** Stops this server as an operator would. */
  stop(_force?: boolean): void {
    if (this.core.settings.mode === 'process') process.kill(process.pid, 'SIGTERM');
    else
      throw unsupported('app.stop in single mode', 'all servers share the process; end it by pomelo-ts stop');
  }

  beforeStopHook(fn: (app: this, shutDown: () => void, cancelTimer: () => void) => unknown): void {
    const hooks = oldHooks('app.js', { beforeShutdown: fn }, this, (run) => this.inside(run));
    this.core.lifecycle(hooks, 'beforeStopHook');
  }

  addCrons(crons: readonly OldCron[]): void {
    for (const cron of crons) this.#crons.add(cron);
    this.event.emit(events.ADD_CRONS, crons);
  }

  removeCrons(crons: readonly Pick<OldCron, 'id'>[]): void {
    for (const { id } of crons) this.#crons.remove(id);
    this.event.emit(events.REMOVE_CRONS, crons);
  }

  /** Calls any method of a remote on one server. */
  rpcInvoke(serverId: string, msg: Anything, callback?: unknown): Promise<unknown> {
    const { serverType = this.servers.byId(serverId)?.serverType, service, method, args = [] } = msg;
    const called: Promise<unknown> = (this.rpc as Anything)[String(serverType)][service][method].to(serverId)(
      ...args,
    );
    return tell(called, callback);
  }

  /** @internal an instance of a decorated class */
  instanceOf(decorated: new (app: unknown) => object): object {
    return this.#container?.get(decorated) ?? new decorated(this);
  }

  /** @internal folders of plugins with files of a kind */
  foldersOf(kind: ServiceKind): readonly string[] {
    return this.#folders[kind];
  }

  /** @internal the server has started */
  tellStarted(): void {
    for (const callback of this.#onStarted.splice(0)) callback();
    this.event.emit(events.START_SERVER, this.serverId);
  }

  /** @internal all servers have started */
  async tellAllStarted(): Promise<void> {
    await this.#components.allStarted();
    this.event.emit(events.START_ALL);
  }

  /** @internal runs code of the app as its own */
  inside<T>(fn: () => T): T {
    return this.core.settings.mode === 'single' ? runSettingUp(this.#at, fn) : fn();
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.core.logger.warn(text);
  }
}
