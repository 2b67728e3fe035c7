import type { Measures } from '@pomelo-ts/common';
import type { ServerMessage } from '../link/messages.js';
import { MeasureFeed } from '../measures/feed.js';
import type { OwnStatsAndReach } from '../registry/reach.js';
import { StatsMeter } from './own-stats.js';

/** The numbers that a server tells its master with each heartbeat. */
export class OwnNumbers {
  readonly #meter = new StatsMeter();
  #own: () => OwnStatsAndReach = () => ({});
  #measures: Measures | undefined;
  /** What the present link has been told of the measures. */
  #feed: MeasureFeed | undefined;

  setStats(fn: () => OwnStatsAndReach): void {
    this.#own = fn;
  }

  tellMeasures(measures: Measures): void {
    this.#measures = measures;
    this.tellAnew();
  }

  /** There is another link, which knows nothing of the measures yet. */
  tellAnew(): void {
    this.#feed = this.#measures && new MeasureFeed(this.#measures);
  }

  /** What to tell now; what it says of the measures counts as told. */
  next(): Extract<ServerMessage, { t: 'stats' }> {
    const measures = this.#feed?.delta();
    return { t: 'stats', stats: this.#meter.measure(this.#own()), ...(measures && { measures }) };
  }
}
