import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { ClusterConfig } from '../settings-types.js';
import { fileNames } from './load.js';
import { slipOf } from './slip.js';

/** What else lies in `config/` by the words of pomelo-ts or of pomelo, and is no slip. */
const otherNames = ['adminServer', 'adminUser', 'log4js', 'contract'];

/**
 * What a configuration that is fine may not mean: a file whose name is near that of one that is read, crons whose file is not in the
 * app's folder, as they may be brought by code alone, and values that are taken and that hardly anybody wants.
 */
export function configWarnings(
  config: Pick<ClusterConfig, 'root' | 'env' | 'appDir' | 'servers' | 'crons' | 'settings'>,
): readonly string[] {
  return [...misnamedFiles(config), ...cronsWithoutFile(config), ...oddValues(config)];
}

/** Heartbeats below this cost each client and its server more than what they carry, in ms. */
const leastHeartbeatMs = 1000;
/** Networks with fewer bits than this hold far more than the load balancers of anybody. */
const leastProxyBits = { 4: 8, 6: 16 } as const;

function oddValues({ settings: { client } }: Pick<ClusterConfig, 'settings'>): string[] {
  const { heartbeatMs, trustedProxies } = client;
  const wide = trustedProxies.filter((range) => {
    const [address = '', bits] = range.split('/');
    return bits !== undefined && Number(bits) < leastProxyBits[address.includes(':') ? 6 : 4];
  });
  return [
    ...(typeof heartbeatMs === 'number' && heartbeatMs > 0 && heartbeatMs < leastHeartbeatMs
      ? [
          `settings.client.heartbeat: ${heartbeatMs} ms has each client send and get a package that often; from 10s to 60s is usual`,
        ]
      : []),
    ...wide.map(
      (range) =>
        `settings.client.trustedProxies: ${range} trusts clients, too, to say which address they have, so that neither the blacklist nor the bounds of one address hold; expected the load balancers alone`,
    ),
  ];
}

function misnamedFiles({ root, env }: Pick<ClusterConfig, 'root' | 'env'>): string[] {
  return ['config', join('config', env)].flatMap((folder) => {
    const path = join(root, folder);
    if (!existsSync(path)) return [];
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      const [, name, ending] = entry.isFile() ? (/^(.+)\.(json5?)$/i.exec(entry.name) ?? []) : [];
      if (name === undefined || ending === undefined) return [];
      const read = (fileNames as readonly string[]).includes(name) && /^json5?$/.test(ending);
      if (read || otherNames.includes(name)) return [];
      const near = slipOf(name, fileNames) ?? sameButCase(name);
      if (near === undefined) return [];
      return [
        `${join(folder, entry.name)}: nobody reads this file; did you mean ${near}.${ending.toLowerCase()}?`,
      ];
    });
  });
}

function cronsWithoutFile({
  root,
  appDir,
  servers,
  crons,
}: Pick<ClusterConfig, 'root' | 'appDir' | 'servers' | 'crons'>): string[] {
  return Object.entries(crons).flatMap(([owner, entries]) => {
    const type = servers.find(({ id, type }) => id === owner || type === owner)?.type;
    if (type === undefined) return [];
    const folder = join(appDir, 'app', 'servers', type, 'cron');
    return entries.flatMap(({ id, action }) => {
      const [file = ''] = action.split('.');
      const there = ['.js', '.mjs', '.cjs'].some((ending) => existsSync(join(folder, file + ending)));
      if (there) return [];
      const shown = join(relative(root, folder), `${file}.js`);
      return [
        `crons.${owner}: the cron ${id} runs ${action}, and there is no ${shown}: unless a plugin or the code of app.js brings it, the start fails`,
      ];
    });
  });
}

const sameButCase = (name: string): string | undefined =>
  fileNames.find((known) => known.toLowerCase() === name.toLowerCase());
