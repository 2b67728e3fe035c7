import type { Clock } from '@pomelo-ts/common';
import type { Uid } from '../session-names.js';
import { AwaitedItems, type Waiting } from './awaited-items.js';
import {
  type ClaimResult,
  type ItemKind,
  itemKind,
  type PlaceSum,
  PlaceTally,
  type TellMessage,
  type ToldItem,
} from './places.js';

/** Items of one message, at most. */
const longestMessage = 1000;
/**
 * Items that may wait for a home, beside those that it is told all at once; beyond, it is told all anew, which is shorter. So it is when
 * more than one message waits for a home that could not be told: what nobody waits for is not sent again and again.
 */
const mostWaiting = 10_000;
/** Until a home that could not be told is told again, in ms. */
const againMs = 250;

/** Settings of a {@link HomeLine}. */
export interface LineOptions {
  readonly bootId: string;
  readonly clock: Clock;
  /** Sends a message to the home. */
  send(message: TellMessage): Promise<readonly ClaimResult[] | 'unknown'>;
  /** All that this frontend holds of the uids of that home. */
  all(): Iterable<ToldItem>;
}

const ignore = (): void => {};

/**
 * What one frontend has to tell one home. One message is under way at a time, so that the home hears all in order; what comes
 * meanwhile goes with the next.
 */
export class HomeLine {
  /** What the home knows once it has heard all. */
  readonly tally = new PlaceTally();
  readonly #options: LineOptions;
  readonly #awaited: AwaitedItems;
  #waiting: Waiting[] = [];
  #reset = false;
  /** Whether all is to be told anew, as soon as the home is reached. */
  #owesAll = false;
  /** How many may wait until this has nothing more to tell. */
  #mostWaiting = mostWaiting;
  #busy = false;
  #ended = false;
  #cancel: () => void = ignore;

  constructor(options: LineOptions) {
    this.#options = options;
    this.#awaited = new AwaitedItems(options.clock);
  }

  /** Whether the home has heard all. */
  get isIdle(): boolean {
    return !this.#busy && !this.#hasMore;
  }

  /** Tells of a session; resolves when the home has heard it, or could not be reached in time: then it is told later. */
  tell(uid: Uid, sessionId: string, boundAt: number, kind: Exclude<ItemKind, 2>): Promise<void> {
    if (kind === itemKind.put) this.tally.add(uid, sessionId);
    else this.tally.take(uid, sessionId);
    return new Promise((resolve) => this.#add([uid, sessionId, boundAt, kind], () => resolve()));
  }

  /** Tells of many sessions that the home becomes the home of; they do not count among those that may wait. */
  tellMany(items: readonly ToldItem[]): void {
    this.#mostWaiting += items.length;
    for (const item of items) {
      this.tally.add(item[0], item[1]);
      this.#waiting.push({ item, settle: ignore });
    }
    this.#begin();
  }

  /** Asks for the uid; rejects when the home cannot be asked, or does not answer in time. */
  claim(uid: Uid, sessionId: string): Promise<ClaimResult> {
    return new Promise((resolve, reject) => {
      this.#add([uid, sessionId, 0, itemKind.claim], (result) => {
        if (result instanceof Error) reject(result);
        else resolve(result);
      });
    });
  }

  /** Tells all anew: the home has forgotten, or never heard. */
  reset(): void {
    this.tally.clear();
    const kept: Waiting[] = [];
    for (const waiting of this.#waiting)
      if (isClaim(waiting)) kept.push(waiting);
      else this.#awaited.settle(waiting, 0);
    this.#waiting = [];
    this.#reset = true;
    this.#owesAll = false;
    for (const item of this.#options.all()) {
      this.tally.add(item[0], item[1]);
      this.#waiting.push({ item, settle: ignore });
    }
    for (const one of kept) this.#waiting.push(one);
    this.#mostWaiting = this.#waiting.length + mostWaiting;
    this.#begin();
  }

  /** There is nothing more to tell this home. */
  end(): void {
    this.#ended = true;
    this.#cancel();
    this.#awaited.end();
    this.#waiting = [];
  }

  get sum(): PlaceSum {
    return { count: this.tally.count, mark: this.tally.mark };
  }

  #add(item: ToldItem, settle: Waiting['settle']): void {
    if (this.#ended) {
      settle('elsewhere');
      return;
    }
    const waiting = { item, settle };
    this.#waiting.push(waiting);
    this.#awaited.add(waiting);
    if (this.#waiting.length > this.#mostWaiting) this.reset();
    else this.#begin();
  }

  get #hasMore(): boolean {
    return this.#waiting.length > 0 || this.#reset || this.#owesAll;
  }

  #begin(): void {
    if (this.#busy || this.#ended) return;
    this.#busy = true;
    // What else this tick brings goes with it.
    queueMicrotask(() => void this.#send());
  }

  async #send(): Promise<void> {
    // Who has asked for a uid and waits no more has bound it without this home.
    const batch = this.#waiting
      .splice(0, longestMessage)
      .filter((waiting) => !isClaim(waiting) || this.#awaited.has(waiting));
    const reset = this.#reset;
    this.#reset = false;
    try {
      const { bootId, send } = this.#options;
      const results = await send({ bootId, reset, items: batch.map(({ item }) => item) });
      if (results === 'unknown') throw new Error('it does not know this server yet');
      this.#heard(batch, results);
    } catch (error) {
      this.#failed(batch, reset, error instanceof Error ? error : new Error(String(error)));
    }
  }

  #heard(batch: readonly Waiting[], results: readonly ClaimResult[]): void {
    let at = 0;
    for (const waiting of batch)
      this.#awaited.settle(waiting, isClaim(waiting) ? (results[at++] ?? 'elsewhere') : 0);
    this.#busy = false;
    if (this.#ended) return;
    if (this.#owesAll) this.reset();
    else if (this.#waiting.length > 0) this.#begin();
    else this.#mostWaiting = mostWaiting;
  }

  /** Nobody waits for a home that cannot be reached, for this message or a later one; all but claims is told once it can. */
  #failed(batch: readonly Waiting[], reset: boolean, error: Error): void {
    if (this.#ended) return;
    this.#awaited.settleAll(error);
    this.#waiting = [...batch, ...this.#waiting].filter((waiting) => !isClaim(waiting));
    this.#reset ||= reset;
    if (this.#waiting.length > longestMessage) this.#giveUpWaiting();
    this.#cancel = this.#options.clock.after(againMs, () => {
      this.#busy = false;
      if (this.#hasMore) this.#begin();
    });
  }

  #giveUpWaiting(): void {
    this.#waiting = [];
    this.#mostWaiting = mostWaiting;
    this.#reset = false;
    this.#owesAll = true;
  }
}

function isClaim({ item }: Waiting): boolean {
  return item[3] === itemKind.claim;
}
