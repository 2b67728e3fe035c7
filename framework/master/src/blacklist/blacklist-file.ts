import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { replaceFile } from '@pomelo-ts/common/internal';
import { type BlacklistKeeper, type BlacklistRow, rowsIn, textOfRows } from './kept-networks.js';

/** Keeps the blacklist of one environment in a file of the game's root: `.pomelo-ts/blacklist.<env>.json`. */
export class BlacklistFile implements BlacklistKeeper {
  readonly left: readonly BlacklistRow[];
  readonly #path: string;

  /** @throws CONFIG_INVALID when the file is there and cannot be read */
  constructor(root: string, env: string) {
    const name = join('.pomelo-ts', `blacklist.${env}.json`);
    this.#path = join(root, name);
    this.left = this.#read(name);
  }

  async keep(rows: readonly BlacklistRow[]): Promise<void> {
    replaceFile(this.#path, textOfRows(rows), { durable: true });
  }

  #read(name: string): readonly BlacklistRow[] {
    if (!existsSync(this.#path)) return [];
    try {
      return rowsIn(readFileSync(this.#path, 'utf8'));
    } catch (error) {
      const problem = `  ${name}: ${reasonOf(error)}; remove the file to begin with an empty blacklist`;
      throw new PomeloError('CONFIG_INVALID', { count: 1, problems: problem });
    }
  }
}
