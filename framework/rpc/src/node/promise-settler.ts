import type { Clock } from '@pomelo-ts/common';
import { codeClassOf } from '@pomelo-ts/common/internal';
import type { CallTimes } from '../measures.js';
import type { CallSettler } from './pending-table.js';

/** Where the time of a call is noted. */
export interface CallTiming {
  readonly clock: Clock;
  /** Of its method. */
  readonly times: CallTimes;
  /** Of the type of the server that it goes to; undefined for this very server, and for one that is not known. */
  readonly peerTimes: CallTimes | undefined;
}

/** Settles a promise with the answer of an ordinary call, and notes how long that took. */
export class PromiseSettler implements CallSettler {
  readonly method: string;
  readonly timeoutMs: number;
  readonly #clock: Clock;
  readonly #times: CallTimes;
  readonly #peerTimes: CallTimes | undefined;
  readonly #since: number;
  readonly #resolve: (value: unknown) => void;
  readonly #reject: (error: Error) => void;

  constructor(
    method: string,
    timeoutMs: number,
    { clock, times, peerTimes }: CallTiming,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
  ) {
    this.method = method;
    this.timeoutMs = timeoutMs;
    this.#clock = clock;
    this.#times = times;
    this.#peerTimes = peerTimes;
    this.#since = clock.now();
    this.#resolve = resolve;
    this.#reject = reject;
  }

  settleValue(value: unknown, at: number): void {
    const seconds = (at - this.#since) / 1000;
    this.#times.ok.observe(seconds);
    this.#peerTimes?.ok.observe(seconds);
    this.#resolve(value);
  }

  settleError(error: Error): void {
    const seconds = (this.#clock.now() - this.#since) / 1000;
    const codeClass = codeClassOf(error);
    this.#times[codeClass].observe(seconds);
    this.#peerTimes?.[codeClass].observe(seconds);
    this.#reject(error);
  }

  /** An ordinary call gets no raw answer; a peer that sends one breaks the protocol. */
  settleRaw(): void {
    this.settleError(new Error(`${this.method} got a raw answer`));
  }
}
