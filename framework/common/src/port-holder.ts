import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { endianness } from 'node:os';
import { basename } from 'node:path';
import { handedOutPorts } from './handed-out-ports.js';

/** A process that listens on a port. */
export interface PortHolder {
  readonly pid: number;
  /** Name of its program. Its arguments may hold secrets, and are nobody else's. */
  readonly name: string;
}

/** States of a socket that listens, and of one that has ended and keeps nobody from listening, as proc_net_tcp counts states. */
const [listening, timeWait] = ['0A', '06'];

/**
 * The process of this machine that listens on a TCP port, found through `/proc`; undefined where the system does not tell, or when
 * it belongs to another user.
 */
export function portHolder(port: number): PortHolder | undefined {
  return holderOf(port, (state) => state === listening);
}

/** The process whose connection has a port of this machine as its own one. @see portHolder */
export function connectionHolder(port: number): PortHolder | undefined {
  return holderOf(port, (state) => state !== listening && state !== timeWait);
}

function holderOf(port: number, isMeant: (state: string) => boolean): PortHolder | undefined {
  const sockets = new Set(['tcp', 'tcp6'].flatMap((table) => inodesOf(table, port, isMeant)));
  if (sockets.size === 0) return undefined;
  for (const pid of namesIn('/proc').filter((name) => /^\d+$/.test(name))) {
    const holds = namesIn(`/proc/${pid}/fd`).some((fd) => sockets.has(linkOf(`/proc/${pid}/fd/${fd}`)));
    if (!holds) continue;
    return { pid: Number(pid), name: nameOf(pid) };
  }
  return undefined;
}

/** Where a process of this machine listens for TCP; nothing where the system does not tell, or when it belongs to another user. */
export function placesOf(pid: number): readonly { readonly host: string; readonly port: number }[] {
  const own = new Set(namesIn(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`)));
  return ['tcp', 'tcp6'].flatMap((table) =>
    socketsOf(table)
      .filter(({ inode, state }) => state === listening && own.has(inode))
      .map(({ local }) => placeOf(local)),
  );
}

/** The kernel writes an address as words of 32 bits, each in the order of bytes of this machine. */
function placeOf(local: string): { host: string; port: number } {
  const [address = '', port = ''] = local.split(':');
  const bytes = (address.match(/.{8}/g) ?? []).flatMap((word) => {
    const four = [...Buffer.from(word, 'hex')];
    return endianness() === 'LE' ? four.reverse() : four;
  });
  const pairs = bytes.flatMap((byte, at) => (at % 2 ? [] : [((byte << 8) | bytes[at + 1]!).toString(16)]));
  const long = () => (bytes.some((byte) => byte !== 0) ? pairs.join(':') : '::');
  return { host: bytes.length === 4 ? bytes.join('.') : long(), port: Number.parseInt(port, 16) };
}

/** ` by node (pid 12)`, for the end of a message, with what keeps the port free of connections when it is one; nothing when the holder is not known. */
export function showPortHolder(port: number): string {
  const holder = portHolder(port);
  if (holder) return ` by ${holder.name} (pid ${holder.pid})`;
  const handedOut = handedOutPorts();
  if (!handedOut?.includes(port)) return '';
  const connection = connectionHolder(port);
  const { lowest, highest } = handedOut;
  return connection
    ? ` by an outgoing connection of ${connection.name} (pid ${connection.pid}), as the system gives these the ports from ${lowest} to ${highest}: ${reserving(String(port))}, or take a port below ${lowest}`
    : '';
}

/** What keeps ports from outgoing connections. @param ports such as `40050-40059,40150` */
export const reserving = (ports: string): string =>
  `sysctl -w net.ipv4.ip_local_reserved_ports=${ports} keeps it from them (after a comma behind those that are there, and in /etc/sysctl.d to stay)`;

/** Its program's file. What a process calls itself may be anything, its arguments too: no more than plain letters of one word is shown. */
function nameOf(pid: string): string {
  const file = basename(linkOf(`/proc/${pid}/exe`)).replace(/ \(deleted\)$/, '');
  const [name = ''] = (file || read(`/proc/${pid}/comm`)).split(/\s/, 1);
  return name.replace(/[^\w.+-]/g, '').slice(0, 32) || 'a process';
}

/** The sockets of a port in such a state, as links of file descriptors name them. */
function inodesOf(table: string, port: number, isMeant: (state: string) => boolean): string[] {
  const end = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return socketsOf(table)
    .filter(({ local, state }) => local.endsWith(end) && isMeant(state))
    .map(({ inode }) => inode);
}

function socketsOf(table: string): { local: string; state: string; inode: string }[] {
  return read(`/proc/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .map(([, local = '', , state = '', , , , , , inode]) => ({ local, state, inode: `socket:[${inode}]` }));
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
