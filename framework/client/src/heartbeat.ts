import type { ClientClock } from './clock.js';

const slackMs = 100;

/**
 * The client sets the pace: it answers a server heartbeat after one interval, and the server echoes at once. Whatever the
 * server sends shows that it lives; silence for two intervals means that it is gone.
 */
export class Heartbeat {
  readonly #intervalMs: number;
  readonly #clock: ClientClock;
  readonly #send: () => void;
  readonly #onSilence: (ms: number) => void;
  #stopSend: (() => void) | undefined;
  #stopWatch: (() => void) | undefined;
  #lastSign: number;

  constructor(intervalMs: number, clock: ClientClock, send: () => void, onSilence: (ms: number) => void) {
    this.#intervalMs = intervalMs;
    this.#clock = clock;
    this.#send = send;
    this.#onSilence = onSilence;
    this.#lastSign = clock.now();
    this.#watch(this.#limitMs);
  }

  get #limitMs(): number {
    return this.#intervalMs * 2 + slackMs;
  }

  /** Any package came. */
  sign(): void {
    this.#lastSign = this.#clock.now();
  }

  /** A heartbeat came. */
  beat(): void {
    this.#stopSend ??= this.#clock.after(this.#intervalMs, () => {
      this.#stopSend = undefined;
      this.#send();
    });
  }

  stop(): void {
    this.#stopSend?.();
    this.#stopWatch?.();
  }

  #watch(ms: number): void {
    const due = this.#clock.now() + ms;
    this.#stopWatch = this.#clock.after(ms, () => {
      const now = this.#clock.now();
      const left = this.#lastSign + this.#limitMs - now;
      if (left > 0) this.#watch(left);
      // Called much too late: this side slept (a laptop's lid, a hidden tab), and what the server sent may still be queued.
      else if (now - due > this.#intervalMs) this.#watch(this.#intervalMs);
      else this.#onSilence(now - this.#lastSign);
    });
  }
}
