import type { RouteTimes } from '../measures/duration-measures.js';
import type { EndOfWork } from '../tracing.js';

/** The parts of a route. */
export interface RouteParts {
  /** As the client sent it: `type.handler.method`. */
  readonly route: string;
  readonly serverType: string;
  readonly handler: string;
  readonly method: string;
}

/** A route with the times of its requests. */
export interface TimedRoute extends RouteParts {
  readonly times: RouteTimes;
  /** Told how one message ended, where that is traced. */
  readonly ended?: EndOfWork | undefined;
}

/** A request, as the end of its work knows it. */
export interface Begun {
  readonly route: string;
  /** Undefined where its time is not measured here. */
  readonly times?: RouteTimes;
  /** Told how it ended, where that is traced. */
  readonly ended?: EndOfWork | undefined;
}

/** Splits `type.handler.method`; undefined when it has not exactly three parts with something in each. */
export function splitRoute(route: string): RouteParts | undefined {
  const parts = route.split('.');
  const [serverType, handler, method] = parts;
  if (parts.length !== 3 || !serverType || !handler || !method) return undefined;
  return { route, serverType, handler, method };
}

/** One request while filters and handler work on it. */
export class RequestContext implements RouteParts {
  readonly route: string;
  readonly serverType: string;
  readonly handler: string;
  readonly method: string;
  /** Whether nobody waits for an answer. */
  readonly isNotify: boolean;
  readonly #settle: (error: unknown) => void;

  constructor(parts: RouteParts, isNotify: boolean, settle: (error: unknown) => void) {
    this.route = parts.route;
    this.serverType = parts.serverType;
    this.handler = parts.handler;
    this.method = parts.method;
    this.isNotify = isNotify;
    this.#settle = settle;
  }

  /** Answers the client with an error now; what the handler gives later is ignored. */
  fail(error: unknown): void {
    this.#settle(error);
  }
}
