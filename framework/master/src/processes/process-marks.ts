import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { lifeVariable } from '@pomelo-ts/cluster';
import { commandLineOf, isSessionLeader, startOf } from './process-identity.js';
import type { ProcessRecord } from './process-records.js';

/** What a server's process is marked with, so that it is found where no record of it could be written. */
export interface LifeMark {
  /** The game's root. */
  readonly root: string;
  /** Its host, as the topology names it. */
  readonly host: string;
  readonly id: string;
  readonly bootId: string;
}

/** The value of the environment variable: no secret, as others of this user can read it. */
export const markOf = ({ root, host, id, bootId }: LifeMark): string =>
  [bootId, id, host, root].map(encodeURIComponent).join(' ');

function readMark(text: string): LifeMark | undefined {
  const words = text.split(' ');
  if (words.length !== 4) return undefined;
  try {
    const [bootId, id, host, root] = words.map(decodeURIComponent) as [string, string, string, string];
    return { root, host, id, bootId };
  } catch {
    return undefined; // somebody else's variable
  }
}

/**
 * The servers of the game at `root` that run on this machine, by the marks of their processes; none where the system does not tell. A
 * process that a server has started has its mark as well, but leads no session.
 */
export function markedLives(root: string, host?: string): readonly ProcessRecord[] {
  return pidsFor(root).flatMap((pid) => {
    const mark = markOn(pid);
    if (!mark || (host !== undefined && mark.host !== host) || !isSameFolder(mark.root, root)) return [];
    if (!isSessionLeader(pid)) return [];
    const start = startOf(pid);
    return [{ id: mark.id, bootId: mark.bootId, pid, ...(start !== undefined && { start }) }];
  });
}

/** Whether a process belongs to the game at `root`: it is marked so, works in that folder, or is its master. */
export function belongsTo(root: string, pid: number): boolean {
  const mark = markOn(pid);
  if (mark && isSameFolder(mark.root, root)) return true;
  const place = linkOf(`/proc/${pid}/cwd`);
  return (place !== undefined && isSameFolder(place, root)) || holds(root, pid);
}

/** Has this process be found as a master of the game at `root` until the returned function is called: it keeps that folder open. */
export function holdRoot(root: string): () => void {
  const fd = openSync(root, 'r');
  return () => closeSync(fd);
}

const masterCommand = /pomelo-ts|daemon-main/;

/** The other masters of the game at `root` on this machine, found without their file. */
export function mastersWithoutFile(root: string): readonly number[] {
  const isMaster = (pid: number) =>
    pid !== process.pid && masterCommand.test(commandLineOf(pid) ?? '') && holds(root, pid);
  return pidsFor(root).filter(isMaster);
}

function holds(root: string, pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      const target = linkOf(`/proc/${pid}/fd/${fd}`);
      return target?.startsWith('/') === true && isSameFolder(target, root);
    });
  } catch {
    return false; // another user's, or gone meanwhile
  }
}

/** Processes of this user, or of the one whom the game belongs to: anybody else could mark what is none of the game. */
function pidsFor(root: string): readonly number[] {
  try {
    const users = new Set([process.geteuid?.(), statSync(root).uid]);
    return readdirSync('/proc').flatMap((name) =>
      /^\d+$/.test(name) && users.has(statSync(`/proc/${name}`, { throwIfNoEntry: false })?.uid)
        ? [Number(name)]
        : [],
    );
  } catch {
    return []; // this system tells nothing of processes
  }
}

/** The variable as the process was started with it. */
function markOn(pid: number): LifeMark | undefined {
  try {
    const environment = `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
    const begin = environment.indexOf(`\0${lifeVariable}=`);
    if (begin < 0) return undefined;
    const [text = ''] = environment.slice(begin + lifeVariable.length + 2).split('\0', 1);
    return readMark(text);
  } catch {
    return undefined; // another user's, or gone meanwhile
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // another user's, or gone meanwhile
  }
}

function isSameFolder(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
