import { existsSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { SshSettings } from '@pomelo-ts/cluster';
import { readJumps } from '@pomelo-ts/cluster/masters';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { readRegularFile } from '@pomelo-ts/common/internal';
import { KnownHosts } from './known-hosts.js';

/** All that it takes to reach a host over SSH. */
export interface SshTarget {
  /** As the topology names it. */
  readonly name: string;
  /** Where to dial. */
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Private keys that are there, in the order to try. */
  readonly identityFiles: readonly string[];
  readonly passphrase?: string;
  /** Variable that {@link passphrase} would be in. */
  readonly passphraseVariable?: string;
  /** Socket of an SSH agent. */
  readonly agent?: string;
  readonly connectTimeoutMs: number;
  readonly knownHosts: KnownHosts;
  /** Where a new host key belongs. */
  readonly knownHostsFile: string;
  /** Hosts on the way, the first one first. */
  readonly jumps: readonly SshTarget[];
}

/** What the machine of the master has: passed in, so that tests have their own. */
export interface SshSurroundings {
  /** Home folder of the user. */
  readonly home: string;
  readonly user: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Those of this process. */
export const ownSurroundings = (): SshSurroundings => ({
  home: homedir(),
  user: userInfo().username,
  variables: process.env,
});

/** Names that OpenSSH itself looks for, the best first. */
const usualKeys = ['id_ed25519', 'id_ecdsa', 'id_rsa'];
const defaultTimeoutMs = 10_000;

/**
 * Works out how to reach `name`: what the settings say, else `~/.ssh/config`, else what OpenSSH would take.
 *
 * @throws SSH_CONFIG_INVALID
 */
export async function sshTarget(
  name: string,
  settings: SshSettings,
  surroundings: SshSurroundings = ownSurroundings(),
): Promise<SshTarget> {
  const { home, user, variables } = surroundings;
  const absolute = (path: string) => (path.startsWith('~/') ? join(home, path.slice(2)) : path);
  const config = await userConfig(name, home);
  const keys =
    settings.identityFile ?? config.identityFile ?? usualKeys.map((key) => join(home, '.ssh', key));
  const files = (settings.knownHosts ?? config.knownHosts ?? [join(home, '.ssh', 'known_hosts')]).map(
    absolute,
  );
  const passphraseVariable = settings.passphraseVariable;
  const passphrase = passphraseVariable === undefined ? undefined : variables[passphraseVariable];
  const agent = agentOf(settings.agent, variables['SSH_AUTH_SOCK'], absolute);
  return {
    name,
    address: config.address ?? name,
    port: settings.port ?? config.port ?? 22,
    user: settings.user ?? config.user ?? user,
    identityFiles: keys.map(absolute).filter((file) => settings.identityFile || existsSync(file)),
    ...(passphrase !== undefined && { passphrase }),
    ...(passphraseVariable !== undefined && { passphraseVariable }),
    ...(agent !== undefined && { agent }),
    connectTimeoutMs: settings.connectTimeout ?? config.connectTimeout ?? defaultTimeoutMs,
    knownHosts: new KnownHosts(contentOf([...files, '/etc/ssh/ssh_known_hosts'])),
    knownHostsFile: files[0]!,
    jumps: await jumpsOf(settings.jump ?? config.jump, settings, surroundings),
  };
}

/** Each jump host has its own part of `~/.ssh/config`; keys and times are those of the host behind it. */
async function jumpsOf(jump: string | undefined, settings: SshSettings, surroundings: SshSurroundings) {
  const file = join(surroundings.home, '.ssh', 'config'); // a jump of master.json5 was checked there
  if (jump === undefined) return [];
  const { port: _, user: __, jump: ___, ...rest } = settings;
  return Promise.all(
    readJumps(jump).map((one) => {
      if (!one) throw new PomeloError('SSH_CONFIG_INVALID', { file, reason: `no hosts on the way: ${jump}` });
      const { host, ...own } = one;
      return sshTarget(host, { ...rest, ...own, jump: 'none' }, surroundings);
    }),
  );
}

function agentOf(
  setting: SshSettings['agent'],
  variable: string | undefined,
  absolute: (path: string) => string,
): string | undefined {
  if (typeof setting === 'string') return absolute(setting);
  return setting === false ? undefined : variable || undefined;
}

/** What `~/.ssh/config` says of a host. */
async function userConfig(name: string, home: string): Promise<SshSettings & { readonly address?: string }> {
  const file = join(home, '.ssh', 'config');
  if (!existsSync(file)) return {};
  try {
    const { default: SshConfig } = await import('ssh-config');
    const found = SshConfig.parse(readRegularFile(file)).compute(name, { ignoreCase: true });
    const lower = new Map(Object.entries(found).map(([key, value]) => [key.toLowerCase(), [value].flat()]));
    const one = (key: string) => lower.get(key)?.[0];
    const list = (key: string) => lower.get(key);
    const seconds = one('connecttimeout');
    return {
      ...(one('hostname') && { address: one('hostname')!.replaceAll('%h', name) }),
      ...(one('port') && { port: Number(one('port')) }),
      ...(one('user') && { user: one('user')! }),
      ...(list('identityfile') && { identityFile: list('identityfile')! }),
      ...(one('proxyjump') && { jump: list('proxyjump')!.join(',') }),
      ...(seconds && { connectTimeout: Number(seconds) * 1000 }),
      ...(list('userknownhostsfile') && { knownHosts: list('userknownhostsfile')! }),
    };
  } catch (error) {
    throw new PomeloError('SSH_CONFIG_INVALID', { file, reason: reasonOf(error) });
  }
}

/** Files that are there, by name; `/dev/null` is one without hosts. */
function contentOf(files: readonly string[]): ReadonlyMap<string, string> {
  const there = files.filter((file) => existsSync(file));
  return new Map(there.map((file) => [file, statSync(file).isFile() ? readRegularFile(file) : '']));
}
