/** Settings of {@link LifeSigns}. */
export interface LifeSignsOptions {
  /** Each end says something at least that often, in ms. */
  readonly heartbeatMs: number;
  /** Silence after which the other end of a good line is given up, in ms. */
  readonly silentMs: number;
}

/** `late`: ask for a word now. `silent`: give it up. */
export type LifeVerdict = 'fine' | 'late' | 'silent';

/** In heartbeats, the silence after which the other end is late. The sooner it is asked, the sooner what was lost is sent again. */
const lateAfter = 1.2;
/** In heartbeats, what a word may take without making its line a bad one: both ends look only now and then. */
const usual = 1.5;
/** Time in which the memory of a late word halves, in ms. */
const forgetMs = 30_000;
/** Most that the time for silence grows to, in times of what it is on a good line. */
const mostPatience = 4;

/**
 * Judges by what is heard whether the other end of a line lives. On a line that loses packets, words come late: TCP sends what was lost
 * again after a round trip or more, and all that follows waits for it. So a line that was late of late is given
 * as much time more as it was late, twice; a good one is given none.
 */
export class LifeSigns {
  readonly #options: LifeSignsOptions;
  #heardAt: number;
  /** How late the worst word of late was, in ms, and when that was. */
  #worstMs = 0;
  #worstAt = 0;

  constructor(options: LifeSignsOptions, now: number) {
    this.#options = options;
    this.#heardAt = now;
  }

  /** Some bytes have come. */
  heard(now: number): void {
    const lateMs = now - this.#heardAt - usual * this.#options.heartbeatMs;
    this.#heardAt = now;
    if (lateMs <= 0 || lateMs < this.#lateness(now)) return;
    this.#worstMs = lateMs;
    this.#worstAt = now;
  }

  /** This process itself has paused: what came meanwhile is still to be read, and nothing is known of the line. */
  paused(now: number): void {
    this.#heardAt = now;
  }

  verdict(now: number): LifeVerdict {
    const { heartbeatMs, silentMs } = this.#options;
    const silence = now - this.#heardAt;
    if (silence <= lateAfter * heartbeatMs) return 'fine';
    const patience = Math.min(mostPatience * silentMs, silentMs + 2 * this.#lateness(now));
    return silence > patience ? 'silent' : 'late';
  }

  #lateness(now: number): number {
    return this.#worstMs * 2 ** ((this.#worstAt - now) / forgetMs);
  }
}
