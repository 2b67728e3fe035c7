import { largestPackageBody } from '@pomelo-ts/protocol';
import { type ClientClock, systemClock } from './clock.js';
import type { OpenSocket } from './socket/open-socket.js';
import { WireCache, type WireStorage } from './wire-cache.js';

/** Where a server listens: a whole URL, or host and port. */
export interface ServerAddress {
  /** For example `wss://play.example.com/ws`. */
  url?: string;
  /** A name or an address, of IPv6 with or without brackets. */
  host?: string;
  port?: number;
  /** `wss://` instead of `ws://` for host and port. */
  secure?: boolean;
}

/** A gate that tells which connector to use. It is asked again for every reconnection. */
export interface GateOptions extends ServerAddress {
  /** Sent as `{uid}` unless there is a `body`. */
  uid?: string | number;
  body?: unknown;
  /** Default `gate.gateHandler.queryEntry`. Its answer is `{code: 200, host, port}`, or `{code: 200, url}`. */
  route?: string;
}

/**
 * How a client comes back after its connection was lost. The wait before an attempt is any time from 0 to a ceiling that
 * doubles with each ("full jitter"), so that the players of a connector that died do not all come back at once. With the
 * defaults the ceilings are 0.5, 1, 2, 4 and 8 s and then 15 s: half of that, 45 s, is what ten attempts wait on average.
 *
 * Requests that waited fail with `DISCONNECTED` and are never sent again: only the game knows whether that does harm. The
 * server sees a new session, so enter again on `open`; see `Client.onState`.
 *
 * @example
 * const client = await connect({ url, reconnect: { minMs: 200, attempts: 20 } });
 * client.onState(({ state }) => { if (state === 'open') void enterAgain(client); });
 */
export interface ReconnectOptions {
  /** Ceiling of the first wait in ms; it doubles with every attempt. Default 500. */
  minMs?: number;
  /** Ceiling of every wait in ms. Default 15000. */
  maxMs?: number;
  /**
   * Attempts after one loss before the client is `closed` with the error of the last. Default 10. A refusal with code 501
   * (this client is too old) ends them at once.
   */
  attempts?: number;
  /**
   * Whether to come back after a kick. Default false: who was kicked for a second login would kick the other one in turn.
   * A kick with the reason `shutdown`, of a server that stops, is followed by a reconnection in any case.
   */
  afterKick?: boolean;
}

/**
 * What `connect` needs: the server (`url`, or `host` and `port`) or a `gate`, and never both; all else has a default.
 * Times are in ms, sizes in bytes. Options that name no server, or two, make `connect` throw a `TypeError`.
 *
 * @example
 * await connect({ url: 'wss://play.example.com' });
 * await connect({ gate: { host: 'play.example.com', port: 3014, uid: 'ann' }, reconnect: {} });
 */
export interface ClientOptions extends ServerAddress {
  /** Ask this gate for the address instead of naming it. */
  gate?: GateOptions;
  /** Longest wait for an answer in ms, then `TIMEOUT`; a request may have its own. Default 10000. */
  requestTimeoutMs?: number;
  /** For opening the socket and the handshake together, in ms, then `CONNECT_FAILED`. Default 10000, as the server's. */
  connectTimeoutMs?: number;
  /** Default false: a lost connection closes the client. The server sees a new session after each reconnection. */
  reconnect?: false | ReconnectOptions;
  /** Sent in the handshake for the server's own check. */
  user?: unknown;
  /** Sent in the handshake. Default `js-websocket`, as stock servers may check for it. */
  clientType?: string;
  /** Sent in the handshake. Default `0.0.1`. */
  clientVersion?: string;
  /** Requests that may wait for answers at once; one more fails with `TOO_MANY_PENDING`. Default 1024. */
  maxPending?: number;
  /** Largest package that is accepted in bytes, without its head. Default 16777215: its length has three bytes. */
  maxPackageBytes?: number;
  /** Keeps dictionary and protos from one page load to the next, for example `localStorage`. Without it they are kept in memory. */
  protoCache?: WireStorage;
  /** Time and timers, for tests. Default those of the system. */
  clock?: ClientClock;
  /** A number from 0 up to 1, for the waits before reconnecting. */
  random?: () => number;
  /** Carries frames in place of a WebSocket, in a mini game of a platform with sockets of its own, say. */
  openSocket?: OpenSocket;
}

/** Options with every default in its place. */
export interface ClientSettings {
  readonly url: string | undefined;
  readonly gate: (GateOptions & { readonly url: string; readonly route: string }) | undefined;
  readonly requestTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly reconnect: Required<ReconnectOptions> | undefined;
  readonly user: unknown;
  readonly clientType: string;
  readonly clientVersion: string;
  readonly maxPending: number;
  readonly maxPackageBytes: number;
  readonly wireCache: WireCache;
  readonly clock: ClientClock;
  readonly random: () => number;
  readonly openSocket: OpenSocket;
}

/** @throws TypeError when the options name no server, or both a server and a gate */
export function settle(options: ClientOptions, openSocket: OpenSocket): ClientSettings {
  const { gate, reconnect } = options;
  const url = urlOf(options);
  if (gate !== undefined && url !== undefined)
    throw new TypeError('name either a gate or a server, not both');
  const gateUrl = gate && urlOf(gate);
  if (url === undefined && gateUrl === undefined) {
    throw new TypeError('name the server: {url}, {host, port} or {gate: {host, port}}');
  }
  return {
    url,
    gate:
      gate && gateUrl
        ? { ...gate, url: gateUrl, route: gate.route ?? 'gate.gateHandler.queryEntry' }
        : undefined,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    reconnect: reconnect
      ? { minMs: 500, maxMs: 15_000, attempts: 10, afterKick: false, ...reconnect }
      : undefined,
    user: options.user,
    clientType: options.clientType ?? 'js-websocket',
    clientVersion: options.clientVersion ?? '0.0.1',
    maxPending: options.maxPending ?? 1024,
    maxPackageBytes: options.maxPackageBytes ?? largestPackageBody,
    wireCache: new WireCache(options.protoCache),
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
    openSocket: options.openSocket ?? openSocket,
  };
}

/** Undefined when neither a URL nor a host is named. */
export function urlOf(address: ServerAddress): string | undefined {
  if (address.url) return address.url;
  if (!address.host) return undefined;
  const bare = address.host.replace(/^\[(.*)\]$/, '$1');
  const host = bare.includes(':') ? `[${bare}]` : bare;
  return `${address.secure ? 'wss' : 'ws'}://${host}${address.port === undefined ? '' : `:${address.port}`}`;
}
