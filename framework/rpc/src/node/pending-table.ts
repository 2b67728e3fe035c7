/** What waits for the answer to one call. Exactly one of its methods is called, once. */
export interface CallSettler {
  /** What was called, for messages. */
  readonly method: string;
  /** How long it may wait, in ms, for messages. */
  readonly timeoutMs: number;
  /** The answer of an ordinary call, already decoded. */
  settleValue(value: unknown): void;
  /** The answer of a raw call: `bytes[start..end)`, valid during the call only. */
  settleRaw(bytes: Buffer, start: number, end: number): void;
  settleError(error: Error): void;
}

/** Most calls that can wait for one peer: the slot has 16 bits of a call id. */
export const maxPendingLimit = 0xffff;

/**
 * The calls that wait for one peer, in a dense table. A call id is 16 bits of slot and 16 bits of the slot's generation,
 * so that a late answer never settles the next call in the same slot.
 */
export class PendingTable {
  readonly #settlers: (CallSettler | undefined)[] = [];
  readonly #deadlines: number[] = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];
  /** How many calls wait. */
  size = 0;

  /** Adds a call that must settle by `deadline` (ms of the node's clock); gives its call id. */
  add(settler: CallSettler, deadline: number): number {
    let slot = this.#free.pop();
    if (slot === undefined) {
      slot = this.#settlers.length;
      this.#generations.push(0);
    }
    this.#settlers[slot] = settler;
    this.#deadlines[slot] = deadline;
    this.size++;
    return ((this.#generations[slot]! << 16) | slot) >>> 0;
  }

  /** Takes the call with this id out; undefined when it does not wait any more. */
  take(callId: number): CallSettler | undefined {
    const slot = callId & 0xffff;
    const settler = this.#settlers[slot];
    if (settler === undefined || this.#generations[slot] !== callId >>> 16) return undefined;
    this.#release(slot);
    return settler;
  }

  /** Takes out every call whose deadline has passed. */
  takeExpired(now: number): CallSettler[] {
    const expired: CallSettler[] = [];
    if (this.size === 0) return expired;
    for (let slot = 0; slot < this.#settlers.length; slot++) {
      const settler = this.#settlers[slot];
      if (settler === undefined || this.#deadlines[slot]! > now) continue;
      this.#release(slot);
      expired.push(settler);
    }
    return expired;
  }

  /** Takes out every call. */
  takeAll(): CallSettler[] {
    return this.takeExpired(Number.POSITIVE_INFINITY);
  }

  #release(slot: number): void {
    this.#settlers[slot] = undefined;
    this.#generations[slot] = (this.#generations[slot]! + 1) & 0xffff;
    this.#free.push(slot);
    this.size--;
  }
}
