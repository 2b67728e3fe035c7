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
      const { added, removed, counted } = {
        ...noChanges,
        ...(JSON.parse(readFileSync(this.#path, 'utf8')) as Record<keyof TopologyChanges, unknown>),
      };
      if (!Array.isArray(added) || !Array.isArray(removed)) throw new Error('expected lists');
      if (!added.every(isEntry)) throw new Error('expected servers with id, type, host and args as added');
      if (!removed.every(isText)) throw new Error('expected ids as removed');
      if (!areNumbers(counted)) throw new Error('expected a number for each type as counted');
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

const isText = (value: unknown): value is string => typeof value === 'string';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function areNumbers(value: unknown): value is Readonly<Record<string, number>> {
  return isObject(value) && Object.values(value).every((one) => Number.isInteger(one));
}

/** Whether it has what the configuration is looked through by; that tells the rest. */
function isEntry(value: unknown): value is ServerEntry {
  if (!isObject(value)) return false;
  const { id, type, host, args, ...others } = value;
  return [id, type, host].every(isText) && Array.isArray(args) && args.every(isText) && hasPorts(others);
}

function hasPorts({ port, clientPort, opsPort }: Readonly<Record<string, unknown>>): boolean {
  return [port, clientPort, opsPort].every((one) => one === undefined || Number.isInteger(one));
}
