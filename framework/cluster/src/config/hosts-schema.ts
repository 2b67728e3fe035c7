import * as z from 'zod';
import { readJumps } from '../ssh-jump.js';
import { canonicalHost } from './canonical-host.js';
import { duration, flag, port, section, text } from './fields.js';

const files = (what: string) =>
  z
    .union([text(what), z.array(text(what), { error: what })], { error: what })
    .transform((value) => (typeof value === 'string' ? [value] : value));

/** How a host is reached over SSH; what is not given comes from `~/.ssh/config`, then from OpenSSH's own defaults. */
export const sshSchema = section({
  port: port().optional().describe('Port of the hosts’ SSH servers.'),
  user: text('the name of a user').optional().describe('User to sign in as.'),
  identityFile: files('the path of a private key, or a list of them')
    .optional()
    .describe('Private keys to sign in with, in the order they are tried; `~` is the home folder.'),
  passphraseVariable: text('the name of an environment variable')
    .optional()
    .describe('Environment variable of the master that has the passphrase of the private keys.'),
  agent: z
    .union([flag(), text()], { error: 'true, false or the path of an agent’s socket' })
    .optional()
    .describe(
      'Whether to ask an SSH agent for keys; a text is its socket. Default: where `SSH_AUTH_SOCK` is set.',
    ),
  jump: text('a host, as user@host:port')
    .refine((jump) => !readJumps(jump).includes(undefined), {
      error: 'hosts as user@host:port, parted by commas; an IPv6 address with a port stands in brackets',
    })
    .optional()
    .describe('Hosts on the way, as `user@host:port`, parted by commas, the first one first.'),
  connectTimeout: duration()
    .optional()
    .describe('How long a host may take to let the master in. Default 10s.'),
  knownHosts: files('the path of a known_hosts file, or a list of them')
    .optional()
    .describe(
      'Files with the host keys that are trusted. Default `~/.ssh/known_hosts`, then `/etc/ssh/ssh_known_hosts`.',
    ),
});

/** What is different about one host. */
const hostSchema = section({
  remoteDir: text('a path')
    .refine((path) => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path), { error: 'an absolute path' })
    .optional()
    .describe('Where the game lies on this host. Default: the same path as on the master’s.'),
  node: text('a path')
    .optional()
    .describe(
      'Path of `node` on this host. Default: the same path as on the master’s, else the one in `PATH`.',
    ),
  ssh: sshSchema.optional().describe('How this host is reached, over what `ssh` says for all.'),
});

/** By the names of servers.json, in the form that those are kept in. */
export const hostsSchema = z
  .record(z.string(), hostSchema, { error: 'an object of hosts, by the names in servers.json' })
  .transform((hosts) =>
    Object.fromEntries(Object.entries(hosts).map(([name, host]) => [canonicalHost(name), host])),
  );

export type SshSettings = z.output<typeof sshSchema>;
export type HostSettings = z.output<typeof hostSchema>;
