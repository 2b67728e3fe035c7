import { type Clock, PomeloError } from '@pomelo-ts/common';
import type { HubMessage, ServerMessage } from '../link/messages.js';

interface Waiting {
  readonly command: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** What the master asks one server over its link, until it is answered. */
export class Asking {
  readonly #serverId: string;
  readonly #send: (message: HubMessage) => void;
  readonly #clock: Clock;
  readonly #waiting = new Map<number, Waiting>();
  #lastNumber = 0;

  constructor(serverId: string, send: (message: HubMessage) => void, clock: Clock) {
    this.#serverId = serverId;
    this.#send = send;
    this.#clock = clock;
  }

  /** Resolves with the server's answer. @throws SERVER_COMMAND_FAILED with its reason, also when none comes in time */
  ask(command: string, args: unknown, timeoutMs: number): Promise<unknown> {
    const n = ++this.#lastNumber;
    return new Promise((resolve, reject) => {
      const fail = (reason: string): void => reject(this.#failed(command, reason));
      const cancel = this.#clock.after(timeoutMs, () => {
        this.#waiting.delete(n);
        fail(`it did not answer within ${timeoutMs} ms`);
      });
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          cancel();
          how(value);
        };
      this.#waiting.set(n, { command, resolve: settle(resolve), reject: settle(reject) });
      this.#send({ t: 'command', n, command, args });
    });
  }

  answered({ n, result, error }: Extract<ServerMessage, { t: 'answer' }>): void {
    const waiting = this.#waiting.get(n);
    this.#waiting.delete(n);
    if (!waiting) return;
    if (error) waiting.reject(this.#failed(waiting.command, error.message, error.code));
    else waiting.resolve(result);
  }

  /** The link is gone, and with it all answers. */
  lost(reason: string): void {
    for (const { command, reject } of this.#waiting.values()) reject(this.#failed(command, reason));
    this.#waiting.clear();
  }

  #failed(command: string, reason: string, code?: string): PomeloError {
    const cause = code === undefined ? {} : { cause: { code } };
    return new PomeloError('SERVER_COMMAND_FAILED', { serverId: this.#serverId, command, reason }, cause);
  }
}
