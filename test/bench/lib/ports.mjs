import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Below the ports that systems give to outgoing connections, so that none of those takes one in between. */
const range = { first: 20_000, count: 12_000 };

/** @param {number} port @returns {Promise<boolean>} */
function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * Ports that nobody listens on now.
 *
 * @param {number} count
 * @returns {Promise<number[]>}
 */
export async function freePorts(count) {
  /** @type {number[]} */
  const ports = [];
  let port = range.first + Math.floor(Math.random() * (range.count - 2000));
  for (let tries = 0; tries < 2000 && ports.length < count; tries++, port++) {
    if (await isFree(port)) ports.push(port);
  }
  if (ports.length < count) throw new Error(`no ${count} free ports from ${range.first} on`);
  return ports;
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
