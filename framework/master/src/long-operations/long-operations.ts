import type { Principal } from '@pomelo-ts/cluster';
import { type Clock, delay, isPomeloError, type Logger, PomeloError } from '@pomelo-ts/common';
import type { OperationJournal } from './journal.js';
import { type KeptOperation, lastStates, type OperationRow } from './kept-operation.js';
import { LongOperation } from './long-operation.js';

/** What {@link LongOperations} work with. */
export interface LongOperationsParts {
  readonly journal: OperationJournal;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Time of day in ms. */
  wallTime(): number;
}

/** What is begun. */
export interface LongOrder {
  readonly verb: string;
  readonly args: object;
  readonly principal: Principal;
  readonly target: string;
  readonly canTakeBack?: true;
}

/** Most that are over and still told of. */
const mostOver = 30;
/** How often a store that does not answer is asked, and how long after, in ms. */
const mostReads = 10;
const readAgainMs = 500;
/** Most that are not over: each holds what it works on, or waits for it. */
const mostLive = 100;

/** The long operations of a cluster: those of this master, and those that former ones have left. */
export class LongOperations {
  readonly #parts: LongOperationsParts;
  readonly #all = new Map<number, LongOperation>();
  /** Those of former masters that nobody has taken up yet. */
  #left: readonly LongOperation[] = [];
  #lastId = 0;
  #writing: Promise<void> = Promise.resolve();
  /** Whether it was told that they cannot be written down. */
  #toldUnwritten = false;

  constructor(parts: LongOperationsParts) {
    this.#parts = parts;
  }

  /** Reads what former masters have left. A store that does not answer is waited for a while; what cannot be read then is told. */
  async open(): Promise<void> {
    try {
      const left = [...(await this.#read())].sort((a, b) => a.id - b.id);
      for (const kept of left) this.#add(kept);
      this.#left = this.#unfinished;
    } catch (error) {
      this.#parts.logger.error('What former masters were doing is not known.', { error });
    }
  }

  async #read(): Promise<readonly KeptOperation[]> {
    const { journal, clock } = this.#parts;
    for (let tries = 1; ; tries++) {
      try {
        return await journal.read();
      } catch (error) {
        if (tries === mostReads || !isPomeloError(error, 'STORE_UNREACHABLE')) throw error;
        await delay(readAgainMs, clock);
      }
    }
  }

  /** Hands out, once, what former masters have not brought to its end, in order. */
  takeUp(): readonly LongOperation[] {
    const left = this.#left;
    this.#left = [];
    return left.filter(({ isOver }) => !isOver);
  }

  get #unfinished(): readonly LongOperation[] {
    return [...this.#all.values()].filter(({ isOver }) => !isOver);
  }

  /** All, the newest first. */
  get rows(): readonly OperationRow[] {
    return [...this.#all.values()].map(({ row }) => row).reverse();
  }

  /** @throws OPERATION_MISSING */
  get(id: number): LongOperation {
    const found = this.#all.get(id);
    if (!found) throw new PomeloError('OPERATION_MISSING', { id });
    return found;
  }

  /** Writes down what is about to be done, before anything is. */
  async begin(order: LongOrder): Promise<LongOperation> {
    if (this.#unfinished.length >= mostLive)
      throw new PomeloError('MASTER_BUSY', { operation: `${mostLive} long operations` });
    const begunAt = new Date(this.#parts.wallTime()).toISOString();
    const operation = this.#add({ ...order, id: this.#lastId + 1, state: 'waiting', begunAt, steps: [] });
    await operation.keep();
    await this.#forgetOld();
    return operation;
  }

  /** All servers are stopped: none goes on. */
  async endAll(): Promise<void> {
    await Promise.all(this.#unfinished.map((operation) => operation.cutOff()));
  }

  /** Another master has them from now on, or will. */
  abandon(): void {
    for (const operation of this.#all.values()) operation.abandon();
  }

  #add(kept: KeptOperation): LongOperation {
    // It waits for its turn again: whoever has carried it out does so no more.
    const state = lastStates.has(kept.state) || kept.state === 'paused' ? kept.state : 'waiting';
    const keep = (operation: KeptOperation) => this.#write(operation);
    const { clock, wallTime } = this.#parts;
    const operation = new LongOperation({ ...kept, state }, { keep, clock, wallTime });
    this.#all.set(kept.id, operation);
    this.#lastId = Math.max(this.#lastId, kept.id);
    return operation;
  }

  /** One after the other, so that what is written last is what is true. */
  #write(operation: KeptOperation): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeNow(operation));
    return this.#writing;
  }

  /** An operation whose steps cannot be written down goes on all the same: only the next master would not. */
  async #writeNow(operation: KeptOperation): Promise<void> {
    try {
      await this.#parts.journal.write(operation);
      this.#toldUnwritten = false;
    } catch (error) {
      const { id: operationId } = operation;
      if (!this.#toldUnwritten)
        this.#parts.logger.error('How far an operation is could not be written down.', {
          operationId,
          error,
        });
      this.#toldUnwritten = true;
    }
  }

  async #forgetOld(): Promise<void> {
    const over = [...this.#all.values()].filter(({ isOver }) => isOver).map(({ id }) => id);
    for (const id of over.slice(0, Math.max(0, over.length - mostOver))) {
      this.#all.delete(id);
      await this.#parts.journal.remove(id).catch((error: unknown) => {
        this.#parts.logger.warn('An operation of before could not be forgotten.', { operationId: id, error });
      });
    }
  }
}
