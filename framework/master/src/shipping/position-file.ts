import { join } from 'node:path';
import type { Logger } from '@pomelo-ts/common';
import { readRegularFile, replaceFile } from '@pomelo-ts/common/internal';

/** Where it is kept how far records were sent, within the root of a game. */
export const positionFileOf = (root: string): string => join(root, '.pomelo-ts', 'audit-shipped.json');

/** How far each receiver of records is: the number of the last one that it has taken. */
export class PositionFile {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #positions: Map<string, number>;
  /** Whether it was told that it cannot be written. */
  #told = false;

  constructor(root: string, logger: Logger) {
    this.#path = positionFileOf(root);
    this.#logger = logger;
    this.#positions = this.#read();
  }

  /** The last record that `receiver` has taken; undefined for one that is new. */
  get(receiver: string): number | undefined {
    return this.#positions.get(receiver);
  }

  /** What cannot be written down is sent once more after the next start. */
  set(receiver: string, n: number): void {
    this.#positions.set(receiver, n);
    try {
      replaceFile(this.#path, `${JSON.stringify(Object.fromEntries(this.#positions))}\n`);
      this.#told = false;
    } catch (error) {
      if (!this.#told)
        this.#logger.error(
          'How far the audit log was sent cannot be written down: after a restart some is sent twice.',
          { error },
        );
      this.#told = true;
    }
  }

  #read(): Map<string, number> {
    try {
      const kept = JSON.parse(readRegularFile(this.#path)) as unknown;
      const entries = Object.entries((kept ?? {}) as object);
      return new Map(entries.filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1])));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
        this.#logger.error(
          'How far the audit log was sent cannot be read: what is written from now on is sent.',
          { file: this.#path, error },
        );
      return new Map();
    }
  }
}
