import { PomeloError } from '@pomelo-ts/common';
import type { RouteStrategy } from '@pomelo-ts/rpc';
import type { Application } from '../application.js';
import { askOnConnect } from './connect-checks.js';
import { isHybrid, nameOfConnector } from './connectors.js';
import { withoutCounterpart } from './counterparts.js';
import type { Anything } from './types.js';

/** Settings as an app has set them by `app.set`, by key. */
type OldSettings = Readonly<Record<string, Anything>>;

const routers: Readonly<Record<string, RouteStrategy>> = {
  rr: 'roundRobin',
  wrr: 'weighted',
  la: 'leastBusy',
  ch: 'hash',
};

/**
 * Takes what an app has set for pomelo's own components to the settings and hooks that do the same here, and warns of what
 * has no effect.
 *
 * @throws OLD_APP_UNSUPPORTED
 */
export function applySettings(app: Application, settings: OldSettings): void {
  for (const warning of warningsOf(settings)) app.logger.warn(warning);
  const { connectorConfig = {}, sessionConfig = {}, proxyConfig = {} } = settings;
  if (app.server.frontend) checkConnector(connectorConfig);
  app.changeSettings(({ client, session, rpc, ...rest }) => ({
    ...rest,
    client: { ...client, ...clientChanges(app, connectorConfig) },
    session: sessionConfig.singleSession ? { ...session, perUid: 'refuse' as const } : session,
    rpc: {
      ...rpc,
      ...(Number(proxyConfig.timeout) > 0 && { timeoutMs: Number(proxyConfig.timeout) }),
      ...(Number(proxyConfig.pendingSize) > 0 && { maxPending: Number(proxyConfig.pendingSize) }),
    },
  }));
  const { routes } = app.registrations;
  const strategy = routers[String(proxyConfig.routerType)];
  if (strategy && !routes.has('default')) app.route('default', { by: strategy });
  askOnConnect(app, connectorConfig);
}

/** One warning for each key that was set and has no effect. */
export function warningsOf(settings: OldSettings): string[] {
  return Object.entries(withoutCounterpart).flatMap(([name, keys]) => {
    const value: unknown = settings[name];
    if (value === undefined || value === false || value === null) return [];
    if (keys['*']) return [`app.set('${name}') has no effect: ${keys['*']}`];
    return Object.entries(keys)
      .filter(([key]) => {
        const given = (value as Record<string, unknown>)[key];
        return given !== undefined && given !== false && given !== null;
      })
      .map(([key, cure]) => `${key} of app.set('${name}') has no effect: ${cure}`);
  });
}

/** pomelo's words for what `client` of settings.json5 says; clients of a frontend get what they have always got. */
function clientChanges(app: Application, config: Record<string, unknown>): object {
  if (!app.server.frontend) return {};
  const { heartbeat, timeout, useDict } = config;
  const heartbeatMs = Number(heartbeat) * 1000;
  const timeoutMs = Math.max(Number(timeout) * 1000 || heartbeatMs * 2, heartbeatMs);
  return {
    dictionary: Boolean(useDict),
    protobuf: usesProtobuf(app, config),
    ...(heartbeatMs > 0 && { heartbeatMs, heartbeatTimeoutMs: timeoutMs }),
  };
}

/** Backends encode what clients get, and know the files alone: a frontend must not decide otherwise, unless it asks no backend. */
function usesProtobuf(app: Application, { useProtobuf }: Record<string, unknown>): boolean {
  const { clientProtos, serverProtos, settings } = app.settings;
  const hasMessages = [clientProtos, serverProtos].some((protos) => Object.keys(protos ?? {}).length > 0);
  if (useProtobuf || !hasMessages || !settings.client.protobuf) return settings.client.protobuf;
  if (app.serverType === 'gate') return false;
  throw new PomeloError('OLD_APP_UNSUPPORTED', {
    what: `the frontend ${app.serverId} without useProtobuf beside messages in config/clientProtos.json or config/serverProtos.json`,
    cure: 'say "client": { "protobuf": false } in config/settings.json5, or useProtobuf: true in its connectorConfig',
  });
}

function checkConnector({ connector }: { connector?: unknown }): void {
  if (connector === undefined || isHybrid(connector)) return;
  throw new PomeloError('OLD_APP_UNSUPPORTED', {
    what: `the connector ${nameOfConnector(connector)}`,
    cure: 'set hybridconnector, which takes WebSockets and raw TCP on one port, and use a client for it',
  });
}
