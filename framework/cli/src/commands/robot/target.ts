import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Target } from '@pomelo-ts/client/robot';
import type { ServerEntry } from '@pomelo-ts/cluster';
import { loadClusterConfig } from '@pomelo-ts/cluster/config';
import { dialable, hostPort } from '@pomelo-ts/common/internal';
import type { GlobalOptions } from '../../game.js';
import { chosenEnv } from '../../master-state.js';
import { wrongOption } from './wrong-option.js';

/** What the call says about where players go. */
export interface TargetOptions extends Pick<GlobalOptions, 'directory' | 'env'> {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly gate?: string | undefined;
}

/**
 * Where players go: to the gate or server that was named, else through the gate of the game in this folder (or, where it has
 * none, to its first frontend).
 *
 * @throws RobotError, CONFIG_INVALID
 */
export function targetOf(options: TargetOptions): Target {
  const { host, port, gate } = options;
  if (gate !== undefined && port !== undefined)
    throw wrongOption(
      'either --gate or --port: a gate tells players the port',
      `--gate ${gate} --port ${port}`,
    );
  if (gate !== undefined) return { gate: gateUrl(gate) };
  if (host !== undefined && isUrl(host)) return { url: host };
  if (port !== undefined) return { url: urlOf(bare(host ?? '127.0.0.1'), portOf(port)) };
  const server = ownFrontend(options);
  const { clientHost = server.host, clientPort, clientUrl } = server;
  const own = clientUrl ?? urlOf(dialable(clientHost), clientPort!);
  const url = host === undefined ? own : urlOf(bare(host), clientPort!);
  return server.type === 'gate' ? { gate: url } : { url };
}

function gateUrl(gate: string): string {
  if (isUrl(gate)) return gate;
  const [, host, port] = /^(.+):(\d+)$/.exec(gate) ?? [];
  if (host === undefined) throw wrongOption('--gate as host:port or ws(s):// address', gate);
  return urlOf(bare(host), portOf(port!));
}

function ownFrontend(options: TargetOptions): ServerEntry {
  const root = resolve(options.directory);
  if (!existsSync(join(root, 'config')))
    throw wrongOption(
      '--gate host:port or --port (and --host), as this is not the folder of a game',
      'neither',
    );
  const { servers } = loadClusterConfig({ root, env: chosenEnv(root, options).env });
  const frontends = servers.filter(({ frontend, clientPort }) => frontend && clientPort !== undefined);
  const server = frontends.find(({ type }) => type === 'gate') ?? frontends[0];
  if (server) return server;
  throw wrongOption('--gate or --port, as servers.json names no frontend', 'neither');
}

function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw wrongOption('a port from 1 to 65535', text);
}

/** An IPv6 address may be typed with its brackets. */
const bare = (host: string): string => host.replace(/^\[(.+)\]$/, '$1');

const isUrl = (text: string): boolean => /^wss?:\/\//.test(text);
const urlOf = (host: string, port: number): string => `ws://${hostPort(host, port)}`;
