import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { lifeVariable } from '@pomelo-ts/cluster/internal';
import { placesOf } from '@pomelo-ts/common/internal';
import { ancestors, commandLineOf, isSessionLeader, startOf } from './process-identity.js';
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
    if (!mark || (host !== undefined && mark.host !== host) || !isSameGame(mark.root, root)) return [];
    if (!isSessionLeader(pid)) return [];
    const start = startOf(pid);
    return [{ id: mark.id, bootId: mark.bootId, pid, ...(start !== undefined && { start }) }];
  });
}

/** Whether a process is the life of a server of the game at `root` by its mark; it may be one whose environment this user cannot read. */
export function mayBe({ pid, bootId }: ProcessRecord, root: string): boolean {
  const environment = environmentOf(pid);
  if (environment === undefined) return true;
  const mark = markIn(environment);
  return mark !== undefined && mark.bootId === bootId && isSameGame(mark.root, root);
}

/** Whether a process belongs to the game at `root`: it is marked so, works in that folder, or is its master. */
export function belongsTo(root: string, pid: number): boolean {
  const mark = markOn(pid);
  if (mark && isSameGame(mark.root, root)) return true;
  const place = linkOf(`/proc/${pid}/cwd`);
  return (place !== undefined && isSameGame(place, root)) || holds(root, pid);
}

/** The game of another folder than `root` that a process is a server of by its mark. */
export function serverElsewhere(
  root: string,
  pid: number,
): { readonly id: string; readonly root: string } | undefined {
  const mark = markOn(pid);
  return mark && !isSameGame(mark.root, root) ? mark : undefined;
}

/** Whether a process is surely no master of the game at `root`, though a file there names it: that may be a copy, or written by anybody. */
export function isNoMaster(root: string, pid: number): boolean {
  return linkOf(`/proc/${pid}/cwd`) !== undefined && !holds(root, pid);
}

/** A process of a server that was started from another folder. */
export interface ServerElsewhere {
  readonly id: string;
  readonly pid: number;
  /** The root of its game. */
  readonly root: string;
  /** Where it listens, though ours should. */
  readonly port: number;
}

/** A server of the topology, and where it listens. */
export interface ServerPlace {
  readonly id: string;
  readonly host: string;
  readonly ports: readonly number[];
}

/**
 * Those of the servers that a game in another folder than `root` runs on this machine. Many games may have servers of these names; one
 * that listens where ours shall is of the same.
 */
export function servedElsewhere(root: string, servers: readonly ServerPlace[]): readonly ServerElsewhere[] {
  const byId = new Map(servers.map((server) => [server.id, server]));
  return pidsFor(root).flatMap((pid) => {
    const mark = markOn(pid);
    const server = mark && byId.get(mark.id);
    if (!server || isSameGame(mark.root, root) || !isSessionLeader(pid)) return [];
    const { id, host, ports } = server;
    const taken = placesOf(pid).find((place) => ports.includes(place.port) && !areApart(place.host, host));
    return taken ? [{ id, pid, root: mark.root, port: taken.port }] : [];
  });
}

/** Whether these are two addresses that one machine has for itself. */
const areApart = (one: string, other: string): boolean =>
  one !== other && [one, other].every((address) => address.startsWith('127.'));

/** Has this process be found as a master of the game at `root` until the returned function is called: it keeps that folder open. */
export function holdRoot(root: string): () => void {
  const fd = openSync(root, 'r');
  return () => closeSync(fd);
}

const masterScript =
  /(?:^|[\\/])(?:pomelo-ts(?:\.mjs)?|daemon-main\.js|(?:cli|pomelo-ts)[\\/]dist[\\/]bundle[\\/]main\.js)$/;

/**
 * The other masters of the game at `root` on this machine, found without their file: also those whose process has just begun, and a
 * command that is about to start one. Who has started this process is none of them, though its command line may name ours.
 */
export function mastersWithoutFile(root: string): readonly number[] {
  const own = [process.pid, ...ancestors()];
  return pidsFor(root).filter((pid) => !own.includes(pid) && isMaster(pid, root));
}

/** Whether a process is one of our commands that runs a master of the game at `root`, or is about to. */
export function isMaster(pid: number, root: string): boolean {
  const words = commandLineOf(pid)?.split('\0') ?? [];
  const at = words.findIndex((word) => masterScript.test(word));
  if (at < 0 || !runsNode(pid)) return false;
  if (holds(root, pid)) return true;
  const cwd = linkOf(`/proc/${pid}/cwd`);
  if (cwd === undefined) return false;
  if (words[at]!.endsWith('daemon-main.js')) return isSameGame(cwd, root);
  const said = words.slice(at + 1);
  return (
    said.includes('start') && !said.includes('--single') && isSameGame(resolve(cwd, folderIn(said)), root)
  );
}

/** The root of another game than that at `root` that a process is a master of. */
export function masterElsewhere(root: string, pid: number): string | undefined {
  const cwd = linkOf(`/proc/${pid}/cwd`);
  const words = commandLineOf(pid)?.split('\0') ?? [];
  const said = cwd === undefined ? [] : [resolve(cwd, folderIn(words))];
  return [...openedBy(pid).filter(isFolder), ...said].find(
    (folder) => !isSameGame(folder, root) && isMaster(pid, folder),
  );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Whether it is node itself, and not `timeout` or `sudo` with our command for its words. */
function runsNode(pid: number): boolean {
  const program = linkOf(`/proc/${pid}/exe`);
  return (
    program !== undefined &&
    (program === process.execPath || /^node(?:js)?(?:[-.\d]*)$/.test(basename(program)))
  );
}

/** The folder of the game that a command was given. */
function folderIn(words: readonly string[]): string {
  const at = words.findLastIndex((word) => /^(?:-d|--directory)(?:=|$)/.test(word));
  if (at < 0) return '.';
  const [, value] = words[at]!.split(/=(.*)/s);
  return value ?? words[at + 1] ?? '.';
}

const holds = (root: string, pid: number): boolean =>
  openedBy(pid).some((target) => isSameGame(target, root));

/** The files and folders that a process has open. */
function openedBy(pid: number): readonly string[] {
  try {
    const targets = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    return targets.filter((target) => target?.startsWith('/') === true) as string[];
  } catch {
    return []; // another user's, or gone meanwhile
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
  const environment = environmentOf(pid);
  return environment === undefined ? undefined : markIn(environment);
}

function markIn(environment: string): LifeMark | undefined {
  const begin = environment.indexOf(`\0${lifeVariable}=`);
  if (begin < 0) return undefined;
  const [text = ''] = environment.slice(begin + lifeVariable.length + 2).split('\0', 1);
  return readMark(text);
}

/** A NUL before each variable; undefined where it is not told. */
function environmentOf(pid: number): string | undefined {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`;
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

/** Whether two folders are of one game: releases that are laid out side by side may share what masters write down. */
function isSameGame(one: string, other: string): boolean {
  return isSameFolder(one, other) || isSameFolder(join(one, '.pomelo-ts'), join(other, '.pomelo-ts'));
}

function isSameFolder(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return realpathSync(one) === realpathSync(other);
  } catch {
    return false;
  }
}
