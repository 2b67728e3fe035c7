/**
 * What old code says nothing about. Only this is open enough for apps whose types were written for other packages: they
 * must compile with one import changed.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type Anything = any;

/** Whose way of writing an app keeps to: callbacks, or promises. */
export type OldStyle = 'pomelo' | 'pinus';

declare global {
  /** The remotes of a pinus app, which it declares file by file; the type of its `app.rpc`. */
  interface UserRpc {}
}

/** The parts of a route, as pinus gives them to filters. */
export interface RouteRecord {
  readonly route: string;
  readonly serverType: string;
  readonly handler: string;
  readonly method: string;
}

/** A filter around handlers, as pinus' classes implement it. */
export interface IHandlerFilter {
  before?(...args: Anything[]): unknown;
  after?(...args: Anything[]): unknown;
}

/** A filter around calls of remotes, as pinus' classes implement it. */
export interface IRpcFilter {
  before?(serverId: string, msg: Anything, options: Anything, next: Anything): unknown;
  after?(serverId: string, msg: Anything, options: Anything, next: Anything): unknown;
}

/** What old code ends a request with: an error or nothing, and the answer. */
export type HandlerCallback = (error?: Error | null, answer?: Anything, options?: Anything) => void;

/** A server as pomelo shows it: the entry of `servers.json` with its id and type. */
export interface ServerInfo {
  readonly id: string;
  readonly serverType: string;
  readonly host: string;
  readonly port?: number;
  readonly clientHost?: string;
  readonly clientPort?: number;
  readonly clientUrl?: string;
  readonly frontend?: boolean;
  readonly [extra: string]: Anything;
}

/** Something that an app adds to its servers, by `app.load`. */
export interface IComponent {
  readonly name?: string;
  beforeStart?(done: () => void): unknown;
  start?(done: () => void): unknown;
  afterStart?(done: () => void): unknown;
  afterStartAll?(): unknown;
  stop?(force: boolean, done: () => void): unknown;
}

/** The hooks of a pinus server type or plugin. */
export interface ILifeCycle {
  beforeStartup?(app: Anything, done: () => void): unknown;
  afterStartup?(app: Anything, done: () => void): unknown;
  beforeShutdown?(app: Anything, shutDown: () => void, cancelTimer: () => void): unknown;
  afterStartAll?(app: Anything): unknown;
}

/** A plugin as pinus has them. */
export interface IPlugin extends ILifeCycle {
  readonly name: string;
  readonly components?: readonly Anything[];
  readonly events?: readonly Anything[];
  /** Folders with handler, remote and cron files, for every server that uses the plugin. */
  readonly handlerPath?: string;
  readonly remoterPath?: string;
  readonly cronPath?: string;
}

/** What a caller can do with the methods of a remote, in pinus' words. */
export type RemoterClass<FirstParam, Remote> = {
  readonly [Name in keyof Remote]: Remote[Name] extends (...args: infer Args) => infer Value
    ? RemoterMethod<FirstParam, Args, Awaited<Value>>
    : never;
};

/** One method of a remote, in pinus' words. */
export interface RemoterMethod<FirstParam, Args extends unknown[], Value> {
  (routeParam: FirstParam | null, ...args: Args): Promise<Value>;
  route(routeParam: FirstParam | null, notify?: boolean): (...args: Args) => Promise<Value>;
  to(serverId: string, notify?: boolean): (...args: Args) => Promise<Value>;
  toServer(serverId: string, ...args: Args): Promise<Value>;
  defaultRoute(...args: Args): Promise<Value>;
  broadcast(...args: Args): Promise<Value[]>;
}
