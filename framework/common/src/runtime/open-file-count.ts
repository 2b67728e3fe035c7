import { readdirSync } from 'node:fs';

/** How long a count stands, in ms: with 10,000 connections it takes some milliseconds. */
const standsMs = 10_000;

/** Counts what this process has open, not more often than each 10 seconds. */
export class OpenFileCount {
  readonly #folder: string;
  #count = Number.NaN;
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(folder = '/proc/self/fd') {
    this.#folder = folder;
  }

  /** The count; NaN where the system does not tell. `now` in ms. */
  look(now: number): number {
    if (now - this.#countedAt < standsMs) return this.#count;
    this.#countedAt = now;
    try {
      this.#count = readdirSync(this.#folder).length - 1; // the folder itself was open
    } catch {
      this.#count = Number.NaN; // no /proc, or no descriptor to read it with, which `process.noFiles` counts
    }
    return this.#count;
  }
}
