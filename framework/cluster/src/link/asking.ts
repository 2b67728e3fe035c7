import type { Clock, ErrorData } from '@pomelo-ts/common';

/** How {@link Asking} sends and fails. */
export interface AskingOptions {
  send(question: { readonly n: number; readonly command: string; readonly args: unknown }): void;
  /** The error for whoever asked; `data` is what the other end has thrown, when it was that. */
  failed(command: string, reason: string, data?: ErrorData): Error;
  readonly clock: Clock;
}

/** What came back for a question. */
export interface Told {
  readonly n: number;
  readonly result?: unknown;
  readonly error?: ErrorData;
}

interface Waiting {
  readonly command: string;
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** What one end of a link asks the other, until it is answered. */
export class Asking {
  readonly #options: AskingOptions;
  readonly #waiting = new Map<number, Waiting>();
  #lastNumber = 0;

  constructor(options: AskingOptions) {
    this.#options = options;
  }

  /** Resolves with the other end's answer; rejects with what `failed` makes of its error, of silence and of a lost link. */
  ask(command: string, args: unknown, timeoutMs: number): Promise<unknown> {
    const { clock, send, failed } = this.#options;
    const n = ++this.#lastNumber;
    return new Promise((resolve, reject) => {
      const cancel = clock.after(timeoutMs, () => {
        this.#waiting.delete(n);
        reject(failed(command, `it did not answer within ${timeoutMs} ms`));
      });
      const settle =
        <T>(how: (value: T) => void) =>
        (value: T): void => {
          cancel();
          how(value);
        };
      this.#waiting.set(n, { command, resolve: settle(resolve), reject: settle(reject) });
      send({ n, command, args });
    });
  }

  answered({ n, result, error }: Told): void {
    const waiting = this.#waiting.get(n);
    this.#waiting.delete(n);
    if (!waiting) return;
    if (error) waiting.reject(this.#options.failed(waiting.command, error.message, error));
    else waiting.resolve(result);
  }

  /** The link is gone, and with it all answers. */
  lost(reason: string): void {
    for (const { command, reject } of this.#waiting.values()) reject(this.#options.failed(command, reason));
    this.#waiting.clear();
  }
}

/** Has `carryOut` answer a question of the other end, and gives what to send back. */
export async function answerTo(
  n: number,
  carryOut: () => unknown,
  dataOf: (error: unknown) => ErrorData,
): Promise<Told> {
  try {
    return { n, result: (await carryOut()) ?? null };
  } catch (error) {
    return { n, error: dataOf(error) };
  }
}
