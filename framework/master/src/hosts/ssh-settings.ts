import type { MasterSettings, SshSettings } from '@pomelo-ts/cluster';

/** How one host is reached: what is its own, over what is said for all. */
export function settingsOfHost(
  { ssh, hosts }: Pick<MasterSettings, 'ssh' | 'hosts'>,
  name: string,
): SshSettings {
  return { ...ssh, ...hosts[name]?.ssh };
}

/** Environment variables with secrets that only masters need: passphrases of keys, and the password of the store. */
export function secretVariables({
  ssh,
  hosts,
  store,
}: Pick<MasterSettings, 'ssh' | 'hosts' | 'store'>): readonly string[] {
  const passphrases = [ssh, ...Object.values(hosts).map((host) => host.ssh)].map(
    (one) => one?.passphraseVariable,
  );
  return [...passphrases, store.passwordEnv].filter((name) => name !== undefined);
}
