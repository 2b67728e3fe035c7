import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, Script } from 'node:vm';
import { WebSocket } from 'ws';

const require = createRequire(import.meta.url);

/** A client that somebody else wrote, behind promises. */
export interface StockClient {
  /** Connects and shakes hands. */
  init(host: string, port: number): Promise<void>;
  request(route: string, body: object): Promise<unknown>;
  notify(route: string, body: object): void;
  on(route: string, listener: (body: unknown) => void): void;
  disconnect(): void;
}

/** `pomelo` of pomelo-jsclient-websocket. */
interface BrowserPomelo extends EventEmitter {
  init(params: object, done: () => void): void;
  request(route: string, body: object, done: (answer: unknown) => void): void;
  notify(route: string, body: object): void;
  disconnect(): void;
}

/**
 * pomelo-jsclient-websocket 0.1.1 as a page loads it: its script, after those of pomelo-protocol and pomelo-protobuf, in a
 * world that has of a browser what they need. Each call makes a world of its own, since the client is a singleton in its page.
 */
export function stockBrowserClient(): StockClient {
  const stored = new Map<string, string>();
  const page: Record<string, unknown> = {
    EventEmitter,
    WebSocket,
    Uint8Array,
    ArrayBuffer,
    setTimeout,
    clearTimeout,
    console: { log: () => {}, error: () => {} },
    localStorage: {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
    },
  };
  page['window'] = page;
  createContext(page);
  page['Protocol'] = load(page, 'pomelo-protocol/lib/protocol.js');
  const protobuf = load(page, 'pomelo-protobuf/lib/client/protobuf.js') as { decode: unknown };
  // What this client calls is in pomelo-protobuf's file for Node alone, not in that for browsers.
  page['protobuf'] = Object.assign(protobuf, { decodeStr: protobuf.decode });
  const pomelo = load(page, 'pomelo-jsclient-websocket/lib/pomelo-client.js') as BrowserPomelo;
  return {
    init: (host, port) =>
      new Promise((resolve, reject) => {
        pomelo.once('io-error', reject);
        pomelo.once('error', reject);
        pomelo.init({ host, port, log: true }, resolve);
      }),
    request: (route, body) => new Promise((resolve) => pomelo.request(route, body, resolve)),
    notify: (route, body) => pomelo.notify(route, body),
    on: (route, listener) => void pomelo.on(route, listener),
    disconnect: () => pomelo.disconnect(),
  };
}

/** Runs a file in the page as bundlers do, in a function with a `module` of its own; gives what it exports. */
function load(page: object, file: string): unknown {
  const filename = require.resolve(file);
  const source = `(function (module) {${readFileSync(filename, 'utf8')}\n})`;
  const run = new Script(source, { filename }).runInContext(page) as (module: { exports: unknown }) => void;
  const module = { exports: {} };
  run.call(page, module);
  return module.exports;
}

/** An instance of pomelo-nodejsclient-websocket. */
interface NodePomelo extends EventEmitter {
  init(params: object, done: (error: unknown) => void): void;
  request(route: string, body: object, done: (error: unknown, answer: unknown) => void): void;
  notify(route: string, body: object): void;
  disconnect(): void;
}

/** pomelo-nodejsclient-websocket 0.0.2, with the ws 0.8 that it brings. */
export function stockNodeClient(): StockClient {
  const Pomelo = require('pomelo-nodejsclient-websocket') as new (options: object) => NodePomelo;
  const silent = { debug() {}, info() {}, warn() {}, error() {}, trace() {} };
  const pomelo = new Pomelo({ logger: silent });
  return {
    init: (host, port) =>
      new Promise((resolve, reject) => {
        pomelo.once('io-error', reject);
        pomelo.once('error', reject);
        pomelo.init({ host, port }, () => resolve());
      }),
    request: (route, body) =>
      new Promise((resolve, reject) => {
        pomelo.request(route, body, (error, answer) => (error ? reject(error) : resolve(answer)));
      }),
    notify: (route, body) => pomelo.notify(route, body),
    on: (route, listener) => void pomelo.on(route, listener),
    disconnect: () => pomelo.disconnect(),
  };
}
