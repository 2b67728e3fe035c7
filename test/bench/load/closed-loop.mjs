import { openClients } from './clients.mjs';
import { measured } from './measured.mjs';
import { requestLanes, sendOn } from './request-lanes.mjs';

/**
 * @typedef {object} ClosedLoopJob
 * @property {number} port
 * @property {number[]} pids processes whose CPU counts
 * @property {string} route
 * @property {number} clients
 * @property {number} depth requests in flight of each client; divides 128
 * @property {number} warmup requests before the measurement
 * @property {number} requests requests measured
 * @property {number} maxMs no new request is sent after this time
 */

/**
 * Every client keeps `depth` requests in flight: an answer sends the next one.
 *
 * @param {ClosedLoopJob} job
 */
export async function closedLoop(job) {
  const { depth, route } = job;
  const body = JSON.stringify({ d: 'x'.repeat(32) });
  const latencies = new Float64Array(Math.max(job.requests, job.warmup));
  const { connections, close } = await openClients(job.port, job.clients);
  let sent = 0;
  let done = 0;
  let total = 0;
  let deadline = 0;
  let finish = () => {};
  /** @type {(error: Error) => void} */
  let fail = () => {};

  const lanes = requestLanes(connections, {
    depth,
    route,
    body,
    answer: body,
    onError: (error) => fail(error),
    onAnswer: (lane) => {
      const now = performance.now();
      latencies[done++] = now - lane.begin;
      if (sent < total && now < deadline) {
        sent++;
        sendOn(lane, depth, now);
      } else if (done === sent) {
        finish();
      }
    },
  });

  /** @param {number} count @returns {Promise<number>} */
  const drive = (count) =>
    new Promise((resolve, reject) => {
      const begin = performance.now();
      const guard = setTimeout(
        () => reject(new Error(`${sent - done} answers never came`)),
        job.maxMs + 35_000,
      );
      finish = () => {
        clearTimeout(guard);
        resolve(done);
      };
      fail = reject;
      deadline = begin + job.maxMs;
      total = count;
      done = 0;
      sent = Math.min(lanes.length, total);
      for (const lane of lanes.slice(0, sent)) sendOn(lane, depth, performance.now());
    });

  try {
    await drive(job.warmup);
    return await measured(job.pids, latencies, () => drive(job.requests));
  } finally {
    close();
  }
}
