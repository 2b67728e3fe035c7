/** What the connections from one address have in common. */
export class Origin {
  readonly key: string;
  /** Connections that hold on to it. */
  uses = 0;
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

  /** One more connection from `address`; it ends with {@link leave}. */
  enter(address: string): Origin {
    const key = address.includes(':') ? network(address) : address;
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

/** The first four of the eight groups of an IPv6 address. */
function network(address: string): string {
  const [before = '', after] = address.split('::');
  const groups = before === '' ? [] : before.split(':');
  if (after !== undefined) {
    const rest = after === '' ? 0 : after.split(':').length;
    while (groups.length + rest < 8 && groups.length < 4) groups.push('0');
    if (groups.length < 4) groups.push(...after.split(':'));
  }
  return groups.slice(0, 4).join(':');
}
