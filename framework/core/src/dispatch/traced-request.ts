import { codeClassOf } from '@pomelo-ts/common/internal';
import type { ForwardAnswers } from '../forward/forwarder.js';
import type { FrontendSession } from '../session/frontend-session.js';
import type { EndOfWork, RequestTrace } from '../tracing.js';
import type { LocalRoute } from './dispatcher.js';

/** The answers to one request that is traced: whichever comes ends it. */
export class TracedAnswers implements ForwardAnswers {
  readonly trace: RequestTrace;
  readonly #answers: ForwardAnswers;

  constructor(answers: ForwardAnswers, trace: RequestTrace) {
    this.#answers = answers;
    this.trace = trace;
  }

  body(...[session, id, bytes, start, end, codeClass]: Parameters<ForwardAnswers['body']>): void {
    this.#answers.body(session, id, bytes, start, end, codeClass);
    this.trace.end(codeClass, codeClass === 'ok' ? undefined : errorIn(bytes, start, end));
  }

  error(session: FrontendSession, id: number, route: string, error: unknown): void {
    this.#answers.error(session, id, route, error);
    this.trace.end(codeClassOf(error), error);
  }
}

/** The error that a backend has answered with, where the client is told it as JSON. */
function errorIn(bytes: Uint8Array, start: number, end: number): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.subarray(start, end)).toString());
  } catch {
    return undefined; // by protobuf: how it ended is known all the same
  }
}

/** The route for one message: what comes of it is told to `ended`, too. */
export function endingRoute(route: LocalRoute, ended: EndOfWork): LocalRoute {
  return { ...route, call: (msg, session) => route.call(msg, session), ended };
}
