import type { Clock } from '@pomelo-ts/common';
import { codeClassOf } from '@pomelo-ts/common/internal';
import type { CallTimes } from '../measures.js';
import type { CallSettler } from './pending-table.js';

/** Settles a promise with the answer of an ordinary call, and notes how long that took. */
export class PromiseSettler implements CallSettler {
  readonly method: string;
  readonly timeoutMs: number;
  readonly #clock: Clock;
  readonly #times: CallTimes;
  readonly #since: number;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: Error) => void;

  constructor(
    method: string,
    timeoutMs: number,
    { clock, times }: { readonly clock: Clock; readonly times: CallTimes },
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
  ) {
    this.method = method;
    this.timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#times = times;
    this.#since = clock.now();
    this.#resolve = resolve;
    this.#reject = reject;
  }

  settleValue(value: unknown, at: number): void {
    this.#times.ok.observe((at - this.#since) / 1000);
    this.#resolve(value);
  }

  settleError(error: Error): void {
    this.#times[codeClassOf(error)].observe((this.#clock.now() - this.#since) / 1000);
    this.#reject(error);
  }

  /** An ordinary call gets no raw answer; a peer that sends one breaks the protocol. */
  settleRaw(): void {
    this.settleError(new Error(`${this.method} got a raw answer`));
  }
}
