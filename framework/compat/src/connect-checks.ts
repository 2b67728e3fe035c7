import type { Application, ConnectAnswer, ConnectInfo } from '@pomelo-ts/core';
import type { Anything } from './types.js';

/** The parts of `connectorConfig` that decide who may connect. */
interface ConnectChecks {
  readonly handshake?: (
    msg: object,
    callback: (error: unknown, user?: unknown) => void,
    socket: object,
  ) => void;
  readonly checkClient?: (type: string, version: string) => unknown;
  readonly useHostFilter?: unknown;
  readonly blacklistFun?: (callback: (error: unknown, list?: readonly string[]) => void) => void;
}

/** pomelo's codes of a refused handshake. */
const refused = { failed: 500, oldClient: 501, blacklisted: 403 } as const;

const refuse = (code: number, reason: string): ConnectAnswer => ({ refuse: { code, reason } });

/** Asks what the app has set in `connectorConfig`, in pomelo's order: blacklist, client version, its own handshake. */
export function askOnConnect(app: Application, checks: Anything): void {
  const { handshake, checkClient, useHostFilter, blacklistFun } = checks as ConnectChecks;
  const blacklist = useHostFilter ? blacklistFun : undefined;
  if (![handshake, checkClient, blacklist].some((check) => typeof check === 'function')) return;
  app.onConnect(async (info): Promise<ConnectAnswer> => {
    if (blacklist && (await isListed(blacklist, info.remoteAddress)))
      return refuse(refused.blacklisted, 'this address is blocked');
    if (checkClient && !checkClient(info.client.type, info.client.version))
      return refuse(refused.oldClient, 'this version of the client is not accepted');
    return handshake ? shakeHands(handshake, info) : undefined;
  });
}

function shakeHands(
  handshake: NonNullable<ConnectChecks['handshake']>,
  info: ConnectInfo,
): Promise<ConnectAnswer> {
  const msg = { sys: info.client, user: info.user };
  const socket = { remoteAddress: { ip: info.remoteAddress, port: 0 } };
  return new Promise((resolve) => {
    handshake(
      msg,
      (error, user) => resolve(error ? refuse(refused.failed, 'the handshake was refused') : { user }),
      socket,
    );
  });
}

/** Whether an address is on a list of regular expressions; an error leaves everybody in, as it does in pomelo. */
function isListed(blacklist: NonNullable<ConnectChecks['blacklistFun']>, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    blacklist((error, list = []) => resolve(!error && list.some((entry) => new RegExp(entry).test(address))));
  });
}
