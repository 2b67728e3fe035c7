import { openClients } from './clients.mjs';
import { measured } from './measured.mjs';
import { requestLanes, sendOn } from './request-lanes.mjs';

/**
 * @typedef {object} OpenLoopJob
 * @property {number} port
 * @property {number[]} pids processes whose CPU counts
 * @property {string} route
 * @property {number} clients
 * @property {number} perSecond
 * @property {number} warmupMs
 * @property {number} runMs
 */

/** Requests of one client that may be unanswered; more wait in line and their latency grows. */
const depth = 64;

/**
 * Sends at a fixed rate whatever the answers do. A latency counts from the moment a request was meant to be sent, so
 * a stall is seen by all requests that it delays.
 *
 * @param {OpenLoopJob} job
 */
export async function openLoop(job) {
  const { route } = job;
  const body = JSON.stringify({ d: 'x'.repeat(32) });
  const gap = 1000 / job.perSecond;
  const latencies = new Float64Array(Math.ceil(Math.max(job.runMs, job.warmupMs) / gap));
  const { connections, close } = await openClients(job.port, job.clients);
  let done = 0;
  let total = 0;
  let finish = () => {};
  /** @type {(error: Error) => void} */
  let fail = () => {};
  /** @type {import('./request-lanes.mjs').Lane[][]} */
  const free = connections.map(() => []);

  const lanes = requestLanes(connections, {
    depth,
    route,
    body,
    answer: body,
    onError: (error) => fail(error),
    onAnswer: (lane) => {
      latencies[done++] = performance.now() - lane.begin;
      free[lane.owner]?.push(lane);
      if (done === total) finish();
    },
  });
  for (const lane of lanes) free[lane.owner]?.push(lane);

  /** @param {number} ms @returns {Promise<number>} */
  const drive = (ms) =>
    new Promise((resolve, reject) => {
      const begin = performance.now();
      total = Math.floor(ms / gap);
      done = 0;
      let sent = 0;
      const guard = setTimeout(() => fail(new Error(`${total - done} answers never came`)), ms + 35_000);
      let failed = false;
      finish = () => {
        clearTimeout(guard);
        resolve(done);
      };
      fail = (error) => {
        failed = true;
        clearTimeout(guard);
        reject(error);
      };
      // Timers are too coarse for half a millisecond: this process spends one core on looking at the clock.
      const tick = () => {
        const now = performance.now();
        while (sent < total && begin + sent * gap <= now) {
          const lane = free[sent % connections.length]?.pop();
          if (!lane) break;
          sendOn(lane, depth, begin + sent * gap);
          sent++;
        }
        if (sent < total && !failed) setImmediate(tick);
      };
      tick();
    });

  try {
    await drive(job.warmupMs);
    return await measured(job.pids, latencies, () => drive(job.runMs));
  } finally {
    close();
  }
}
