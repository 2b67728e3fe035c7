/** What waits for the answer to one call. Exactly one of its methods is called, once. */
export interface CallSettler {
  /** What was called, for messages. */
  readonly method: string;
  /** How long it may wait, in ms, for messages. */
  readonly timeoutMs: number;
  /** The answer of an ordinary call, already decoded, and when it came. */
  settleValue(value: unknown, at: number): void;
  /** The answer of a raw call: `bytes[start..end)`, valid during the call only, and when it came. */
  settleRaw(bytes: Buffer, start: number, end: number, at: number): void;
  settleError(error: Error): void;
  /** Whether nobody wants the answer any more; see {@link PendingTable.setAside}. @default never */
  isAbandoned?(): boolean;
}

/** Most calls that can wait for one peer: the slot has 16 bits of a call id. */
export const maxPendingLimit = 0xffff;

/**
 * The calls that wait for one peer, in a dense table. A call id is 16 bits of slot and 16 bits of the slot's generation,
 * which are soon used up where one slot is used again and again. So the slot of a call that was given up without an answer
 * is *owed* one: it is used again only when that has come, or when there is no other slot left, the oldest first.
 */
export class PendingTable {
  readonly #settlers: (CallSettler | undefined)[] = [];
  readonly #deadlines: number[] = [];
  readonly #generations: number[] = [];
  readonly #free: number[] = [];
  readonly #owed = new Set<number>();
  /** Slots of calls that are {@link aside}. */
  readonly #aside = new Set<number>();
  /** How many calls wait. */
  size = 0;
  /** Whether there may be calls to {@link setAside}. */
  someAbandoned = false;

  /** Calls that nobody wants the answer of, and whose answers have not come: they take no place of another's. */
  get aside(): number {
    return this.#aside.size;
  }

  /** Adds a call that must settle by `deadline` (ms of the node's clock); gives its call id. */
  add(settler: CallSettler, deadline: number): number {
    const slot = this.#free.pop() ?? this.#anotherSlot();
    this.#settlers[slot] = settler;
    this.#deadlines[slot] = deadline;
    this.size++;
    return ((this.#generations[slot]! << 16) | slot) >>> 0;
  }

  /** Takes the call with this id out; undefined when it does not wait any more. */
  take(callId: number): CallSettler | undefined {
    const slot = callId & 0xffff;
    const settler = this.#settlers[slot];
    const generation = callId >>> 16;
    if (settler === undefined) {
      // The answer that was owed: no other can come for this id.
      if (this.#generations[slot] === next(generation) && this.#owed.delete(slot)) this.#free.push(slot);
      return undefined;
    }
    if (this.#generations[slot] !== generation) return undefined;
    this.#release(slot);
    this.#free.push(slot);
    return settler;
  }

  /** Takes out every call whose deadline has passed. */
  takeExpired(now: number): CallSettler[] {
    const expired: CallSettler[] = [];
    if (this.size + this.aside === 0) return expired;
    for (let slot = 0; slot < this.#settlers.length; slot++) {
      const settler = this.#settlers[slot];
      if (settler === undefined || this.#deadlines[slot]! > now) continue;
      this.#release(slot);
      this.#owed.add(slot);
      expired.push(settler);
    }
    return expired;
  }

  /** Takes out every call: no answer to any call so far can come any more. */
  takeAll(): CallSettler[] {
    const all = this.takeExpired(Number.POSITIVE_INFINITY);
    for (const slot of this.#owed) this.#free.push(slot);
    this.#owed.clear();
    return all;
  }

  /**
   * Has calls that were abandoned give their places back, up to `limit` calls that are aside at once: the peer still works
   * on them. They settle as others do.
   */
  setAside(limit: number): void {
    if (this.aside >= limit) return;
    this.someAbandoned = false;
    for (let slot = 0; slot < this.#settlers.length; slot++) {
      if (!this.#settlers[slot]?.isAbandoned?.() || this.#aside.has(slot)) continue;
      if (this.aside >= limit) {
        this.someAbandoned = true;
        return;
      }
      this.#aside.add(slot);
      this.size--;
    }
  }

  #anotherSlot(): number {
    const slot = this.#settlers.length;
    if (slot <= maxPendingLimit) {
      this.#generations.push(0);
      this.#settlers.push(undefined);
      return slot;
    }
    const [oldest] = this.#owed;
    this.#owed.delete(oldest!);
    return oldest!;
  }

  #release(slot: number): void {
    this.#settlers[slot] = undefined;
    this.#generations[slot] = next(this.#generations[slot]!);
    if (this.#aside.size === 0 || !this.#aside.delete(slot)) this.size--;
  }
}

function next(generation: number): number {
  return (generation + 1) & 0xffff;
}
