import { writeSync } from 'node:fs';
import type { Clock } from '../clock.js';
import { LogBudget } from './log-budget.js';
import { type KeptLog, RotatedFile } from './rotated-file.js';

/** Settings of a {@link LogOutput}. */
export interface LogOutputOptions {
  /** File descriptor that is written to. @default 1 */
  readonly fd?: number;
  /** The file that it is, which is kept short; without it somebody else reads what is written. */
  readonly file?: KeptLog | undefined;
  /** @default Infinity */
  readonly bytesPerSecond?: number;
  readonly clock: Clock;
}

/** A line that is longer is cut, in bytes. */
const longestLine = 64 * 1024;
const lookMs = 1000;
/** How long a reader that does not read may hold this process up, in ms and once between two looks. */
const patienceMs = 250;
const important = /^\{"level":"(?:warn|error)"/;

/** Where all that one process logs and prints goes: within its budget of bytes, and to a file of a bounded size. */
export class LogOutput {
  readonly #fd: number;
  readonly #file: RotatedFile | undefined;
  readonly #budget: LogBudget;
  readonly #stop: () => void;
  #lost = 0;
  /** Whether a reader that does not read is waited for. */
  #patient = true;

  constructor({ fd = 1, file, bytesPerSecond = Number.POSITIVE_INFINITY, clock }: LogOutputOptions) {
    this.#fd = fd;
    this.#file = file && new RotatedFile(fd, file);
    this.#budget = new LogBudget(bytesPerSecond, clock);
    this.#stop = clock.every(lookMs, () => this.#look());
  }

  /** Writes one line, or what a program prints at a time. Never throws. */
  write(text: string): void {
    const bytes = cut(Buffer.from(text, 'utf8'));
    if (!this.#budget.take(bytes.length, important.test(text))) return;
    if (!this.#put(bytes)) this.#lost++;
  }

  /** Has what is printed to these streams come here. */
  capture(...streams: readonly NodeJS.WriteStream[]): void {
    for (const stream of streams) {
      stream.write = (chunk: string | Uint8Array, encoding?: unknown, done?: unknown): boolean => {
        this.write(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8'));
        const callback = typeof encoding === 'function' ? encoding : done;
        if (typeof callback === 'function') process.nextTick(callback as () => void);
        return true;
      };
    }
  }

  /** Tells what was left out until now. */
  flush(): void {
    this.#tellLeftOut();
  }

  close(): void {
    this.flush();
    this.#stop();
    this.#file?.close();
  }

  #look(): void {
    this.#file?.look();
    this.#patient = true;
    this.#tellLeftOut();
  }

  #tellLeftOut(): void {
    if (this.#lost > 0) {
      const text = `${this.#lost} lines could not be written: there was no room, or nobody read them`;
      if (!this.#patient || !this.#tell(text)) return; // there is no room yet
      this.#lost = 0;
    }
    const { lines, bytes } = this.#budget.leftOut() ?? { lines: 0, bytes: 0 };
    if (lines === 0) return;
    const rate = Math.round(this.#budget.bytesPerSecond / 1024);
    const text = `${lines} lines (${Math.ceil(bytes / 1024)} KiB) were left out: more than ${rate} KiB came in a second (log.rate in config/master.json5)`;
    if (!this.#tell(text)) this.#lost++;
  }

  #tell(msg: string): boolean {
    return this.#put(
      Buffer.from(`${JSON.stringify({ level: 'warn', time: new Date().toISOString(), msg })}\n`),
    );
  }

  #put(bytes: Buffer): boolean {
    const isOut = this.#file
      ? this.#file.write(bytes)
      : writeAll(this.#fd, bytes, this.#patient ? patienceMs : 0);
    this.#patient &&= isOut;
    return isOut;
  }
}

/** Writes to what may be a pipe whose reader is slow. */
function writeAll(fd: number, bytes: Buffer, mostMs: number): boolean {
  let waited = 0;
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || waited >= mostMs) return false;
      waited += 5;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
  return true;
}

function cut(bytes: Buffer): Buffer {
  if (bytes.length <= longestLine) return bytes;
  return Buffer.concat([bytes.subarray(0, longestLine), Buffer.from('… (cut)\n')]);
}
