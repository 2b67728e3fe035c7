import type { MasterLink } from '@pomelo-ts/cluster';
import type { LeaseGrant } from '@pomelo-ts/cluster/internal';
import { type Clock, isPomeloError, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Lease } from '../lease.js';

/** What a {@link HeldLease} works with. */
export interface HeldLeaseOptions {
  readonly ask: MasterLink['ask'];
  readonly clock: Clock;
  readonly logger: Logger;
  /** It is held no more, for whatever reason. */
  onEnd(lease: HeldLease): void;
  /** It was lost: not given back. */
  onLost(): unknown;
}

/** Clocks of two machines do not run at quite the same pace: a hundredth of the time is not relied on. */
const pace = 0.99;
/** Most that one question to the master may take, in ms. */
export const askMs = 3000;
/** Wait before a renewal that failed is tried again, in parts of the lease's time. */
const retries = 20;

/** A lease that this server holds, and extends while it can. */
export class HeldLease implements Lease {
  readonly name: string;
  readonly token: number;
  /** What holders before have written down; see {@link raise}. */
  readonly markBefore: number;
  readonly #options: HeldLeaseOptions;
  readonly #ttlMs: number;
  readonly #abort = new AbortController();
  #heldUntil: number;
  #ended = false;
  #cancelRenewal: () => void = () => {};
  #cancelEnd: () => void = () => {};
  #lastFailure = 'the master did not answer in time';

  /** `askedAt` is when the grant was asked for, on the clock of `options`. */
  constructor(grant: LeaseGrant, askedAt: number, options: HeldLeaseOptions) {
    this.name = grant.name;
    this.token = grant.token;
    this.markBefore = grant.mark;
    this.#ttlMs = grant.ttlMs;
    this.#options = options;
    this.#heldUntil = askedAt + grant.ttlMs * pace;
    this.#watchEnd();
    this.#renewIn(grant.ttlMs / 3);
  }

  get held(): boolean {
    return !this.#ended && this.#options.clock.now() < this.#heldUntil;
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  ensureHeld(): void {
    if (this.held) return;
    this.#lose(this.#lastFailure);
    throw this.#abort.signal.aborted ? this.#abort.signal.reason : this.#lost('it was released');
  }

  /**
   * Writes a number down for the holders to come, who find it as {@link markBefore}; resolves when that is for good. Extends the
   * lease as any renewal does.
   *
   * @throws LEASE_LOST, LEASE_UNAVAILABLE
   */
  async raise(mark: number): Promise<void> {
    this.ensureHeld();
    try {
      await this.#renew(mark);
    } catch (error) {
      this.#noteFailure(error);
      this.ensureHeld();
      throw new PomeloError('LEASE_UNAVAILABLE', { name: this.name, reason: reasonOf(error) });
    }
  }

  async release(): Promise<void> {
    if (this.#ended) return;
    this.#end();
    const { name, token } = this;
    try {
      await this.#options.ask('lease.release', { name, token }, Math.min(askMs, this.#ttlMs));
    } catch (error) {
      this.#options.logger.debug('A lease could not be given back: it runs out by itself.', {
        lease: name,
        error,
      });
    }
  }

  async #renew(mark?: number): Promise<void> {
    const { ask, clock } = this.#options;
    const { name, token } = this;
    const sentAt = clock.now();
    const question = { name, token, ttlMs: this.#ttlMs, ...(mark !== undefined && { mark }) };
    await ask('lease.renew', question, Math.min(askMs, this.#ttlMs / 2));
    if (this.#ended) return;
    this.ensureHeld(); // an answer that comes after the end changes nothing
    this.#heldUntil = Math.max(this.#heldUntil, sentAt + this.#ttlMs * pace);
    this.#watchEnd();
  }

  #renewIn(ms: number): void {
    this.#cancelRenewal();
    this.#cancelRenewal = this.#options.clock.after(ms, () => {
      if (!this.held) return this.#lose(this.#lastFailure);
      this.#renew().then(
        () => this.#ended || this.#renewIn(this.#ttlMs / 3),
        (error: unknown) => {
          this.#noteFailure(error);
          if (!this.#ended) this.#renewIn(this.#ttlMs / retries);
        },
      );
    });
  }

  #noteFailure(error: unknown): void {
    this.#lastFailure = reasonOf(error);
    // Only a master that knows better ends it at once: any other trouble may pass in time.
    if (isPomeloError(error, 'LEASE_LOST')) this.#lose(String(error.facts.reason));
    else if (isPomeloError(error, 'LEASE_TAKEN')) this.#lose(`${error.facts.holder} has got it`);
  }

  #watchEnd(): void {
    this.#cancelEnd();
    const left = this.#heldUntil - this.#options.clock.now();
    this.#cancelEnd = this.#options.clock.after(left, () => this.#lose(this.#lastFailure));
  }

  #lose(reason: string): void {
    if (this.#ended) return;
    this.#end();
    const error = this.#lost(reason);
    this.#options.onLost();
    this.#options.logger.warn(error.message);
    this.#abort.abort(error);
  }

  #end(): void {
    this.#ended = true;
    this.#cancelRenewal();
    this.#cancelEnd();
    this.#options.onEnd(this);
  }

  #lost(reason: string): PomeloError {
    return new PomeloError('LEASE_LOST', { name: this.name, token: this.token, reason });
  }
}
