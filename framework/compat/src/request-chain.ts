import { PomeloError } from '@pomelo-ts/common';
import { type Application, isGameError } from '@pomelo-ts/core';
import {
  type After,
  afterOf,
  type Before,
  beforeOf,
  halvesOf,
  type OldFilter,
  type OldOutcome,
  type OldRequest,
  step,
} from './old-filter.js';
import type { Anything, OldStyle } from './types.js';

/** `(error, msg, answer, session, [options], next)`: what an app sets as `errorHandler`. */
export type OldErrorHandler = (...args: Anything[]) => unknown;

/** The filters around handlers, as pomelo runs them: every after, also when a before has failed. */
export class RequestChain {
  readonly #app: Application;
  readonly #style: OldStyle;
  readonly #befores: Before[] = [];
  readonly #afters: After[] = [];
  /** Asks for the app's error handler, which may be set later than its filters. */
  readonly #errorHandler: () => unknown;

  constructor(app: Application, style: OldStyle, errorHandler: () => unknown) {
    this.#app = app;
    this.#style = style;
    this.#errorHandler = errorHandler;
  }

  get hasFilters(): boolean {
    return this.#befores.length > 0 || this.#afters.length > 0;
  }

  /** Whether nobody waits for the end of a request. */
  get isEmpty(): boolean {
    return !this.hasFilters && !this.#errorHandler();
  }

  filter(filter: OldFilter): void {
    const { before, after } = halvesOf(filter, this.#style, this.#app);
    this.#befores.push(before);
    this.#afters.push(after);
  }

  before(filter: OldFilter): void {
    this.#befores.push(beforeOf(filter, this.#style, this.#app));
  }

  after(filter: OldFilter): void {
    this.#afters.push(afterOf(filter, this.#style, this.#app));
  }

  /** Takes a request through befores, handler, error handler and afters; gives the client's answer. */
  async run(request: OldRequest, handler: () => Promise<OldOutcome>): Promise<unknown> {
    let outcome = await this.enter(request);
    if (!outcome.error) outcome = await handler();
    if (outcome.error) outcome = await this.repair(request, outcome);
    const error = await this.leave(request, outcome);
    return conclude(request.route.route, { error, answer: outcome.answer });
  }

  /** Runs the befores until one fails. */
  async enter(request: OldRequest): Promise<OldOutcome> {
    for (const before of this.#befores) {
      const outcome = await before(request);
      if (outcome.error) return outcome;
    }
    return {};
  }

  /** Gives an error to the app's error handler, if it has one. */
  async repair(request: OldRequest, { error, answer }: OldOutcome): Promise<OldOutcome> {
    const handler = this.#errorHandler() as OldErrorHandler | undefined;
    if (typeof handler !== 'function') return { error, answer };
    const { msg, session } = request;
    const options = handler.length >= 6 ? [undefined] : [];
    const [left, given] = await step(handler, undefined, [error, msg, answer, session, ...options]);
    return { error: left, answer: given };
  }

  /** Runs the afters, the last one first; gives the error that is left. */
  async leave(request: OldRequest, outcome: OldOutcome): Promise<unknown> {
    let { error } = outcome;
    for (const after of [...this.#afters].reverse())
      error = await after(request, { error, answer: outcome.answer });
    return error;
  }
}

/** The client's answer: with an error what the app answers beside it, and code 500 unless it says another. */
export function conclude(route: string, { error, answer }: OldOutcome): unknown {
  if (!error) return answer ?? {};
  if (typeof answer === 'object' && answer !== null) {
    const { code } = answer as { code?: unknown };
    return code ? answer : { ...answer, code: 500 };
  }
  throw isGameError(error) ? error : new PomeloError('HANDLER_FAILED', { route }, { cause: error });
}
