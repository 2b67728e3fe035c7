import { type Clock, type ErrorData, isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Course, PlannedStep, Step } from './course.js';
import { type KeptOperation, lastStates, type OperationRow, rowOfOperation } from './kept-operation.js';
import type { Progress } from './progress.js';

/** Longest answer that is kept, as JSON, in characters. */
const longestResult = 64 * 1024;
/** Most who watch one operation. */
const mostWatchers = 100;
/** Most of one who asks: nobody takes the room of all others. */
const mostOfOne = 30;

/** What a {@link LongOperation} works with. */
export interface LongOperationParts {
  /** Writes it down for the next master. */
  keep(operation: KeptOperation): Promise<void>;
  readonly clock: Clock;
  /** Time of day in ms. */
  wallTime(): number;
}

/** How long a pause lasts when nobody says so, and at most, in ms. */
export const usualPauseMs = 3_600_000;
export const longestPauseMs = 24 * usualPauseMs;

type Watcher = (event: Progress) => void;

/** An operation that takes long: it can be watched, paused and ended, and the next master goes on with it. */
export class LongOperation implements Course {
  readonly #parts: LongOperationParts;
  readonly #watchers = new Map<Watcher, string | undefined>();
  readonly #stop = new AbortController();
  #kept: KeptOperation;
  #wake: () => void = () => {};
  #abandoned = false;

  constructor(kept: KeptOperation, parts: LongOperationParts) {
    this.#kept = kept;
    this.#parts = parts;
  }

  get kept(): KeptOperation {
    return this.#kept;
  }

  get row(): OperationRow {
    return rowOfOperation(this.#kept);
  }

  get id(): number {
    return this.#kept.id;
  }

  get isOver(): boolean {
    return lastStates.has(this.#kept.state);
  }

  /** Aborted once it is to end, so that it need not wait for its turn. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get left(): readonly Step[] {
    return this.#kept.steps.filter(({ state }) => state === 'left' || state === 'begun');
  }

  /** Writes down what it is now. */
  keep(): Promise<void> {
    return this.#abandoned ? Promise.resolve() : this.#parts.keep(this.#kept);
  }

  /** It is carried out from now on. */
  async run(): Promise<void> {
    if (this.#kept.wish !== 'pause') await this.#change({ state: 'running' });
  }

  async plan(steps: readonly PlannedStep[]): Promise<void> {
    if (this.#kept.steps.length > 0) return;
    await this.#change({ steps: steps.map((step) => ({ ...step, state: 'left' })) });
  }

  async mayGoOn(): Promise<void> {
    while (this.#kept.wish === 'pause' && !this.#abandoned) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (this.#kept.state !== 'paused') await this.#change({ state: 'paused' });
      if (this.#kept.wish !== 'pause') break;
      const cancel = this.#parts.clock.after(this.#pauseLeftMs, () => void this.end(false));
      await woken;
      cancel();
    }
    this.requireWanted();
    if (this.#kept.state !== 'running') await this.#change({ state: 'running' });
  }

  requireWanted(): void {
    if (this.#abandoned) throw new PomeloError('NOT_LEADING', { leader: 'the next one' });
    if (this.#kept.wish === 'end') throw this.#endedError();
  }

  async begin(names: readonly string[]): Promise<void> {
    await this.#mark(names, { state: 'begun' });
  }

  async done(names: readonly string[], came?: string): Promise<void> {
    await this.#mark(names, { state: 'done', ...(came !== undefined && { came }) });
  }

  async tookBack(names: readonly string[]): Promise<void> {
    await this.#mark(names, { state: 'taken back' });
  }

  /**
   * Has it pause before its next step. It keeps what it works on, which others may wait for, so unless it is resumed before, it ends
   * when `forMs` are over. Said again, that time begins anew. @throws OPERATION_OVER
   */
  async pause(forMs: number): Promise<void> {
    this.#requireLive();
    if (this.#kept.wish === 'end') return;
    const pausedUntil = new Date(this.#parts.wallTime() + forMs).toISOString();
    await this.#change({ wish: 'pause', pausedUntil });
    this.#wake();
  }

  /** Ends a pause, or the wish for one. @throws OPERATION_OVER */
  async resume(): Promise<void> {
    this.#requireLive();
    if (this.#kept.wish !== 'pause') return;
    this.#forgetWish();
    this.#wake();
    await this.#tell();
  }

  /** Has it end before its next step. @throws OPERATION_OVER; OPERATION_KEEPS where nothing can be taken back */
  async end(takeBack: boolean): Promise<void> {
    this.#requireLive();
    const { verb, canTakeBack } = this.#kept;
    if (takeBack && !canTakeBack) throw new PomeloError('OPERATION_KEEPS', { verb });
    const changed = this.#change({ wish: 'end', ...(takeBack && { takeBack: true }) });
    this.#wake();
    this.#stop.abort(this.#endedError());
    await changed;
  }

  /** It is over here and now, whatever step it is in. */
  async cutOff(): Promise<void> {
    await this.fail(this.#endedError());
  }

  /** It is over, with its answer. */
  async succeed(result: unknown): Promise<void> {
    const kept = JSON.stringify(result)?.length <= longestResult ? { result } : {};
    await this.#finish({ state: 'done', ...kept });
  }

  /** It is over, before all was done. */
  async fail(error: unknown): Promise<void> {
    const data: ErrorData = { code: isPomeloError(error) ? error.code : 'UNKNOWN', message: reasonOf(error) };
    const state = isPomeloError(error, 'OPERATION_ENDED') ? 'ended' : 'failed';
    await this.#finish({ state, error: data });
  }

  /** Another master has it from now on, or will: nothing more is written down here. */
  abandon(): void {
    this.#abandoned = true;
    this.#wake();
  }

  /** Hands on a step of its work. */
  readonly progress = (event: Progress): void => {
    for (const watcher of this.#watchers.keys()) watcher(event);
  };

  /** Tells `watcher` of its state now and of all that follows, until it is over or `gone`. */
  async watch(watcher: Watcher, gone: AbortSignal, who?: string): Promise<OperationRow> {
    if (this.#watchers.size >= mostWatchers) throw new PomeloError('VIEWS_FULL', { most: mostWatchers });
    const own = [...this.#watchers.values()].filter((other) => who !== undefined && other === who).length;
    if (own >= mostOfOne) throw new PomeloError('VIEWS_FULL', { most: mostOfOne });
    watcher({ kind: 'operation', operation: this.row });
    if (this.isOver || gone.aborted) return this.row;
    return new Promise((resolve) => {
      const leave = () => {
        this.#watchers.delete(watch);
        gone.removeEventListener('abort', leave);
        resolve(this.row);
      };
      const watch: Watcher = (event) => {
        watcher(event);
        if (event.kind === 'operation' && this.isOver) leave();
      };
      this.#watchers.set(watch, who);
      gone.addEventListener('abort', leave);
    });
  }

  /** What is left of its pause, by the time of day, as a former master may have begun that. */
  get #pauseLeftMs(): number {
    const until = Date.parse(this.#kept.pausedUntil ?? '');
    const left = until - this.#parts.wallTime();
    return Number.isNaN(left) ? usualPauseMs : Math.max(0, Math.min(left, longestPauseMs));
  }

  #forgetWish(): void {
    const { wish: _, pausedUntil: __, ...rest } = this.#kept;
    this.#kept = rest;
  }

  #requireLive(): void {
    const { id, state } = this.#kept;
    if (this.isOver) throw new PomeloError('OPERATION_OVER', { id, state });
  }

  async #mark(names: readonly string[], how: Pick<Step, 'state' | 'came'>): Promise<void> {
    if (names.length === 0) return;
    const steps = this.#kept.steps.map((step) => (names.includes(step.name) ? { ...step, ...how } : step));
    await this.#change({ steps });
  }

  async #finish(how: Pick<KeptOperation, 'state' | 'result' | 'error'>): Promise<void> {
    if (this.isOver || this.#abandoned) return;
    this.#forgetWish();
    await this.#change({ ...how, endedAt: new Date(this.#parts.wallTime()).toISOString() });
  }

  async #change(how: Partial<KeptOperation>): Promise<void> {
    if (this.isOver || this.#abandoned) return;
    this.#kept = { ...this.#kept, ...how };
    await this.#tell();
  }

  async #tell(): Promise<void> {
    this.progress({ kind: 'operation', operation: this.row });
    await this.keep();
  }

  #endedError(): PomeloError {
    const { done, underWay, left } = this.row;
    const named = (names: readonly string[]) => names.join(', ') || 'nothing';
    const facts = { id: this.id, done: named(done), left: named([...underWay, ...left]) };
    return new PomeloError('OPERATION_ENDED', facts);
  }
}
