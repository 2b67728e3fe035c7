import { type Clock, delay } from '@pomelo-ts/common';
import { showEnd } from '../supervisor/server-end.js';
import type { ServerRecord } from '../supervisor/server-record.js';

/** How long a life may take to be seen as ended or to come back, and then the last lines of its log to be there, in ms. */
const settleMs = 2000;
const logMs = 1000;
const lookMs = 50;

/** Looks whether a server goes on in the life that it has now. */
export class LifeWatch {
  readonly record: ServerRecord;
  /** When this has begun. */
  readonly since: number;
  readonly #bootId: string | undefined;
  readonly #process: ServerRecord['process'];
  readonly #clock: Clock;

  constructor(record: ServerRecord, clock: Clock) {
    this.record = record;
    this.since = clock.now();
    this.#bootId = record.bootId;
    this.#process = record.process;
    this.#clock = clock;
  }

  get id(): string {
    return this.record.id;
  }

  /** Whether it is the same life, ready, and heard of. */
  get stands(): boolean {
    const { state, lostAt } = this.record;
    return !this.ended && state === 'ready' && lostAt === undefined;
  }

  /** Whether its process has ended, as far as is known. */
  get ended(): boolean {
    const { bootId, process } = this.record;
    return !this.#process || bootId !== this.#bootId || process !== this.#process;
  }

  /** Waits until a life that does not stand is known to have ended or stands again; one that hangs does neither. */
  async settle(): Promise<void> {
    for (let waited = 0; waited < settleMs && !this.ended && !this.stands; waited += lookMs)
      await delay(lookMs, this.#clock);
  }

  /** What a life that does not stand does: `ended with exit code 1: Error: late`, `does not answer`. */
  async tell(): Promise<string> {
    if (!this.ended) {
      const { state, lostAt } = this.record;
      return state === 'ready' || lostAt !== undefined ? 'does not answer' : `is ${state}`;
    }
    const lines = this.#process?.lastLines().catch(() => {}); // its host is away: then the exit alone tells
    await Promise.race([lines, delay(logMs, this.#clock)]);
    const { end } = this.record;
    return `ended with ${end ? showEnd(end) : 'an unknown end'}`;
  }
}
