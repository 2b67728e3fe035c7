import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '@pomelo-ts/common/internal';
import type { OutsideServer } from '../processes/outside-server.js';
import { commandLineOf, isAlive } from '../processes/process-identity.js';
import { isNoMaster } from '../processes/process-marks.js';

/** A running master, as `.pomelo-ts/master.json` tells them. */
export interface RuntimeState {
  readonly pid: number;
  /** The master's own, where the system tells it: a pid may be given to another process. */
  readonly commandLine?: string | undefined;
  readonly host: string;
  readonly port: number;
  readonly env: string;
  /** Whether it stands by, so that another one has to be asked. */
  readonly standby?: boolean;
  /** Servers that something else than the master has started, so that the next one waits for them. */
  readonly outside?: readonly OutsideServer[];
  /** Ids of servers that operators have drain. */
  readonly drained?: readonly string[];
}

/** Whether the master that has written this lives, and is that of the game at `root`: the folder may be the copy of another. */
export function masterLives({ pid, commandLine }: RuntimeState, root: string): boolean {
  if (!isAlive(pid) || isNoMaster(root, pid)) return false;
  const now = commandLineOf(pid);
  return now === undefined || now === commandLine;
}

/** The files of a master below the game's root. */
export class RuntimeFile {
  readonly #file: string;
  readonly #pidFile: string;

  constructor(root: string) {
    this.#file = join(root, '.pomelo-ts', 'master.json');
    this.#pidFile = join(root, '.pomelo-ts', 'master.pid');
  }

  /** What the last master has left, or undefined when it left nothing that can be read. */
  read(): RuntimeState | undefined {
    if (!existsSync(this.#file)) return undefined;
    try {
      const state = JSON.parse(readFileSync(this.#file, 'utf8')) as RuntimeState;
      return Number.isInteger(state.pid) && Number.isInteger(state.port) ? state : undefined;
    } catch {
      return undefined; // cut short by a crash of the machine
    }
  }

  write(state: RuntimeState): void {
    replaceFile(this.#file, `${JSON.stringify(state, null, 2)}\n`);
    replaceFile(this.#pidFile, `${state.pid}\n`);
  }

  /** This master ends; what it has told of its `servers` stays when they live on. */
  remove({ servers = false } = {}): void {
    if (!servers) rmSync(this.#file, { force: true });
    rmSync(this.#pidFile, { force: true });
  }
}
