import type { Application, RouteRule } from '@pomelo-ts/core';
import { askOnConnect } from './connect-checks.js';
import { isHybrid, nameOfConnector } from './connectors.js';
import { type Counterpart, counterparts, idleSettings } from './counterparts.js';
import type { Anything } from './types.js';
import { unsupported } from './unsupported.js';

/** Settings as an app has set them by `app.set`, by key. */
type OldSettings = Readonly<Record<string, Anything>>;

/** pomelo's routers; any other name is its one that leaves it to chance. */
const routers: Readonly<Record<string, RouteRule>> = {
  rr: { by: 'roundRobin' },
  wrr: { by: 'weighted' },
  la: { by: 'leastBusy' },
  ch: { by: 'hash' },
};
const anyServer: RouteRule = (_routeParam, servers) =>
  servers[Math.floor(Math.random() * servers.length)]?.id;

/**
 * Takes what an app has set for pomelo's own components to the settings and hooks that do the same here, and warns of what
 * has no effect.
 *
 * @throws OLD_APP_UNSUPPORTED
 */
export function applySettings(app: Application, settings: OldSettings): void {
  refuse(settings);
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
  const { routerType } = proxyConfig;
  if (routerType && !app.registrations.routes.has('default'))
    app.route('default', routers[String(routerType)] ?? anyServer);
  askOnConnect(app, connectorConfig);
}

/** One warning for each key that was set and has no effect. */
export function warningsOf(settings: OldSettings): string[] {
  const warnings: string[] = [];
  for (const [name, key, { kept = [], idle = {}, others }] of keysOf(settings)) {
    if (!kept.includes(key))
      warnings.push(`${key} of app.set('${name}') has no effect: ${idle[key] ?? others}`);
  }
  for (const [name, instead] of Object.entries(idleSettings))
    if (isOn(settings[name])) warnings.push(`app.set('${name}') has no effect: ${instead}`);
  return warnings;
}

function refuse(settings: OldSettings): void {
  for (const [name, key, { refused = {} }] of keysOf(settings)) {
    const cure = refused[key];
    if (cure !== undefined) throw unsupported(`${key} of app.set('${name}')`, cure);
  }
}

/** The keys that an app has set for pomelo's components. */
function keysOf(settings: OldSettings): [name: string, key: string, counterpart: Counterpart][] {
  return Object.entries(counterparts).flatMap(([name, counterpart]) =>
    Object.entries((settings[name] ?? {}) as object)
      .filter(([, value]) => isOn(value))
      .map(([key]): [string, string, Counterpart] => [name, key, counterpart]),
  );
}

const isOn = (value: unknown): boolean => value !== undefined && value !== null && value !== false;

/** pomelo's words for what `client` of settings.json5 says; clients of a frontend get what they have always got. */
function clientChanges(app: Application, config: Record<string, unknown>): object {
  if (!app.server.frontend) return {};
  const heartbeatMs = Number(config['heartbeat']) * 1000 || app.settings.settings.client.heartbeatMs;
  const silenceMs = Number(config['timeout']) * 1000 || Number(heartbeatMs) * 2;
  return {
    dictionary: Boolean(config['useDict']),
    protobuf: usesProtobuf(app, config),
    ...(heartbeatMs !== false && { heartbeatMs, heartbeatTimeoutMs: Math.max(silenceMs, heartbeatMs) }),
  };
}

/** Backends encode what clients get, and know the files alone: a frontend must not decide otherwise, unless it asks no backend. */
function usesProtobuf(app: Application, { useProtobuf }: Record<string, unknown>): boolean {
  const { clientProtos, serverProtos, settings } = app.settings;
  const hasMessages = [clientProtos, serverProtos].some((protos) => Object.keys(protos ?? {}).length > 0);
  if (useProtobuf || !hasMessages || !settings.client.protobuf) return settings.client.protobuf;
  if (app.serverType === 'gate') return false;
  throw unsupported(
    `the frontend ${app.serverId} without useProtobuf beside messages in config/clientProtos.json or config/serverProtos.json`,
    'say "client": { "protobuf": false } in config/settings.json5, or useProtobuf: true in its connectorConfig',
  );
}

/** What pomelo starts when an app names none is a socket.io server, whose clients speak to no other. */
function checkConnector({ connector }: { connector?: unknown }): void {
  if (isHybrid(connector)) return;
  throw unsupported(
    connector === undefined
      ? 'no connector in connectorConfig (sioconnector)'
      : `the connector ${nameOfConnector(connector)}`,
    'set pomelo.connectors.hybridconnector, which takes WebSockets and raw TCP on one port, and use a client for it',
  );
}
