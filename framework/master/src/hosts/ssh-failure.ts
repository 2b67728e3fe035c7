import { createHash } from 'node:crypto';
import { networkInterfaces } from 'node:os';
import { PomeloError } from '@pomelo-ts/common';
import { hostPort } from '@pomelo-ts/common/internal';
import { type KeyStanding, nameOf, typeOf } from './known-hosts.js';
import type { SshTarget } from './ssh-target.js';

/** The fingerprint of a host key as `ssh-keygen -l` prints it. */
export const fingerprintOf = (key: Buffer) =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;

/** The error for a host key that is not trusted; undefined for one that is. */
export function keyFailure(target: SshTarget, key: Buffer, standing: KeyStanding): PomeloError | undefined {
  if (standing.is === 'known') return undefined;
  const { name: host, address, port, knownHostsFile: file } = target;
  const shown = { host, fingerprint: fingerprintOf(key), type: typeOf(key) };
  if (standing.is === 'revoked') return new PomeloError('HOST_KEY_REVOKED', { ...shown, at: standing.at });
  const show = `ssh-keyscan -t ${shown.type.replace(/^ssh-|-.*$/g, '')} -p ${port} ${address}`;
  const scan = `${overJumps(target)}${show} >> ${file}`;
  if (standing.is === 'unknown')
    return new PomeloError('HOST_KEY_UNKNOWN', { ...shown, file, command: scan });
  const { at } = standing;
  const forget = `ssh-keygen -f ${at.replace(/:\d+$/, '')} -R '${nameOf(address, port)}'`;
  return new PomeloError('HOST_KEY_CHANGED', { ...shown, at, command: `${forget} && ${scan}` });
}

/** Before a command that only the last host on the way can run; nothing without such hosts. */
function overJumps({ jumps }: SshTarget): string {
  const last = jumps.at(-1);
  if (!last) return '';
  const before = jumps.slice(0, -1).map(({ user, address, port }) => `${user}@${hostPort(address, port)}`);
  const way = before.length > 0 ? `-J ${before.join(',')} ` : '';
  return `ssh ${way}-p ${last.port} ${last.user}@${last.address} `;
}

/** What ssh2 tells of a connection that did not come to be. */
export interface SshError extends Error {
  readonly level?: string;
  readonly code?: string;
}

/** The error for a host that cannot be reached or does not let the master in. */
export function connectFailure(target: SshTarget, error: SshError): PomeloError {
  const { name: host, address, port, user, connectTimeoutMs } = target;
  if (error.level === 'client-authentication') return signInFailure(target);
  const at = hostPort(address, port);
  const fail = (reason: string, cure: string) =>
    new PomeloError('HOST_UNREACHABLE', { host, address: at, reason, cure }, { cause: error });
  switch (error.code) {
    case 'ECONNREFUSED':
      return fail(
        'it refuses the connection',
        `Start its SSH server, or name the right port with ssh.port in config/master.json5 (to look: ssh -p ${port} ${user}@${address} true)`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return fail(
        'nobody knows its name',
        interfaceCure(address) ?? `Mend the name in config/servers.json5, or the DNS of this machine.`,
      );
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return fail('there is no way to it', 'Look whether it has power, its cable and its address.');
    default:
  }
  if (error.level === 'client-timeout' || error.code === 'ETIMEDOUT')
    return fail(
      `no answer within ${connectTimeoutMs} ms`,
      'Look whether it has power and whether a firewall is in the way; ssh.connectTimeout in config/master.json5 is the time.',
    );
  return fail(
    error.code === 'ECONNRESET'
      ? 'it closed the connection before the SSH handshake was done'
      : error.message,
    `Look whether its SSH server works and has room for one more (MaxStartups): ssh -v -p ${port} ${user}@${address} true`,
  );
}

/** The error for a host that the one before it on the way does not lead to. */
export function forwardFailure(
  { name: host, address, port }: SshTarget,
  { message: reason }: Error,
): PomeloError {
  const cure = 'Look whether the host on the way can reach it, and allows forwarding.';
  return new PomeloError('HOST_UNREACHABLE', { host, address: hostPort(address, port), reason, cure });
}

function signInFailure(target: SshTarget): PomeloError {
  const { name: host, address, port, user, identityFiles, agent } = target;
  const tried = [...identityFiles, ...(agent === undefined ? [] : [`the agent at ${agent}`])];
  const key = identityFiles[0] ?? '~/.ssh/id_ed25519';
  const make = tried.length === 0 ? `ssh-keygen -t ed25519 -f ${key} && ` : '';
  return new PomeloError('SSH_SIGN_IN_FAILED', {
    host,
    user,
    tried: tried.join(', ') || 'nothing, as there is no private key and no agent',
    command: `${make}ssh-copy-id -p ${port} -i ${key}.pub ${user}@${address}`,
  });
}

/** What to write instead of the name of an interface, which every machine has and none is reached by. */
function interfaceCure(name: string): string | undefined {
  const own = networkInterfaces()[name]?.map(({ address }) => address);
  return (
    own && `It is an interface of this machine: write the address that other hosts know (${own.join(', ')}).`
  );
}
