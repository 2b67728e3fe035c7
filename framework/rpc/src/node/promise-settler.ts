import type { CallSettler } from './pending-table.js';

/** Settles a promise with the answer of an ordinary call. */
export class PromiseSettler implements CallSettler {
  readonly method: string;
  readonly timeoutMs: number;
  readonly settleValue: (value: unknown) => void;
  readonly settleError: (error: Error) => void;

  constructor(
    method: string,
    timeoutMs: number,
    resolve: (value: unknown) => void,
    reject: (error: Error) => void,
  ) {
    this.method = method;
    this.timeoutMs = timeoutMs;
    this.settleValue = resolve;
    this.settleError = reject;
  }

  /** An ordinary call gets no raw answer; a peer that sends one breaks the protocol. */
  settleRaw(): void {
    this.settleError(new Error(`${this.method} got a raw answer`));
  }
}
