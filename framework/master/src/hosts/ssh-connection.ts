import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import { dialTcp } from '@pomelo-ts/cluster';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import type { AnyAuthMethod, Client, ConnectConfig, utils } from 'ssh2';
import { connectFailure, keyFailure, type SshError } from './ssh-failure.js';
import type { SshTarget } from './ssh-target.js';

/** How often an idle connection is asked for a sign of life, in ms, and how many may be missing. */
const keepalive = { keepaliveInterval: 2000, keepaliveCountMax: 4 };

/** An SSH connection that is open. */
export interface SshConnection {
  readonly client: Client;
  /** Address of this machine that the host sees: there it can dial back. */
  readonly localAddress: string | undefined;
  /** Ends it, and the connections to the hosts on the way. */
  close(): void;
}

/**
 * Opens a connection to a host, over the hosts on the way. Its key is checked against `known_hosts`; none is ever added.
 *
 * @throws HOST_UNREACHABLE, HOST_KEY_UNKNOWN, HOST_KEY_CHANGED, HOST_KEY_REVOKED, SSH_SIGN_IN_FAILED, SSH_KEY_UNUSABLE
 */
export async function openSsh(target: SshTarget): Promise<SshConnection> {
  const opened: Client[] = [];
  const close = () => {
    for (const client of opened.reverse()) client.end();
  };
  try {
    const route = [...target.jumps, target];
    const socket = await dial(route[0]!);
    const { localAddress } = socket;
    let way: Duplex = socket;
    for (const [index, stop] of route.entries()) {
      const client = await connect(stop, way);
      opened.push(client);
      const next = route[index + 1];
      if (next) way = await forward(client, next);
    }
    const direct = target.jumps.length === 0;
    return { client: opened.at(-1)!, localAddress: direct ? localAddress : undefined, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function dial(target: SshTarget) {
  const { address: host, port, connectTimeoutMs: timeoutMs } = target;
  try {
    return await dialTcp({ host, port, timeoutMs });
  } catch (error) {
    throw connectFailure(target, error as SshError);
  }
}

async function connect(target: SshTarget, sock: Duplex): Promise<Client> {
  const { Client, utils } = (await import('ssh2')).default; // heavy, and only needed with other hosts
  const { address, port, user, connectTimeoutMs, knownHosts } = target;
  const client = new Client();
  let distrust: PomeloError | undefined;
  const known = knownHosts.typesOf(address, port);
  const config: ConnectConfig = {
    host: address,
    port,
    username: user,
    readyTimeout: connectTimeoutMs,
    ...keepalive,
    sock,
    authHandler: signIns(target, utils),
    hostVerifier: (key: Buffer) => {
      distrust = keyFailure(target, key, knownHosts.standing(address, port, key));
      return distrust === undefined;
    },
    // A host with several keys shall show one that is on record.
    ...(known.length > 0 && {
      algorithms: { serverHostKey: { prepend: [...algorithmsOf(known)], append: [], remove: [] } },
    }),
  };
  return new Promise((resolve, reject) => {
    const fail = (error: SshError) => {
      client.end();
      reject(distrust ?? connectFailure(target, error));
    };
    client.once('ready', () => {
      client.off('error', fail);
      client.on('error', () => {}); // it closes then, which is what counts
      resolve(client);
    });
    client.once('error', fail);
    client.connect(config);
  });
}

/** Signature algorithms for the types of keys, the best first. */
function algorithmsOf(types: readonly string[]) {
  return [...new Set(types)].flatMap((type) =>
    type === 'ssh-rsa' ? (['rsa-sha2-512', 'rsa-sha2-256'] as const) : [type as 'ssh-ed25519'],
  );
}

/** The ways to sign in, in order. @throws SSH_KEY_UNUSABLE */
function signIns(target: SshTarget, { parseKey }: typeof utils): AnyAuthMethod[] {
  const { user: username, identityFiles, agent, passphrase } = target;
  const keys = identityFiles.map((file): AnyAuthMethod => {
    const key = usableKey(file, target, (bytes) => parseKey(bytes, passphrase));
    return { type: 'publickey', username, key, ...(passphrase !== undefined && { passphrase }) };
  });
  return agent === undefined ? keys : [...keys, { type: 'agent', username, agent }];
}

function usableKey(
  file: string,
  { name: host, passphraseVariable }: SshTarget,
  parse: (key: Buffer) => unknown,
): Buffer {
  let key: Buffer;
  try {
    key = readFileSync(file);
  } catch (error) {
    throw new PomeloError('SSH_KEY_UNUSABLE', {
      host,
      file,
      reason: reasonOf(error),
      cure: 'Mend ssh.identityFile in config/master.json5.',
    });
  }
  const problem = parse(key);
  if (!(problem instanceof Error)) return key;
  const locked = /encrypted|passphrase|decrypt/i.test(problem.message);
  const variable = passphraseVariable ?? 'the environment variable that ssh.passphraseVariable names';
  const cure = locked
    ? `Put its passphrase into ${variable}, or use an agent.`
    : 'Expected a private key of OpenSSH.';
  throw new PomeloError('SSH_KEY_UNUSABLE', { host, file, reason: problem.message, cure });
}

function forward(client: Client, { address, port, name: host }: SshTarget): Promise<Duplex> {
  return new Promise((resolve, reject) =>
    client.forwardOut('127.0.0.1', 0, address, port, (error, stream) => {
      const cure = 'Look whether the host on the way can reach it, and allows forwarding.';
      const at = `${address}:${port}`;
      if (!error) resolve(stream);
      else reject(new PomeloError('HOST_UNREACHABLE', { host, address: at, reason: error.message, cure }));
    }),
  );
}
