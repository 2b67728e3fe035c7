import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** Name of its program. Its arguments may hold secrets, and are nobody else's. */
  readonly name: string;
}

/** State of a socket that listens, as proc_net_tcp counts states. */
const listening = '0A';

/**
 * The process of this machine that listens on a TCP port, found through `/proc`; undefined where the system does not tell, or when
 * it belongs to another user.
 */
export function portHolder(port: number): PortHolder | undefined {
  const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => inodesOf(table, port)));
  if (sockets.size === 0) return undefined;
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = namesIn(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)));
    if (!holds) continue;
    return { pid: Number(pid), name: nameOf(pid) };
  }
  return undefined;
}

/** ` by node (pid 12)`, for the end of a message; nothing when the holder is not known. */
export function showPortHolder(port: number): string {
  const holder = portHolder(port);
  return holder ? ` by ${holder.name} (pid ${holder.pid})` : '';
}

/** What a process calls itself may be anything: no more than plain letters of it is shown. */
function nameOf(pid: string): string {
  const [program = ''] = read(`/proc/${pid}/cmdline`).split('\0', 1);
  const name = basename(program) || read(`/proc/${pid}/comm`);
  return name.replace(/[^\w.+-]/g, '').slice(0, 32) || 'a process';
}

/** The sockets that listen on the port, as links of file descriptors name them. */
function inodesOf(table: string, port: number): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return read(`/proc/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => local?.endsWith(end) && state === listening)
    .map((fields) => `socket:[${fields[9]}]`);
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // another user's, or gone meanwhile
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
