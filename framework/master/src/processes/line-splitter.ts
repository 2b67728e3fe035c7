import { StringDecoder } from 'node:string_decoder';

/** Lines longer than this are cut, so that a process without line ends cannot fill the memory. */
const maxLineChars = 64 * 1024;

/** Cuts the bytes of a text stream into lines. */
export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) this.#onLine(line);
    if (this.#rest.length > maxLineChars) this.end();
  }

  /** Hands out a last line that has no end. */
  end(): void {
    if (this.#rest) this.#onLine(this.#rest);
    this.#rest = '';
  }
}
