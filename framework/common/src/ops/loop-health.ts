import type { RuntimeMeasures } from '../measures/runtime-measures.js';
import type { HealthFinding } from './health.js';

/** Delays of the event loop, the 99th percentile, from which it is told to be slow and to be stuck, in seconds. */
const slow = 0.1;
const stuck = 0.5;

/** How late the event loop comes to what is due. */
export function loopHealth({ loopDelay, loopUtilization }: RuntimeMeasures): HealthFinding {
  const [p99, longest] = [loopDelay['99'].value, loopDelay['100'].value];
  const details = { p99Seconds: p99, longestSeconds: longest, utilization: loopUtilization.value };
  if (p99 < slow) return { status: 'UP', details };
  return {
    status: p99 < stuck ? 'DEGRADED' : 'DOWN',
    cause: `the event loop is ${Math.round(p99 * 1000)} ms late (99th percentile)`,
    cure: 'find what works so long without a pause with a CPU profile, or spread the load over more servers',
    details,
  };
}
