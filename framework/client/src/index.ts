import { Client } from './client.js';
import type { AnyContract, ClientContract, GameClient } from './contract.js';
import { type ClientOptions, settle } from './options.js';
import { openNodeSocket } from './socket/node-socket.js';

export * from './exports.js';

/**
 * Connects to a pomelo-ts or pomelo server, by way of a gate when one is named, and resolves when the handshake is done.
 *
 * @example
 * const client = await connect({ gate: { host: '127.0.0.1', port: 3014, uid: 'ann' } });
 * const typed = await connect<GameContract>({ url: 'wss://play.example.com' }); // checks routes, bodies, answers, pushes
 * @throws ClientError `CONNECT_FAILED`, `HANDSHAKE_REFUSED`, `GATE_REFUSED`, `PROTOCOL`, `TIMEOUT` (of the gate's answer)
 */
export function connect<C extends ClientContract = AnyContract>(
  options: ClientOptions,
): Promise<GameClient<C>> {
  return new Client(settle(options, openNodeSocket)).open() as Promise<GameClient<C>>;
}
