import { Client } from './client.js';
import { type ClientOptions, settle } from './options.js';
import { openNodeSocket } from './socket/node-socket.js';

export * from './exports.js';

/**
 * Connects to a pomelo-ts or pomelo server, by way of a gate when one is named, and resolves when the handshake is done.
 *
 * @example
 * const client = await connect({ gate: { host: '127.0.0.1', port: 3014, uid: 'ann' } });
 * @throws ClientError `CONNECT_FAILED`, `HANDSHAKE_REFUSED`, `GATE_REFUSED`, `PROTOCOL`, `TIMEOUT` (of the gate's answer)
 */
export function connect(options: ClientOptions): Promise<Client> {
  return new Client(settle(options, openNodeSocket)).open();
}
