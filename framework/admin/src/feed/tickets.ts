import { randomBytes } from 'node:crypto';
import type { Clock } from '@pomelo-ts/common';
import type { Visitor } from '@pomelo-ts/master';

/** How long a ticket is good for, in ms, and most that one who asks has at a time. */
const [goodMs, mostOfOne] = [30_000, 20];

interface Given {
  readonly visitor: Visitor;
  readonly until: number;
}

/** Tickets for WebSockets, each good once: a cookie alone would let any page open one. */
export class Tickets {
  readonly #clock: Clock;
  readonly #given = new Map<string, Given>();
  /** Tickets by the name of who has them, the oldest first: nobody takes those of others away. */
  readonly #ofOne = new Map<string, Set<string>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  give(visitor: Visitor): string {
    const ticket = randomBytes(24).toString('base64url');
    const own = this.#ofOne.get(visitor.name) ?? new Set();
    this.#ofOne.set(visitor.name, own.add(ticket));
    this.#given.set(ticket, { visitor, until: this.#clock.now() + goodMs });
    const [oldest] = own;
    if (own.size > mostOfOne) this.#forget(oldest!);
    for (const [other, { until }] of this.#given)
      if (until < this.#clock.now()) this.#forget(other);
      else break;
    return ticket;
  }

  /** Who has been given a ticket, which is worth nothing from now on. */
  take(ticket: string): Visitor | undefined {
    const given = this.#forget(ticket);
    return given && given.until >= this.#clock.now() ? given.visitor : undefined;
  }

  #forget(ticket: string): Given | undefined {
    const given = this.#given.get(ticket);
    if (!given) return undefined;
    this.#given.delete(ticket);
    const { name } = given.visitor;
    const own = this.#ofOne.get(name);
    own?.delete(ticket);
    if (own?.size === 0) this.#ofOne.delete(name);
    return given;
  }
}
