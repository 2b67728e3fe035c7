import { cpuMicros } from '../lib/proc-stat.mjs';

/**
 * @typedef {object} LoadResult
 * @property {number} units requests, deliveries, calls or connections done
 * @property {number} cpuUs CPU microseconds of all counted processes per unit
 * @property {number} perSecond units per second
 * @property {number} p50 milliseconds
 * @property {number} p99 milliseconds
 * @property {number} clientCores share of one core that this process used itself
 */

/**
 * Runs the work and divides the CPU that the processes used meanwhile by the units done.
 *
 * @param {number[]} pids
 * @param {Float64Array} latencies milliseconds; the first entries, one a unit, are filled by the work
 * @param {() => Promise<number>} work returns the number of units done
 * @returns {Promise<LoadResult>}
 */
export async function measured(pids, latencies, work) {
  const total = () => pids.reduce((sum, pid) => sum + cpuMicros(pid), 0);
  const cpuBefore = total();
  const ownBefore = process.cpuUsage();
  const begin = performance.now();
  const units = await work();
  const seconds = (performance.now() - begin) / 1000;
  const own = process.cpuUsage(ownBefore);
  const cpu = total() - cpuBefore;
  const sorted = latencies.subarray(0, Math.min(units, latencies.length)).sort();
  const at = (/** @type {number} */ share) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  return {
    units,
    cpuUs: cpu / units,
    perSecond: units / seconds,
    p50: at(0.5) ?? Number.NaN,
    p99: at(0.99) ?? Number.NaN,
    clientCores: (own.user + own.system) / 1e6 / seconds,
  };
}
