import type { Clock } from '@pomelo-ts/common';

/** How soon the other servers are asked again for a route that nobody has told, in ms. */
const askAgainMs = 5000;

/** The routes that there are, of this server and as the other servers tell theirs: what clients invent is not among them. */
export class DeclaredRoutes {
  readonly #isOwn: (route: string) => boolean;
  readonly #ask: () => Promise<readonly string[]>;
  readonly #learned: () => void;
  readonly #clock: Clock;
  /** A server that does not answer must not undo what it has told before. */
  readonly #others = new Set<string>();
  #askedAt = Number.NEGATIVE_INFINITY;

  /**
   * @param options.ask asks the other servers for their routes
   * @param options.learned is called when they have told routes that were not known
   */
  constructor(options: {
    isOwn(route: string): boolean;
    ask(): Promise<readonly string[]>;
    learned(): void;
    clock: Clock;
  }) {
    this.#isOwn = options.isOwn;
    this.#ask = options.ask;
    this.#learned = options.learned;
    this.#clock = options.clock;
  }

  /** Whether any handler answers the route. One that a reload has just added is known a little later. */
  has(route: string): boolean {
    if (this.#others.has(route) || this.#isOwn(route)) return true;
    if (this.#clock.now() - this.#askedAt >= askAgainMs) void this.refresh();
    return false;
  }

  /** Asks the other servers. */
  async refresh(): Promise<void> {
    this.#askedAt = this.#clock.now();
    const before = this.#others.size;
    for (const route of await this.#ask()) this.#others.add(route);
    if (this.#others.size > before) this.#learned();
  }
}
