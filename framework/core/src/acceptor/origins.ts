import { networkOf } from '@pomelo-ts/common/internal';

/** What the connections from one address have in common. */
export class Origin {
  readonly key: string;
  /** Connections that hold on to it. */
  uses = 0;
  /** Clients from it. */
  clients = 0;
  /** Requests of clients that have gone, and that servers still work on. */
  gone = 0;

  constructor(key: string) {
    this.key = key;
  }
}

/** The addresses that clients come from now. Of an IPv6 address the first half counts: who has one has all with it. */
export class Origins {
  readonly #byKey = new Map<string, Origin>();

  get size(): number {
    return this.#byKey.size;
  }

  /** What connections from `address` have in common; undefined while there is none. */
  find(address: string): Origin | undefined {
    return this.#byKey.get(networkOf(address));
  }

  all(): Iterable<Origin> {
    return this.#byKey.values();
  }

  /** One more connection from `address`; it ends with {@link leave}. */
  enter(address: string): Origin {
    const key = networkOf(address);
    let origin = this.#byKey.get(key);
    if (!origin) {
      origin = new Origin(key);
      this.#byKey.set(key, origin);
    }
    origin.uses++;
    return origin;
  }

  leave(origin: Origin): void {
    if (--origin.uses === 0) this.#byKey.delete(origin.key);
  }
}
