import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Logger, silentLogger } from '@pomelo-ts/common';
import { writeWhole } from '../coordination/whole-file.js';
import { leaseTimes } from './lease-messages.js';
import type { LeaseNotes } from './lease-notes.js';

/** Settings of {@link FileNotes}. */
export interface FileNotesOptions {
  /** The game's root; the file is `.pomelo-ts/leases.json` below it. Without it nothing outlives this process. */
  readonly root?: string | undefined;
  /** Whoever holds a lease ends with this process: no time of a former life is waited for. @default false */
  readonly alone?: boolean;
  readonly logger?: Logger;
}

interface Content {
  /** Longest lease that was granted since nobody held any, in ms. */
  readonly longestMs: number;
  readonly marks: Readonly<Record<string, number>>;
}

/** Notes in a file of the master's host, for a store that is only in the master's memory. */
export class FileNotes implements LeaseNotes {
  readonly formerMs: number;
  readonly #file: string | undefined;
  readonly #alone: boolean;
  readonly #marks: Map<string, number>;
  #longestMs: number;

  constructor(options: FileNotesOptions = {}) {
    const { root, alone = false, logger = silentLogger } = options;
    this.#alone = alone;
    this.#file = root === undefined ? undefined : join(root, '.pomelo-ts', 'leases.json');
    const { longestMs, marks } = this.#file === undefined ? nothing : contentOf(this.#file, logger);
    this.formerMs = alone ? 0 : longestMs;
    this.#longestMs = longestMs;
    this.#marks = new Map(Object.entries(marks));
  }

  granting(ttlMs: number): void {
    if (this.#alone || ttlMs <= this.#longestMs) return;
    this.#write(ttlMs);
    this.#longestMs = ttlMs;
  }

  /** No process lives that could hold a lease: the next master need not wait for any. */
  nobodyHolds(): void {
    if (this.#longestMs === 0) return;
    this.#write(0);
    this.#longestMs = 0;
  }

  async marks(prefix: string): Promise<ReadonlyMap<string, number>> {
    return new Map([...this.#marks].filter(([name]) => name.startsWith(prefix)));
  }

  async raise(name: string, mark: number): Promise<boolean> {
    const before = this.#marks.get(name) ?? 0;
    if (before >= mark) return true;
    this.#marks.set(name, mark);
    try {
      this.#write(this.#longestMs);
    } catch (error) {
      this.#marks.set(name, before); // what is not on the disk must not be relied on
      throw error;
    }
    return true;
  }

  #write(longestMs: number): void {
    if (this.#file === undefined) return;
    writeWhole(this.#file, `${JSON.stringify({ longestMs, marks: Object.fromEntries(this.#marks) })}\n`);
  }
}

const nothing: Content = { longestMs: 0, marks: {} };

function contentOf(file: string, logger: Logger): Content {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing;
    throw error;
  }
  try {
    const { longestMs, marks } = JSON.parse(text) as Content;
    if (Number.isFinite(longestMs) && marks instanceof Object) return { longestMs, marks };
  } catch {
    // told below
  }
  logger.error(
    'The notes about leases cannot be read, so the longest lease is waited for and marks begin anew.',
    { file },
  );
  return { longestMs: leaseTimes.most, marks: {} };
}
