import type { CallRates } from './call-past.js';
import type { SeenServer } from './seen-server.js';

/** How much figures have grown, by column; one that is not known has not grown. */
export type Growth = Readonly<Record<string, number>>;

/**
 * How much a server has grown over a window: what it has now beside what it had when that began, and of rates the last 10 seconds beside
 * the whole.
 */
export function growthOfServer({ reading, before, rates, latest }: SeenServer): Growth {
  if (!reading || !before || !rates || !latest) return {};
  return {
    connections: reading.connections - before.connections,
    cpu: latest.cpu - rates.cpu,
    memory: reading.memoryBytes - before.memoryBytes,
    loop: (reading.loop ?? 0) - (before.loop ?? 0),
    requests: latest.requests - rates.requests,
    errors: latest.errors - rates.errors,
    p99: (latest.p99 ?? 0) - (rates.p99 ?? 0),
  };
}

/** How much faster or slower a route or method is in the last 10 seconds than over the whole window. */
export function growthOfCalls(rates: CallRates, latest: CallRates | undefined): Growth {
  if (!latest) return {};
  return {
    requests: latest.requests - rates.requests,
    errors: latest.errors - rates.errors,
    p50: (latest.p50 ?? 0) - (rates.p50 ?? 0),
    p99: (latest.p99 ?? 0) - (rates.p99 ?? 0),
    mean: (latest.mean ?? 0) - (rates.mean ?? 0),
  };
}
