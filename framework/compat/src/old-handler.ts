import type { Session } from '@pomelo-ts/core';
import { RequestContext, type ServiceMethod } from '@pomelo-ts/core/internal';
import { isThenable } from './callback.js';
import type { OldOutcome, OldRequest } from './old-filter.js';
import { OldSession } from './old-session.js';
import type { RequestChain } from './request-chain.js';
import type { OldStyle, RouteRecord } from './types.js';

type Call = (...args: unknown[]) => unknown;

/** What handlers of an app have in common. */
export interface HandlerHome {
  readonly style: OldStyle;
  readonly chain: RequestChain;
  /** The context of the request that has this body, which a filter has noted. */
  contextOf(msg: object): RequestContext | undefined;
  /** Runs code of the app as its own. */
  inside<T>(fn: () => T): T;
}

/** A method of an old handler as one that core calls: filters, callback and error handling are in it. */
export function adaptHandler(
  home: HandlerHome,
  route: RouteRecord,
  instance: object,
  name: string,
): ServiceMethod {
  const handle = (msg: object, session: Session): Promise<unknown> => {
    if (home.style === 'pomelo') (msg as { __route__?: string }).__route__ = route.route;
    const context = home.contextOf(msg) ?? new RequestContext(route, false, () => {});
    const request: OldRequest = {
      msg,
      session: new OldSession(session),
      coreSession: session,
      route,
      context,
    };
    const impatient = context.isNotify && home.chain.isEmpty;
    return home.inside(() =>
      home.chain.run(request, () => callHandler(instance, name, request, home.style, impatient)),
    );
  };
  return handle as unknown as ServiceMethod;
}

/**
 * Calls the handler. One that takes `next` answers by it, any other by what it returns. `impatient` is for a notify that
 * nothing waits for: many handlers never call `next` then.
 */
function callHandler(
  instance: object,
  name: string,
  { msg, session }: OldRequest,
  style: OldStyle,
  impatient: boolean,
): Promise<OldOutcome> {
  const fn = (instance as Record<string, Call>)[name]!;
  const args = Array.isArray(msg) ? msg : [msg];
  return new Promise((resolve) => {
    const next = (error?: unknown, answer?: unknown): void => resolve({ error, answer });
    const takesNext = fn.length > args.length + 1;
    let returned: unknown;
    try {
      returned = fn.call(instance, ...args, session, next);
    } catch (error) {
      resolve({ error: error ?? new Error(`${name} threw nothing`) });
      return;
    }
    if (isThenable(returned)) {
      returned.then(
        (answer) => (!takesNext || answer !== undefined) && resolve({ answer }),
        (error: unknown) => resolve({ error: error ?? new Error(`${name} rejected with nothing`) }),
      );
    } else if (!takesNext && (returned !== undefined || style === 'pinus')) resolve({ answer: returned });
    if (impatient) resolve({});
  });
}
