import { type Logger, reasonOf } from '@pomelo-ts/common';
import { briefError, shorten } from '@pomelo-ts/common/internal';
import type { Filter, RequestContext, Session } from '@pomelo-ts/core';
import type { OldRequest } from './old-filter.js';
import { OldSession } from './old-session.js';
import { conclude, type RequestChain } from './request-chain.js';

/**
 * An app's global filters as one of core's: befores around every request of a frontend, afters when its answer has been sent.
 * That answer is bytes by then, so afters are given `{}` for it.
 */
export function globalFilter(
  chain: RequestChain,
  requestOf: (msg: unknown, session: Session, context: RequestContext) => OldRequest,
  inside: <T>(fn: () => T) => T,
  logger: Logger,
): Filter {
  const requests = new WeakMap<RequestContext, OldRequest>();
  return {
    async before(msg, session, context) {
      const request = requestOf(msg, session, context);
      requests.set(context, request);
      const outcome = await inside(() => chain.enter(request));
      if (!outcome.error) return undefined;
      return conclude(context.route, await chain.repair(request, outcome));
    },
    async after(outcome, _msg, _session, context) {
      const request = requests.get(context)!;
      try {
        await inside(() => chain.leave(request, { error: outcome.error, answer: {} }));
      } catch (error) {
        const reason = shorten(reasonOf(error), 200);
        logger.error(`a global after filter failed for ${context.route}: ${reason}`, {
          error: briefError(error),
        });
      }
    },
  };
}

/** One request as an old app sees it. */
export function oldRequest(msg: unknown, session: Session, context: RequestContext): OldRequest {
  return {
    msg: msg as object,
    session: new OldSession(session),
    coreSession: session,
    route: context,
    context,
  };
}
