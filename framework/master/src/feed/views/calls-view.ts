import { type Row, thresholds } from '@pomelo-ts/views';
import type { CallRates } from '../call-past.js';
import { growthOfCalls } from '../growth.js';

/** The lines of the routes, over a window and over the last 10 seconds. Frontends and backends each measure one by themselves. */
export function routesView(calls: readonly CallRates[], latest: readonly CallRates[]): Row[] {
  const now = new Map(latest.map((call) => [keyOf(call), call]));
  return calls
    .filter(({ side }) => side === 'request')
    .map((call) => ({
      key: keyOf(call),
      trouble: troubleOf(call),
      growth: growthOfCalls(call, now.get(keyOf(call))),
      cells: {
        route: call.name,
        type: call.type,
        ...figuresOf(call),
        busy: call.requests * (call.mean ?? 0),
      },
    }));
}

/** The lines of the calls between servers. */
export function rpcView(calls: readonly CallRates[], latest: readonly CallRates[]): Row[] {
  const now = new Map(latest.map((call) => [keyOf(call), call]));
  return calls
    .filter(({ side }) => side !== 'request')
    .map((call) => ({
      key: keyOf(call),
      trouble: troubleOf(call),
      growth: growthOfCalls(call, now.get(keyOf(call))),
      cells: { method: call.name, type: call.type, side: call.side, ...figuresOf(call) },
    }));
}

const keyOf = ({ side, name, type }: CallRates): string =>
  side === 'request' ? `${name} ${type}` : `${name} ${type} ${side}`;

const figuresOf = ({ requests, errors, p50, p99, mean }: CallRates) => ({ requests, errors, p50, p99, mean });

/** Slow and failing ones come first: as much as their threshold is passed. */
function troubleOf({ requests, errors, p99 }: CallRates): number {
  const failing = requests >= thresholds.errorRequests && errors >= thresholds.errorShare ? 100 * errors : 0;
  const slow = (p99 ?? 0) >= thresholds.latencySeconds ? 10 * (p99 ?? 0) : 0;
  return failing + slow;
}
