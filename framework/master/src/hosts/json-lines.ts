import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { reasonOf } from '@pomelo-ts/common';

/** Longest line accepted, in characters: one message of either end. */
const longestLine = 16 * 1024 * 1024;

/** Most characters and bytes that may wait when a message is sent: two of the longest. */
const longestWait = 2 * longestLine;

/** Messages over a pair of streams, each one line of JSON. */
export class JsonLines {
  readonly #output: Writable;
  readonly #decoder = new StringDecoder('utf8');
  /** What has come of a line that has not ended yet, and how long it is. */
  #parts: string[] = [];
  #length = 0;
  readonly #onBroken: (reason: string) => void;
  #broken = false;

  /**
   * Hands each message to `onMessage`. Lines that are no JSON object go to `onNoise`: a login shell may greet before the
   * command begins. So does what is too long for a line. `onBroken` is told once why these lines are of no use any more: more waits for
   * the other end than may, or who takes its messages has failed at one. From then on nothing more is read or sent.
   */
  constructor(
    input: Readable,
    output: Writable,
    onMessage: (message: Readonly<Record<string, unknown>>) => void,
    onNoise: (line: string) => void = () => {},
    onBroken: (reason: string) => void = () => {},
  ) {
    this.#output = output;
    this.#onBroken = onBroken;
    output.on('error', () => {}); // the other end is gone, which the input tells
    input.on('data', (chunk: Buffer) => {
      const [first = '', ...rest] = this.#decoder.write(chunk).split('\n');
      this.#parts.push(first);
      this.#length += first.length;
      for (const next of rest) {
        this.#hear(this.#take(), onMessage, onNoise);
        this.#parts.push(next);
        this.#length = next.length;
      }
      if (this.#length > longestLine) onNoise(this.#take());
    });
  }

  /** What a message does to who takes it ends these lines alone: here nobody else would catch it, and the process would end. */
  #hear(
    line: string,
    onMessage: (message: Readonly<Record<string, unknown>>) => void,
    onNoise: (line: string) => void,
  ): void {
    if (this.#broken) return;
    const message = parse(line);
    try {
      if (message) onMessage(message);
      else if (line.trim()) onNoise(line);
    } catch (error) {
      this.#break(`what it says cannot be taken: ${reasonOf(error)}`);
    }
  }

  #break(reason: string): void {
    this.#broken = true;
    this.#onBroken(reason);
  }

  #take(): string {
    const line = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    return line;
  }

  send(message: object): void {
    if (this.#broken || !this.#output.writable) return;
    if (this.#output.writableLength <= longestWait) this.#output.write(`${JSON.stringify(message)}\n`);
    else this.#break('it does not read what it is sent');
  }
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    return JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
}
