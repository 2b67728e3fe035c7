import type { Duplex } from 'node:stream';
import { type Clock, newBootId, PomeloError, systemClock } from '@pomelo-ts/common';
import { LinkChannel } from './link/channel.js';
import { greet } from './link/handshake.js';
import type { OperatorAnswer } from './link/messages.js';

/** Settings of {@link connectOperator}. */
export interface OperatorOptions {
  /** Opens a connection to the master, by a key of operators; see `dialSecure`. */
  dial(): Promise<Duplex>;
  readonly clock?: Clock;
}

interface Waiting {
  readonly command: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
  onProgress(event: unknown): void;
}

/** An operator's connection to the master. Made by {@link connectOperator}. */
export class OperatorClient {
  readonly #channel: LinkChannel;
  readonly #waiting = new Map<number, Waiting>();
  #lastNumber = 0;

  /** @internal use {@link connectOperator} */
  constructor(channel: LinkChannel) {
    this.#channel = channel;
    channel.onMessage = (message) => this.#receive(message as typeof message & OperatorAnswer);
    channel.onClosed = (error) => {
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
  }

  /**
   * Has the master carry out `command`.
   *
   * @throws COMMAND_FAILED with the master's reason, its code in `cause`; LINK_LOST when it goes away before it answers.
   */
  request(
    command: string,
    args: Readonly<Record<string, unknown>> = {},
    onProgress: (event: unknown) => void = () => {},
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#channel.closed) {
        reject(this.#channel.lost('it was closed'));
        return;
      }
      const n = ++this.#lastNumber;
      this.#waiting.set(n, { command, resolve, reject, onProgress });
      this.#channel.send({ t: 'request', n, command, args });
    });
  }

  close(): void {
    this.#channel.close();
  }

  #receive(message: OperatorAnswer): void {
    const waiting = this.#waiting.get(message.n);
    if (!waiting) return;
    if (message.t === 'progress') {
      waiting.onProgress(message.event);
      return;
    }
    this.#waiting.delete(message.n);
    if (message.t === 'reply') waiting.resolve(message.result);
    else {
      const { command } = waiting;
      const { message: reason, code } = message.error;
      waiting.reject(new PomeloError('COMMAND_FAILED', { command, reason }, { cause: { code } }));
    }
  }
}

/** Connects to the master as an operator; dials once. */
export async function connectOperator(options: OperatorOptions): Promise<OperatorClient> {
  const channel = new LinkChannel(await options.dial(), 'the master');
  return new Promise((resolve, reject) => {
    const dialer = { role: 'operator', id: 'operator', bootId: newBootId() } as const;
    greet(channel, dialer, options.clock ?? systemClock, {
      done: () => resolve(new OperatorClient(channel)),
      failed: reject,
    });
  });
}
