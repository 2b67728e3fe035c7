import { Client } from './client.js';
import type { AnyContract, ClientContract, GameClient } from './contract.js';
import { type ClientOptions, settle } from './options.js';
import { openBrowserSocket } from './socket/browser-socket.js';

export * from './exports.js';

/** As in index.ts, over the browser's WebSocket. Bundlers come here by the `browser` condition of package.json. */
export function connect<C extends ClientContract = AnyContract>(
  options: ClientOptions,
): Promise<GameClient<C>> {
  return new Client(settle(options, openBrowserSocket)).open() as Promise<GameClient<C>>;
}
