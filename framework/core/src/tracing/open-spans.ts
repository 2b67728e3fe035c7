import type { Attributes, Span, SpanContext } from '@opentelemetry/api';
import type { Clock, Logger } from '@pomelo-ts/common';
import { briefError, type CodeClass, shorten } from '@pomelo-ts/common/internal';
import type { CoreMeasures } from '../measures.js';
import type { EndOfWork } from '../tracing.js';
import { errorType, rpcStatusCode } from './attributes.js';

/** Most spans that are open at a time; work beyond is done untraced. */
export const mostOpen = 20_000;

/** How often it is looked whether spans are open for too long, in ms. */
const sweepMs = 1000;

/** Status of a span that failed: `SpanStatusCode.ERROR` of the API. */
const failed = 2;

/** A span that has begun. */
export interface OpenSpan {
  readonly span: Span;
  /** What others are told of it. */
  readonly context: SpanContext;
  /** Adds to what it tells. */
  tell(attributes: Attributes): void;
  /** Ends it, the first time; `at` in ms since 1970 for one that has ended before. */
  readonly end: (...args: [...Parameters<EndOfWork>, at?: number]) => void;
}

/** Settings of {@link OpenSpans}. */
export interface OpenSpansOptions {
  /** How long one may be open, in ms. */
  readonly longestMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The spans that a server has begun and not ended. Each ends: by what it stands for, after `longestMs`, or with the server. */
export class OpenSpans {
  readonly #options: OpenSpansOptions;
  /** In the order in which they began. */
  readonly #open = new Map<OpenSpan, number>();
  #counters: CoreMeasures | undefined;
  #stopSweep = () => {};
  #told = false;

  constructor(options: OpenSpansOptions) {
    this.#options = options;
  }

  /** Spans begin from now on, and are counted in `counters` where that is no matter of course. */
  begins(counters: CoreMeasures): void {
    this.#counters = counters;
    this.#stopSweep = this.#options.clock.every(sweepMs, () => this.#sweep());
  }

  /** Begins the span that `start` makes; undefined when there are too many, or it fails. */
  begin(start: () => Span): OpenSpan | undefined {
    const { clock } = this.#options;
    if (this.#open.size >= mostOpen) {
      this.#counters?.traceLeftOut.add();
      return undefined;
    }
    let [span, context]: [Span?, SpanContext?] = [];
    try {
      span = start();
      context = span.spanContext();
      context.traceId.at(0); // a span that is none is the SDK's failure, and no request's
    } catch (error) {
      this.#sdkFailed(error);
      return undefined;
    }
    const open: OpenSpan = {
      ...{ span, context },
      tell: (attributes) => this.#try(() => span.setAttributes(attributes)),
      end: (codeClass, error, at) => this.#end(open, codeClass, error, at),
    };
    this.#open.set(open, clock.now());
    return open;
  }

  /** Ends all that is open. */
  close(): void {
    this.#stopSweep();
    for (const open of this.#open.keys()) open.end('error', { code: 'SERVER_STOPPED' });
  }

  #end(open: OpenSpan, codeClass: CodeClass, error: unknown, at?: number): void {
    if (!this.#open.delete(open)) return;
    const { span } = open;
    if (codeClass !== 'ok') this.#try(() => tellFailure(span, codeClass, error));
    this.#try(() => span.end(at));
  }

  /** What is asked of the SDK fails no request. */
  #try(ask: () => void): void {
    try {
      ask();
    } catch (error) {
      this.#sdkFailed(error);
    }
  }

  #sweep(): void {
    const { clock, longestMs } = this.#options;
    const latest = clock.now() - longestMs;
    for (const [open, since] of this.#open) {
      if (since > latest) return;
      this.#counters?.traceOverdue.add();
      open.end('timeout');
    }
  }

  #sdkFailed(error: unknown): void {
    this.#counters?.traceFailures.add();
    if (this.#told) return;
    this.#told = true;
    this.#options.logger.warn(
      'the OpenTelemetry SDK of the game failed, and what it failed at is not traced',
      {
        error: briefError(error),
      },
    );
  }
}

function tellFailure(span: Span, codeClass: CodeClass, error: unknown): void {
  const code = codeOf(error);
  span.setAttribute(errorType, code ?? codeClass);
  if (code !== undefined) span.setAttribute(rpcStatusCode, code);
  span.setStatus({ code: failed, message: code ?? codeClass });
}

/** What an error has as its code, whatever it is. */
function codeOf(error: unknown): string | undefined {
  try {
    const { code } = (error ?? {}) as { readonly code?: unknown };
    return typeof code === 'string' || typeof code === 'number' ? shorten(String(code), 100) : undefined;
  } catch {
    return undefined;
  }
}
