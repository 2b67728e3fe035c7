import type { MasterSettings, SshSettings } from '@pomelo-ts/cluster';

/** How one host is reached: what is its own, over what is said for all. */
export function settingsOfHost(
  { ssh, hosts }: Pick<MasterSettings, 'ssh' | 'hosts'>,
  name: string,
): SshSettings {
  return { ...ssh, ...hosts[name]?.ssh };
}
