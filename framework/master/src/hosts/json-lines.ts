import type { Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

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
  readonly #onUnread: () => void;
  #unread = false;

  /**
   * Hands each message to `onMessage`. Lines that are no JSON object go to `onNoise`: a login shell may greet before the
   * command begins. So does what is too long for a line. `onUnread` is told when more waits for the other end than may: from then on
   * nothing more is sent.
   */
  constructor(
    input: Readable,
    output: Writable,
    onMessage: (message: Readonly<Record<string, unknown>>) => void,
    onNoise: (line: string) => void = () => {},
    onUnread: () => void = () => {},
  ) {
    this.#output = output;
    this.#onUnread = onUnread;
    output.on('error', () => {}); // the other end is gone, which the input tells
    input.on('data', (chunk: Buffer) => {
      const [first = '', ...rest] = this.#decoder.write(chunk).split('\n');
      this.#parts.push(first);
      this.#length += first.length;
      for (const next of rest) {
        const line = this.#take();
        const message = parse(line);
        if (message) onMessage(message);
        else if (line.trim()) onNoise(line);
        this.#parts.push(next);
        this.#length = next.length;
      }
      if (this.#length > longestLine) onNoise(this.#take());
    });
  }

  #take(): string {
    const line = this.#parts.join('');
    this.#parts = [];
    this.#length = 0;
    return line;
  }

  send(message: object): void {
    if (this.#unread || !this.#output.writable) return;
    if (this.#output.writableLength <= longestWait) this.#output.write(`${JSON.stringify(message)}\n`);
    else {
      this.#unread = true;
      this.#onUnread();
    }
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
