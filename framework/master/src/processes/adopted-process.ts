import { existsSync, readFileSync } from 'node:fs';
import { type Clock, systemClock } from '@pomelo-ts/common';
import type { Exit, ServerProcess } from './server-process.js';

const lookMs = 50;

/** Whether a process with this pid lives. One that has ended but that its parent has not fetched yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Linux tells the state after the command's name in parentheses; elsewhere nobody is a zombie for long. */
function isZombie(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return false;
  try {
    return /^.*\) Z/s.test(readFileSync(file, 'latin1'));
  } catch {
    return true; // it went while we looked
  }
}

/** Whether the process with this pid lives and runs `script`: a pid may have been given to another since. */
export function runsScript(pid: number, script: string): boolean {
  if (!isAlive(pid)) return false;
  const commandLine = commandLineOf(pid);
  return commandLine === undefined || commandLine.split('\0').includes(script);
}

/** The command line of a process, its words parted by NUL; undefined where the system does not tell. */
export function commandLineOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return undefined;
  }
}

/** A process that another master has started: no child of ours, so its end is seen by looking. */
export class AdoptedProcess implements ServerProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  #killed = false;

  constructor(pid: number, clock: Clock = systemClock) {
    this.pid = pid;
    this.exited = new Promise((resolve) => {
      const cancel = clock.every(lookMs, () => {
        if (isAlive(pid)) return;
        cancel();
        resolve({ code: null, signal: this.#killed ? 'SIGKILL' : null }); // only a parent is told more
      });
    });
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    try {
      process.kill(this.pid, signal);
      this.#killed ||= signal === 'SIGKILL';
    } catch {
      // it has ended meanwhile
    }
  }

  async lastLines(): Promise<readonly string[]> {
    return [];
  }
}
