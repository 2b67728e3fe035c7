import type { Summary } from '@pomelo-ts/views';
import { countOf, quantileOf } from './histogram.js';
import { failedAt, pushedAt, risingSlots } from './reading.js';
import type { Happened } from './server-past.js';

/** What the whole cluster did between two looks. */
export type Figures = Pick<Summary, 'online' | 'requests' | 'errors' | 'p99' | 'pushes'>;

/** Adds up what frontends did; requests to backends are among those of the frontends they came by. */
export function figuresOf(online: number, frontends: readonly Happened[]): Figures {
  const all = new Float64Array(risingSlots);
  let requests = 0;
  let pushes = 0;
  for (const { rising, seconds } of frontends) {
    for (let slot = 0; slot < all.length; slot++) all[slot]! += rising[slot]!;
    requests += countOf(rising) / seconds;
    pushes += rising[pushedAt]! / seconds;
  }
  const count = countOf(all);
  const errors = count > 0 ? all[failedAt]! / count : 0;
  return { online, requests, errors, p99: quantileOf(all, 0.99), pushes };
}
