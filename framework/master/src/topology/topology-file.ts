import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerEntry } from '@pomelo-ts/cluster';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { replaceFile } from '@pomelo-ts/common/internal';

/** What operators have changed beside the files in `config/`. */
export interface TopologyChanges {
  readonly added: readonly ServerEntry[];
  /** Ids of servers.json that shall not run. */
  readonly removed: readonly string[];
  /** By type: the highest number that a made id has had, so that none is given twice. */
  readonly counted: Readonly<Record<string, number>>;
}

export const noChanges: TopologyChanges = { added: [], removed: [], counted: {} };

/** Keeps the changes of one environment for the next master: `.pomelo-ts/topology.<env>.json`. */
export class TopologyFile {
  /** Relative to the game's root, for messages. */
  readonly name: string;
  readonly #path: string;

  constructor(root: string, env: string) {
    this.name = join('.pomelo-ts', `topology.${env}.json`);
    this.#path = join(root, this.name);
  }

  /** @throws CONFIG_INVALID when the file is there and cannot be read: servers that operators have added would be lost */
  read(): TopologyChanges {
    if (!existsSync(this.#path)) return noChanges;
    try {
      const changes = JSON.parse(readFileSync(this.#path, 'utf8')) as Partial<TopologyChanges>;
      const { added, removed, counted } = { ...noChanges, ...changes };
      if (!Array.isArray(added) || !Array.isArray(removed)) throw new Error('expected lists');
      return { added, removed, counted };
    } catch (error) {
      const problem = `  ${this.name}: ${reasonOf(error)}; remove the file to go by config/ alone`;
      throw new PomeloError('CONFIG_INVALID', { count: 1, problems: problem });
    }
  }

  write(changes: TopologyChanges): void {
    const { added, removed, counted } = changes;
    if (added.length + removed.length + Object.keys(counted).length === 0) {
      rmSync(this.#path, { force: true });
      return;
    }
    replaceFile(this.#path, `${JSON.stringify(changes, null, 2)}\n`);
  }
}
