import { existsSync, readFileSync } from 'node:fs';

/** Whether a process with this pid lives. One that has ended but that its parent has not fetched yet does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The command line of a process, its words parted by NUL; undefined where the system does not tell. */
export function commandLineOf(pid: number): string | undefined {
  return readProc(`${pid}/cmdline`);
}

/**
 * When a process began, as a text that no later process with its pid has: the kernel's boot id and the ticks since then
 * (proc(5), field 22 of `stat`). Undefined where the system does not tell.
 */
export function startOf(pid: number): string | undefined {
  const ticks = fieldsOf(pid)?.[19];
  const boot = readProc('sys/kernel/random/boot_id')?.trim();
  return ticks && boot ? `${boot} ${ticks}` : undefined;
}

/** Whether this system tells when a process began. */
export const tellsStarts = (): boolean => startOf(process.pid) !== undefined;

/** Whether a process began before this one; of two in the same tick of the kernel's clock, that with the smaller pid. */
export function beganBefore(pid: number): boolean {
  const [one, own] = [ticksOf(pid), ticksOf(process.pid)];
  return one === own ? pid < process.pid : one < own;
}

const ticksOf = (pid: number): number => Number(fieldsOf(pid)?.[19] ?? 0);

/** Whether a process leads a session of its own, as all do that a master starts (proc(5), field 6 of `stat`). */
export const isSessionLeader = (pid: number): boolean => Number(fieldsOf(pid)?.[3]) === pid;

/** The processes that this one was started by, the nearest first: a shell, `timeout`, `sudo` and the like. */
export function ancestors(): readonly number[] {
  const all: number[] = [];
  for (let pid = process.ppid; pid > 0 && !all.includes(pid); pid = Number(fieldsOf(pid)?.[1] ?? 0))
    all.push(pid);
  return all;
}

/** Linux tells the state after the command's name in parentheses; elsewhere nobody is a zombie for long. */
function isZombie(pid: number): boolean {
  if (!existsSync('/proc/self/stat')) return false;
  const state = fieldsOf(pid)?.[0];
  return state === undefined || state === 'Z'; // undefined: it went while we looked
}

/** What `stat` tells after the command's name, which may itself have blanks and parentheses. */
function fieldsOf(pid: number): string[] | undefined {
  const text = readProc(`${pid}/stat`);
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function readProc(file: string): string | undefined {
  try {
    return readFileSync(`/proc/${file}`, 'latin1');
  } catch {
    return undefined;
  }
}
