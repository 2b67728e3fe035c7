import type { Clock } from '@pomelo-ts/common';
import { encoded } from '../link/channel.js';
import { watchSilence } from '../link/watch-silence.js';
import type { Registry } from '../registry.js';
import { LoadRelay } from './loads.js';
import type { ServerLink } from './server-link.js';

/** What {@link Heartbeats} work with. */
export interface HeartbeatsOptions {
  readonly clock: Clock;
  readonly heartbeatMs: number;
  readonly links: ReadonlyMap<string, ServerLink>;
  readonly registry: Registry;
  /** Tells all servers that are in how many clients each frontend has. */
  tellLoads(loads: Readonly<Record<string, number>>): void;
}

/** All are given the same one. */
const beat = encoded({ t: 'beat' });

/** What a master does with each heartbeat: it gives every link a sign of life, tells loads, and ends links that are silent. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  readonly #loads = new LoadRelay();
  readonly #stops: readonly (() => void)[];

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
    const { clock, heartbeatMs, links } = options;
    this.#stops = [
      clock.every(heartbeatMs, () => this.#beat()),
      watchSilence(clock, heartbeatMs, {
        look: (now) => this.#endSilent(now),
        paused: (now) => {
          for (const { signs } of links.values()) signs.paused(now);
        },
      }),
    ];
  }

  /** The loads that all know. */
  get loads(): Readonly<Record<string, number>> {
    return this.#loads.told;
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  #beat(): void {
    const { links, registry, tellLoads } = this.#options;
    const loads: Record<string, number> = {};
    for (const link of links.values()) {
      link.sendEncoded(beat);
      if (link.stats && registry.get(link.id)?.frontend) loads[link.id] = link.stats.connections;
    }
    const news = this.#loads.news(loads);
    if (news) tellLoads(news);
  }

  #endSilent(now: number): void {
    for (const link of [...this.#options.links.values()]) {
      if (link.mayBeSilent) link.signs.paused(now); // nor does it make its line a bad one
      const verdict = link.signs.verdict(now);
      if (verdict === 'silent') link.close('it was silent');
      else if (verdict === 'late') link.send({ t: 'ping' });
    }
  }
}
