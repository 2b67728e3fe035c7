import { connect, type Socket } from 'node:net';
import { hostPort } from '@pomelo-ts/common/internal';

/** Where to dial. */
export interface DialOptions {
  readonly host: string;
  readonly port: number;
  /** How long to wait for an answer. @default 2000 */
  readonly timeoutMs?: number;
}

/** Opens a TCP connection without Nagle's delay. */
export function dialTcp(options: DialOptions): Promise<Socket> {
  const { host, port, timeoutMs = 2000 } = options;
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    socket.setTimeout(timeoutMs, () => {
      const error = new Error(`no answer from ${hostPort(host, port)} within ${timeoutMs} ms`);
      socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    });
    socket.on('error', reject); // kept: an error before anybody else listens must not end this process
    socket.once('connect', () => {
      socket.setTimeout(0);
      resolve(socket);
    });
  });
}
