import type { Clock } from '@pomelo-ts/common';
import { LifeSigns } from '@pomelo-ts/common/internal';
import { linkBeats, watchSilence } from './watch-silence.js';

/** What {@link Pulse} calls. */
export interface PulseEvents {
  /** It is time for a sign of life. */
  beat(): void;
  /** The master's are late. */
  late(): void;
  /** They have not come for so long that the master counts as gone. */
  silent(): void;
}

/** Heartbeats of a server's link, both ways. */
export class Pulse {
  readonly #clock: Clock;
  readonly #events: PulseEvents;
  #signs: LifeSigns;
  #stop: () => void = () => {};

  constructor(clock: Clock, events: PulseEvents) {
    this.#clock = clock;
    this.#events = events;
    this.#signs = new LifeSigns({ ...linkBeats, silentMs: linkBeats.deadMs }, clock.now());
  }

  /** Something has come from the master. */
  heard(): void {
    this.#signs.heard(this.#clock.now());
  }

  /** Begins anew, at this pace. */
  beatEvery({ heartbeatMs, deadMs }: { readonly heartbeatMs: number; readonly deadMs: number }): void {
    this.#stop();
    const clock = this.#clock;
    const { beat, late, silent } = this.#events;
    const signs = new LifeSigns({ heartbeatMs, silentMs: deadMs }, clock.now());
    this.#signs = signs;
    const look = (now: number): void => {
      const verdict = signs.verdict(now);
      if (verdict === 'silent') silent();
      else if (verdict === 'late') late();
    };
    const stops = [
      clock.every(heartbeatMs, beat),
      watchSilence(clock, heartbeatMs, { look, paused: (now) => signs.paused(now) }),
    ];
    this.#stop = () => {
      for (const stop of stops) stop();
    };
  }

  stop(): void {
    this.#stop();
  }
}
