import type { IncomingHttpHeaders } from 'node:http';
import type { Logger } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';

/** Which web pages may connect: those of the same host, any, those listed, or those a function accepts. */
export type OriginRule =
  | 'same-host'
  | 'any'
  | readonly string[]
  | ((origin: string, headers: IncomingHttpHeaders) => boolean);

/** Decides by an {@link OriginRule}. */
export class OriginPolicy {
  readonly #rule: OriginRule;
  readonly #logger: Logger;

  constructor(rule: OriginRule, logger: Logger) {
    this.#rule = rule;
    this.#logger = logger;
  }

  /** Whether a request with these headers may go on. One without an origin comes from a program, not a page. */
  allows(headers: IncomingHttpHeaders): boolean {
    const rule = this.#rule;
    const { origin } = headers;
    if (origin === undefined || rule === 'any') return true;
    if (typeof rule === 'function') return this.#ask(rule, origin, headers);
    if (rule !== 'same-host') return rule.some((allowed) => matches(allowed, origin));
    const host = hostOf(origin);
    return host !== undefined && host === hostOf(`http://${headers.host ?? ''}`);
  }

  #ask(
    rule: Extract<OriginRule, (...args: never[]) => unknown>,
    origin: string,
    headers: IncomingHttpHeaders,
  ): boolean {
    try {
      return rule(origin, headers) === true;
    } catch (error) {
      this.#logger.error('the origin rule of the game failed; the page was refused', {
        error: briefError(error),
      });
      return false;
    }
  }
}

/** The host without its port: a page of the gate may connect to a connector on the same machine. */
function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).hostname : undefined;
}

/** `allowed` is an origin, or one with `*.` before its host that stands for one or more labels. */
function matches(allowed: string, origin: string): boolean {
  const wildcard = allowed.indexOf('://*.');
  if (wildcard < 0) return allowed.toLowerCase() === origin.toLowerCase();
  const scheme = allowed.slice(0, wildcard + 3).toLowerCase();
  const suffix = allowed.slice(wildcard + 4).toLowerCase();
  const text = origin.toLowerCase();
  return text.startsWith(scheme) && text.endsWith(suffix) && text.length > scheme.length + suffix.length;
}
