import { readConfigFile } from '@pomelo-ts/common/config';
import type { Application } from '@pomelo-ts/core';
import type { AppCode } from './app-code.js';
import { OldServers } from './old-servers.js';
import { OldSettings } from './old-settings.js';
import type { Anything, ServerInfo } from './types.js';

/** What an app asks of its own server and of the others in the cluster. */
export class OldDirectory extends OldSettings {
  /** This server as core has it. */
  readonly core: Application;
  /** @internal */
  readonly servers: OldServers;

  constructor(core: Application, code: AppCode, services: Readonly<Record<string, () => unknown>>) {
    super(core, code, services);
    this.core = core;
    this.servers = new OldServers(core);
  }

  get serverId(): string {
    return this.core.serverId;
  }

  get serverType(): string {
    return this.core.serverType;
  }

  getServerId(): string {
    return this.serverId;
  }

  getServerType(): string {
    return this.serverType;
  }

  getCurServer(): ServerInfo {
    return this.servers.own;
  }

  getCurrentServer(): ServerInfo {
    return this.servers.own;
  }

  getServers(): Record<string, ServerInfo> {
    return Object.fromEntries(this.servers.all.map((server) => [server.id, server]));
  }

  /** As {@link getServers}: a server is told who runs, not who could. */
  getServersFromConfig(): Record<string, ServerInfo> {
    return this.getServers();
  }

  /** Undefined for one that is not there, which the types of pinus leave unsaid. */
  getServerById(id: string): ServerInfo {
    return this.servers.byId(id) as ServerInfo;
  }

  getServerFromConfig(id: string): ServerInfo {
    return this.getServerById(id);
  }

  /** Undefined for a type that nobody is of, which the types of pinus leave unsaid. */
  getServersByType(serverType: string): ServerInfo[] {
    return this.servers.ofType(serverType) as ServerInfo[];
  }

  getServerTypes(): string[] {
    return [...new Set(this.servers.all.map(({ serverType }) => serverType))];
  }

  isFrontend(server: { frontend?: unknown } = this.servers.own): boolean {
    return server.frontend === true || server.frontend === 'true';
  }

  isBackend(server?: { frontend?: unknown }): boolean {
    return !this.isFrontend(server);
  }

  isMaster(): boolean {
    return false;
  }

  /** What `config/master.json` says. */
  getMaster(): Anything {
    const { root, env } = this.core;
    const read = readConfigFile(root, 'master', env);
    const said = read && 'found' in read ? (read.found.value as object) : {};
    return { id: 'master', host: '127.0.0.1', port: 3005, serverType: 'master', ...said };
  }
}
