/**
 * How long to wait before attempt `attempt` (from 0): anything from nothing to a ceiling that doubles each time. Full
 * jitter: after a connector dies its clients come back spread over the whole span, not in waves.
 */
export function backoffMs(attempt: number, minMs: number, maxMs: number, random: () => number): number {
  return Math.floor(random() * Math.min(maxMs, minMs * 2 ** attempt));
}
