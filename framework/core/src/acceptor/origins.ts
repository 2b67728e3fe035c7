import { networkOf } from '@pomelo-ts/common/internal';
import { Origin } from '../client-link.js';

/** The addresses that clients come from now. Of an IPv6 address the first half counts: who has one has all with it. */
export class Origins {
  readonly #byKey = new Map<string, Origin>();
  readonly #left = ({ key }: Origin): void => void this.#byKey.delete(key);

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

  /** One more connection from `address`; it ends with `leave` of what this gives. */
  enter(address: string): Origin {
    const key = networkOf(address);
    let origin = this.#byKey.get(key);
    if (!origin) {
      origin = new Origin(key, address, this.#left);
      this.#byKey.set(key, origin);
    }
    origin.enter();
    return origin;
  }
}
