import { measured } from './measured.mjs';

/**
 * @typedef {object} CallJob
 * @property {number} port where the other process listens
 * @property {number} depth calls in flight
 * @property {number} warmup calls before the measurement
 * @property {number} calls calls measured
 * @property {number} maxMs no new call is made after this time
 * @property {number[]} pids processes whose CPU counts
 * @property {'always'} [encryption] for a system that can; the others send plain bytes
 */

/**
 * Keeps `depth` calls in flight. The caller is one of the two processes measured, so the loop itself is small.
 *
 * @param {CallJob} job
 * @param {(argument: { uid: string, n: number, s: string }) => Promise<any>} call
 */
export async function callLoop(job, call) {
  const latencies = new Float64Array(Math.max(job.calls, job.warmup));
  const text = 'x'.repeat(32);

  /** @param {number} total */
  const drive = async (total) => {
    const deadline = performance.now() + job.maxMs;
    let started = 0;
    let done = 0;
    const lane = async () => {
      while (started < total) {
        const n = started++;
        const begin = performance.now();
        const answer = await call({ uid: 'player-1', n, s: text });
        const end = performance.now();
        if (answer.n !== n) throw new Error(`call ${n} got another answer: ${JSON.stringify(answer)}`);
        latencies[done++] = end - begin;
        if (end > deadline) return;
      }
    };
    await Promise.all(Array.from({ length: job.depth }, lane));
    return done;
  };

  await drive(job.warmup);
  return measured(job.pids.concat(process.pid), latencies, () => drive(job.calls));
}
