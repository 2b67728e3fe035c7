import type { Summary } from '@pomelo-ts/views';
import { countOf, quantileOf } from './histogram.js';
import { failedAt, risingSlots } from './reading.js';
import type { Happened } from './server-past.js';

/** What the whole cluster did between two looks. */
export type Figures = Pick<Summary, 'online' | 'requests' | 'errors' | 'p99'>;

/** Adds up what frontends did; requests to backends are among those of the frontends they came by. */
export function figuresOf(online: number, frontends: readonly Happened[]): Figures {
  const all = new Float64Array(risingSlots);
  let requests = 0;
  for (const { rising, seconds } of frontends) {
    for (let slot = 0; slot < all.length; slot++) all[slot]! += rising[slot]!;
    requests += countOf(rising) / seconds;
  }
  const count = countOf(all);
  return { online, requests, errors: count > 0 ? all[failedAt]! / count : 0, p99: quantileOf(all, 0.99) };
}
