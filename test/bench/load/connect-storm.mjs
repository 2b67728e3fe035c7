import { setTimeout as sleep } from 'node:timers/promises';
import { residentKb } from '../lib/proc-stat.mjs';
import { openClients } from './clients.mjs';
import { measured } from './measured.mjs';

/**
 * @typedef {object} ConnectStormJob
 * @property {number} port
 * @property {number[]} pids processes whose CPU counts
 * @property {number} holder pid of the process that holds the connections
 * @property {number} connections
 * @property {number} atOnce handshakes at a time
 * @property {number} settleMs wait before each reading of the memory
 */

/**
 * Opens connections with a full handshake each, leaves them idle, and reads what they cost.
 *
 * @param {ConnectStormJob} job
 */
export async function connectStorm(job) {
  const latencies = new Float64Array(job.connections);
  await sleep(job.settleMs);
  const before = residentKb(job.holder);
  /** @type {Awaited<ReturnType<typeof openClients>> | undefined} */
  let clients;
  try {
    const result = await measured(job.pids, latencies, async () => {
      clients = await openClients(job.port, job.connections, job.atOnce, (index, ms) => {
        latencies[index] = ms;
      });
      return job.connections;
    });
    let dropped = 0;
    for (const connection of clients?.connections ?? []) connection.onClosed = () => dropped++;
    await sleep(job.settleMs);
    const after = residentKb(job.holder);
    if (dropped > 0) throw new Error(`${dropped} idle connections were dropped`);
    return { ...result, kbEach: (after - before) / job.connections };
  } finally {
    clients?.close();
  }
}
