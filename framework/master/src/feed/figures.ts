import { pastPoints, pastStepSeconds, type Summary } from '@pomelo-ts/views';
import { countOf, quantileOf } from './histogram.js';
import { failedAt, risingSlots } from './reading.js';
import { Series } from './series.js';
import type { Happened } from './server-past.js';

/** What the whole cluster did between two looks. */
export type Figures = Pick<Summary, 'online' | 'requests' | 'errors' | 'p99'>;

/** The figures of the whole cluster over time: each second for 10 minutes, and each 10 seconds for 6 hours, 45 KiB in all. */
export class FigurePast {
  readonly #fine = seriesOf(600);
  readonly #coarse = seriesOf(2160);
  #seconds = 0;

  /** Takes the figures of one more second. */
  add(figures: Figures): void {
    addTo(this.#fine, figures);
    this.#seconds++;
    if (this.#seconds % pastStepSeconds === 0) addTo(this.#coarse, figures);
  }

  /** What the head of a screen shows. */
  get past(): Summary['past'] {
    return {
      online: this.#coarse.online.last(pastPoints),
      requests: this.#coarse.requests.last(pastPoints),
      errors: this.#coarse.errors.last(pastPoints),
      p99: this.#coarse.p99.last(pastPoints),
    };
  }
}

const seriesOf = (most: number) => ({
  online: new Series(most),
  requests: new Series(most),
  errors: new Series(most),
  p99: new Series(most),
});

function addTo(series: ReturnType<typeof seriesOf>, { online, requests, errors, p99 }: Figures): void {
  series.online.add(online);
  series.requests.add(requests);
  series.errors.add(errors);
  series.p99.add(p99);
}

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
