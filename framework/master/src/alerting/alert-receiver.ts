import { type Clock, type Counter, type Logger, reasonOf } from '@pomelo-ts/common';
import { inOneLine } from '../hosts/said.js';
import { type AlertRequest, refusalIn } from './alert-shapes.js';

/** How long a receiver may take for one message, in ms. */
const answerMs = 5000;
/** Waits before a message is sent again, in ms; after the last one it is given up. */
const againMs = [1000, 5000, 15_000, 60_000, 120_000, 300_000] as const;
/** Most messages that wait; the oldest gives way. */
const mostWaiting = 50;
/** Most of an answer that is read, in characters. */
const mostAnswer = 500;

/** What an {@link AlertReceiver} works with. */
export interface AlertReceiverParts {
  /** Host of the address, for the log: the rest of it is a secret. */
  readonly name: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sent: Counter;
  readonly unsent: Counter;
}

/** Where alerts are sent: one message after the other, each until it is taken or given up. */
export class AlertReceiver {
  readonly #parts: AlertReceiverParts;
  readonly #waiting: AlertRequest[] = [];
  #tries = 0;
  #busy = false;
  #cancel: () => void = () => {};
  #closed = false;

  constructor(parts: AlertReceiverParts) {
    this.#parts = parts;
  }

  send(request: AlertRequest): void {
    if (this.#closed) return;
    if (this.#waiting.length >= mostWaiting) this.#giveUp('too many messages wait');
    this.#waiting.push(request);
    if (!this.#busy) void this.#go();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #go(): Promise<void> {
    const [request] = this.#waiting;
    if (!request || this.#closed) {
      this.#busy = false;
      return;
    }
    this.#busy = true;
    const problem = await problemOf(request);
    if (problem === undefined) {
      this.#parts.sent.add();
      this.#next();
      return;
    }
    const wait = againMs[this.#tries];
    this.#tries += 1;
    if (wait !== undefined) this.#cancel = this.#parts.clock.after(wait, () => void this.#go());
    else {
      this.#giveUp(problem);
      void this.#go();
    }
  }

  #next(): void {
    this.#waiting.shift();
    this.#tries = 0;
    void this.#go();
  }

  #giveUp(reason: string): void {
    const { logger, name, unsent } = this.#parts;
    this.#waiting.shift();
    this.#tries = 0;
    unsent.add();
    logger.error('An alert could not be sent, and is given up.', { to: name, reason });
  }
}

/** What keeps a message from being taken; undefined when it is. */
async function problemOf({ url, body }: AlertRequest): Promise<string | undefined> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(answerMs),
    });
    const text = (await answer.text()).slice(0, mostAnswer);
    if (!answer.ok) return `${answer.status} ${inOneLine(text)}`;
    const refusal = refusalIn(text);
    return refusal === undefined ? undefined : inOneLine(refusal);
  } catch (error) {
    const { cause } = error as { readonly cause?: unknown };
    return inOneLine(reasonOf(cause ?? error));
  }
}
