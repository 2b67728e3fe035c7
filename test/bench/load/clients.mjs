import { Connection } from './connection.mjs';
import { requestFrame, requestIds } from './frames.mjs';

/**
 * Opens connections, at most `atOnce` handshakes at a time, and keeps their heartbeats going.
 *
 * @param {number} port
 * @param {number} count
 * @param {number} atOnce
 * @param {(index: number, ms: number) => void} [onOpen]
 */
export async function openClients(port, count, atOnce = 20, onOpen = () => {}) {
  /** @type {Connection[]} */
  const connections = [];
  const timer = setInterval(() => {
    const now = performance.now();
    for (const connection of connections) connection?.beat(now);
  }, 1000);
  const close = () => {
    clearInterval(timer);
    for (const connection of connections) connection?.close();
  };
  let started = 0;
  let opened = 0;
  const lane = async () => {
    while (started < count) {
      const index = started++;
      const begin = performance.now();
      connections[index] = await Connection.open(port);
      onOpen(opened++, performance.now() - begin);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, count) }, lane));
  } catch (error) {
    close();
    throw error;
  }
  return { connections, close };
}

/**
 * Sends one request and waits for its answer; for the steps before a measurement.
 *
 * @param {Connection} connection
 * @param {string} route
 * @param {unknown} body
 * @returns {Promise<string>} the body of the answer
 */
export function ask(connection, route, body) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer from ${route} within 10 s`)), 10_000);
    const { bytes } = requestFrame(route, JSON.stringify(body));
    connection.onClosed = reject;
    connection.onResponse = (id, data, start, end) => {
      if (id !== requestIds.first) return;
      clearTimeout(timer);
      const text = data.toString('utf8', start, end);
      if (/"code":(?!200\b)/.test(text)) reject(new Error(`${route} was answered with ${text}`));
      else resolve(text);
    };
    connection.write(bytes);
  });
}
