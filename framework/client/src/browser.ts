import { Client } from './client.js';
import { type ClientOptions, settle } from './options.js';
import { openBrowserSocket } from './socket/browser-socket.js';

export * from './exports.js';

/** As in index.ts, over the browser's WebSocket. Bundlers come here by the `browser` condition of package.json. */
export function connect(options: ClientOptions): Promise<Client> {
  return new Client(settle(options, openBrowserSocket)).open();
}
