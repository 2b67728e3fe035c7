import { type Clock, type Counter, type Logger, reasonOf } from '@pomelo-ts/common';
import type { AuditBatch, AuditTail, BatchBounds } from './audit-tail.js';
import type { RecordsReceiver } from './records-receiver.js';

/** How long a receiver may take for one batch, in ms. */
const usualAnswerMs = 10_000;
/** First and longest wait before a batch is sent again, in ms; each is twice as long as the one before. */
const [firstWaitMs, longestWaitMs] = [1000, 60_000];
/** What one batch has at most. */
const bounds: BatchBounds = { records: 200, chars: 128 * 1024 };

/** What a {@link Shipper} works with. */
export interface ShipperParts {
  readonly receiver: RecordsReceiver;
  readonly tail: Pick<AuditTail, 'read'>;
  /** The last record that it has taken. */
  readonly position: number;
  /** Writes down how far it is. */
  keep(position: number): void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly shipped: Counter;
  readonly failures: Counter;
  readonly missed: Counter;
  /** How long it may take for one batch, in ms. @default 10 s */
  readonly answerMs?: number;
}

/**
 * Sends records to one receiver, batch after batch. What waits are the files of the audit log: nothing is kept beside them, so that nothing is lost
 * and nobody who writes into them waits.
 */
export class Shipper {
  readonly #parts: ShipperParts;
  readonly #end = new AbortController();
  #position: number;
  #going: Promise<void> | undefined;
  #woken = false;
  /** Times that it has failed in a row. */
  #failed = 0;
  #cancelWait: (() => void) | undefined;

  constructor(parts: ShipperParts) {
    this.#parts = parts;
    this.#position = parts.position;
  }

  /** The last record that it has taken. */
  get position(): number {
    return this.#position;
  }

  /** There is something to send. Never waits, and never throws. */
  wake(): void {
    this.#woken = true;
    if (this.#going || this.#cancelWait || this.#end.signal.aborted) return;
    this.#going = this.#go().finally(() => {
      this.#going = undefined;
    });
  }

  /** Sends what there is yet, for `lastMs` at most; not where that has failed before. */
  async close(lastMs: number): Promise<void> {
    const { clock } = this.#parts;
    if (this.#going && this.#failed === 0) {
      let cancel = () => {};
      const late = new Promise<void>((resolve) => (cancel = clock.after(lastMs, resolve)));
      await Promise.race([this.#going, late]);
      cancel();
    }
    this.#end.abort();
    this.#cancelWait?.();
    await this.#going;
  }

  async #go(): Promise<void> {
    while (this.#woken && !this.#end.signal.aborted) {
      this.#woken = false;
      try {
        while (await this.#sendNext()) if (this.#end.signal.aborted) return;
      } catch (error) {
        if (this.#end.signal.aborted) return;
        this.#wait(error);
        return;
      }
    }
  }

  /** Whether there may be more. @throws what keeps records from being sent */
  async #sendNext(): Promise<boolean> {
    const { receiver, tail, answerMs = usualAnswerMs, shipped } = this.#parts;
    const batch = await tail.read(this.#position, bounds);
    if (batch.anew) {
      this.#beginAnew();
      return true;
    }
    const last = batch.lines.at(-1);
    if (!last) return false;
    const late = AbortSignal.timeout(answerMs);
    await receiver.send(batch.lines, AbortSignal.any([late, this.#end.signal]));
    shipped.add(batch.lines.length);
    this.#position = last.record.n;
    this.#parts.keep(this.#position);
    this.#tellMissed(batch);
    this.#tellTaken();
    return true;
  }

  #wait(error: unknown): void {
    const { receiver, failures, clock, logger } = this.#parts;
    failures.add();
    if (this.#failed === 0)
      logger.error('Records of the audit log cannot be sent: they wait in its files, and are sent again.', {
        to: receiver.name,
        after: this.#position,
        reason: reasonOf(error),
      });
    const ms = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(this.#failed, 10));
    this.#failed += 1;
    this.#cancelWait = clock.after(ms, () => {
      this.#cancelWait = undefined;
      this.wake();
    });
  }

  #tellTaken(): void {
    const { receiver, logger } = this.#parts;
    if (this.#failed === 0) return;
    logger.info('Records of the audit log are sent again.', { to: receiver.name, tries: this.#failed });
    this.#failed = 0;
  }

  #tellMissed({ missed: count }: AuditBatch): void {
    const { receiver, missed, logger } = this.#parts;
    if (count === 0) return;
    missed.add(count);
    logger.error(
      'Records of the audit log were never sent: they are in no file of .pomelo-ts/audit any more.',
      {
        to: receiver.name,
        records: count,
      },
    );
  }

  #beginAnew(): void {
    const { receiver, keep, logger } = this.#parts;
    logger.warn('The audit log was begun anew: all of it is sent.', { to: receiver.name });
    this.#position = 0;
    keep(0);
  }
}
