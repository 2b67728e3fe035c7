import type { Duplex } from 'node:stream';
import { dialTcp } from '@pomelo-ts/cluster/internal';
import { type Clock, type PomeloError, systemClock } from '@pomelo-ts/common';
import type { Client, ClientChannel, ConnectConfig } from 'ssh2';
import { inOneLine } from './said.js';
import { connectFailure, forwardFailure, keyFailure, type SshError } from './ssh-failure.js';
import { signIns } from './ssh-sign-ins.js';
import type { SshTarget } from './ssh-target.js';

/** How often an idle connection is asked for a sign of life, in ms, and how many may be missing. */
const keepalive = { keepaliveInterval: 2000, keepaliveCountMax: 4 };
/** How long the other end may take to see a goodbye, in ms, before the connection is cut. */
const goodbyeMs = 1000;
/**
 * Most bytes that may wait for a host, beyond what SSH itself lets flow: the library answers whatever the host asks of it, whether that
 * reads the answers or not.
 */
const waitingBytes = 4 * 1024 * 1024;

type Ssh = typeof import('ssh2');

/** An SSH connection that is open. */
export interface SshConnection {
  /** Address of this machine that the host sees: there it can dial back. */
  readonly localAddress: string | undefined;
  /** Settles when it has ended, with the reason. */
  readonly ended: Promise<string>;
  /** Has the host run a command. Rejects with the host's reason, or when it does not begin within `ms`. */
  exec(command: string, ms: number): Promise<ClientChannel>;
  /** Ends it, and the connections to the hosts on the way. */
  close(): void;
}

/**
 * Opens a connection to a host, over the hosts on the way. Its key is checked against `known_hosts`; none is ever added. Each step may take
 * `connectTimeoutMs`, whatever the other end does meanwhile.
 *
 * @throws HOST_UNREACHABLE, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, HOST_KEY_REVOKED, SSH_SIGN_IN_FAILED, SSH_KEY_UNUSABLE
 */
export async function openSsh(target: SshTarget, clock: Clock = systemClock): Promise<SshConnection> {
  const ssh = (await import('ssh2')).default; // heavy, and only needed with other hosts
  const route = [...target.jumps, target];
  const socket = await dial(route[0]!);
  const { localAddress } = socket;
  const opened: OpenClient[] = [];
  let closing = false;
  const close = () => {
    if (closing || socket.destroyed) return;
    closing = true;
    for (const { client } of [...opened].reverse()) client.end();
    const cancel = clock.after(goodbyeMs, () => socket.destroy()); // the other end may neither read nor close
    socket.once('close', cancel);
  };
  try {
    let way: Duplex = socket;
    for (const [index, stop] of route.entries()) {
      const one = await connect(stop, way, ssh, clock);
      opened.push(one);
      const next = route[index + 1];
      if (next) way = await forward(one.client, stop, next, clock);
    }
    const { client, ended } = opened.at(-1)!;
    void ended.then(() => socket.destroy()); // one that is half closed is of no use, and nobody else would end it
    const direct = target.jumps.length === 0;
    const exec = (command: string, ms: number) =>
      within(ms, clock, 'begins nothing', (told: Told<ClientChannel>) => client.exec(command, told));
    return { localAddress: direct ? localAddress : undefined, ended, exec, close };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function dial(target: SshTarget) {
  const { address: host, port, connectTimeoutMs: timeoutMs } = target;
  try {
    const socket = await dialTcp({ host, port, timeoutMs });
    return socket.on('error', () => {}); // it closes then, which is what counts
  } catch (error) {
    throw connectFailure(target, error as SshError);
  }
}

interface OpenClient {
  readonly client: Client;
  readonly ended: Promise<string>;
}

/** Signs in at a host that `sock` leads to. */
function connect(target: SshTarget, sock: Duplex, ssh: Ssh, clock: Clock): Promise<OpenClient> {
  const { address, port, user, connectTimeoutMs: ms, knownHosts } = target;
  const ways = signIns(target, ssh);
  const client = new ssh.Client();
  let distrust: PomeloError | undefined;
  const known = knownHosts.typesOf(address, port);
  const config: ConnectConfig = {
    host: address,
    port,
    username: user,
    readyTimeout: 0, // the time below also counts when its own has been stopped by half a close
    ...keepalive,
    sock,
    authHandler: [...ways.methods],
    hostVerifier: (key: Buffer) => {
      distrust = keyFailure(target, key, knownHosts.standing(address, port, key));
      return distrust === undefined;
    },
    // A host with several keys shall show one that is on record.
    ...(known.length > 0 && {
      algorithms: { serverHostKey: { prepend: [...algorithmsOf(known)], append: [], remove: [] } },
    }),
  };
  let doing = 'before the SSH handshake was done';
  let why: SshError | undefined;
  const ended = new Promise<string>((resolve) => {
    // It tells of one end in several ways and more than once, and not of each kind in each way.
    client.on('error', (error: SshError) => {
      error.message = inOneLine(error.message); // the host may have said it
      why ??= error;
      resolve(why.message);
    });
    const over = () => resolve(why?.message ?? 'it was closed');
    client.on('end', over).on('close', over);
  });
  client.once('handshake', () => {
    doing = 'while signing in';
  });
  return new Promise<OpenClient>((resolve, reject) => {
    const fail = (error: SshError) => reject(distrust ?? connectFailure(target, error));
    const cancel = clock.after(ms, () =>
      fail(Object.assign(new Error(`it answers, but nothing more came within ${ms} ms ${doing}`), slow)),
    );
    client.once('ready', () => {
      cancel();
      resolve({ client, ended });
    });
    void ended.then(() => {
      cancel();
      fail(why && isTold(why) ? why : new Error(`it closed the connection ${doing}`, { cause: why }));
    });
    client.connect(config);
    sock.on('data', () => {
      if (sock.writableLength > waitingBytes) sock.destroy(new Error('it does not read what it is sent'));
    });
  }).finally(ways.end);
}

const slow = { level: 'slow' };

/** Whether an error of the library says more than that the connection has ended. */
const isTold = ({ message, code = '' }: SshError): boolean =>
  !['ECONNRESET', 'EPIPE'].includes(code) && message !== 'Connection lost before handshake';

/** Signature algorithms for the types of keys, the best first. */
function algorithmsOf(types: readonly string[]) {
  return [...new Set(types)].flatMap((type) =>
    type === 'ssh-rsa' ? (['rsa-sha2-512', 'rsa-sha2-256'] as const) : [type as 'ssh-ed25519'],
  );
}

async function forward(client: Client, from: SshTarget, to: SshTarget, clock: Clock): Promise<Duplex> {
  const { address, port } = to;
  try {
    const stream = await within<ClientChannel>(from.connectTimeoutMs, clock, 'does not lead on', (told) =>
      client.forwardOut('127.0.0.1', 0, address, port, told),
    );
    return stream.on('error', () => {}); // it closes then, as a socket does
  } catch (error) {
    throw forwardFailure(to, error as Error);
  }
}

type Told<T> = (error: Error | undefined, value: T) => void;

/** Asks the library for something that it may never tell the end of. */
function within<T>(ms: number, clock: Clock, what: string, ask: (told: Told<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () =>
      reject(new Error(`it lets the master in, but ${what} within ${ms} ms`)),
    );
    const told: Told<T> = (error, value) => {
      cancel();
      if (error) reject(new Error(inOneLine(error.message), { cause: error }));
      else resolve(value);
    };
    try {
      ask(told);
    } catch (error) {
      told(error as Error, undefined as T); // it has ended just now
    }
  });
}
