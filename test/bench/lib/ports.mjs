import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Ports that nobody listens on now.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  return Promise.all(
    servers.map(async (server) => {
      await new Promise((resolve) => server.once('listening', resolve));
      const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
      await new Promise((resolve) => server.close(resolve));
      return port;
    }),
  );
}

/** @param {number} port @returns {Promise<boolean>} */
function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (/** @type {boolean} */ value) => {
      socket.destroy();
      resolve(value);
    };
    socket.on('connect', () => answer(true));
    socket.on('error', () => answer(false));
  });
}

/**
 * Waits until every port accepts connections.
 *
 * @param {number[]} ports
 * @param {number} ms
 */
export async function allAccept(ports, ms) {
  const deadline = performance.now() + ms;
  for (const port of ports) {
    while (!(await accepts(port))) {
      if (performance.now() > deadline) throw new Error(`nobody listens on port ${port} after ${ms} ms`);
      await sleep(10);
    }
  }
}
