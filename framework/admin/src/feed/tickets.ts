import { randomBytes } from 'node:crypto';
import type { Clock } from '@pomelo-ts/common';
import type { Visitor } from '@pomelo-ts/master';

/** How long a ticket is good for, in ms, and most that are. */
const [goodMs, most] = [30_000, 1000];

/** Tickets for WebSockets, each good once: a cookie alone would let any page open one. */
export class Tickets {
  readonly #clock: Clock;
  readonly #given = new Map<string, { readonly visitor: Visitor; readonly until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  give(visitor: Visitor): string {
    const ticket = randomBytes(24).toString('base64url');
    this.#given.set(ticket, { visitor, until: this.#clock.now() + goodMs });
    for (const [oldest, { until }] of this.#given)
      if (this.#given.size > most || until < this.#clock.now()) this.#given.delete(oldest);
      else break;
    return ticket;
  }

  /** Who has been given a ticket, which is worth nothing from now on. */
  take(ticket: string): Visitor | undefined {
    const given = this.#given.get(ticket);
    this.#given.delete(ticket);
    return given && given.until >= this.#clock.now() ? given.visitor : undefined;
  }
}
