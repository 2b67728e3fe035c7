import type { CallSettler } from './pending-table.js';

/** Settles a promise with the answer of an ordinary call. */
export class PromiseSettler implements CallSettler {
  readonly method: string;
  readonly settleValue: (value: unknown) => void;
  readonly settleError: (error: Error) => void;

  constructor(method: string, resolve: (value: unknown) => void, reject: (error: Error) => void) {
    this.method = method;
    this.settleValue = resolve;
    this.settleError = reject;
  }

  /** An ordinary call gets no raw answer; a peer that sends one breaks the protocol. */
  settleRaw(): void {
    this.settleError(new Error(`${this.method} got a raw answer`));
  }
}
