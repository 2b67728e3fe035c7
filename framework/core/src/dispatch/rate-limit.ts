import type { Clock, Logger } from '@pomelo-ts/common';
import type { CoreMeasures } from '../measures.js';
import type { Uid } from '../session-names.js';
import { type Rate, TokenBucket } from './token-bucket.js';

/** A bound on what clients send, counted where they are connected, before anything of a message is decoded. */
export interface RateLimit {
  /** Whose messages count together. A connection without a uid counts by itself where `per` is `uid`. */
  readonly per: 'connection' | 'uid' | 'ip';
  /** Routes that count: whole ones, or beginnings such as `chat.*`. @default all */
  readonly routes?: readonly string[];
  /** Whether each route has an allowance of its own; those that no handler answers share one. @default false: all routes share one */
  readonly eachRoute?: boolean;
  /** Messages that may come. */
  readonly messages?: Rate;
  /** Bytes of messages that may come, heads included. */
  readonly bytes?: Rate;
  /**
   * What happens to a message beyond: `warn` lets it pass and logs; `throttle` answers it with RATE_LIMITED (code 429 and
   * `data.retryAfterMs`), and drops it when it is a notify; `close` ends the connection. @default throttle
   */
  readonly action?: 'warn' | 'throttle' | 'close';
}

/** Who sent a message. */
export interface Sender {
  readonly id: string;
  readonly uid: Uid | undefined;
  readonly remoteAddress: string;
  /** By its key an address counts; of IPv6 the network. */
  readonly origin: { readonly key: string };
}

/** What becomes of a message: nothing, or the strictest of what the limits say. */
export type Verdict = { readonly action: 'throttle' | 'close'; readonly retryAfterMs: number } | undefined;

interface Buckets {
  readonly messages: TokenBucket | undefined;
  readonly bytes: TokenBucket | undefined;
}

interface Rule {
  readonly limit: RateLimit;
  readonly buckets: Map<string, Buckets>;
  warnedAt: number;
}

/** How often full buckets are forgotten, and how often a limit warns at most, in ms. */
const sweepMs = 10_000;
const warnMs = 1000;

/** Counts what clients send against the limits of the game. */
export class RateLimiter {
  readonly #rules: readonly Rule[];
  /** Of declared routes only: clients can invent others for ever. */
  readonly #byRoute = new Map<string, readonly Rule[]>();
  readonly #declared: { has(route: string): boolean };
  readonly #clock: Clock;
  readonly #counters: CoreMeasures;
  readonly #logger: Logger;
  readonly #stopSweeping: () => void;

  constructor(
    limits: readonly RateLimit[],
    options: {
      /** Whether there is such a route. */
      declared: { has(route: string): boolean };
      clock: Clock;
      counters: CoreMeasures;
      logger: Logger;
    },
  ) {
    const { clock, counters, logger } = options;
    this.#declared = options.declared;
    this.#rules = limits.map((limit) => ({ limit, buckets: new Map(), warnedAt: Number.NEGATIVE_INFINITY }));
    this.#clock = clock;
    this.#counters = counters;
    this.#logger = logger;
    this.#stopSweeping = clock.every(sweepMs, () => this.#sweep());
  }

  /** Counts a message of `bytes` for `route`. */
  take(sender: Sender, route: string, bytes: number): Verdict {
    const now = this.#clock.now();
    let verdict: Verdict;
    for (const rule of this.#rulesOf(route)) {
      const waitMs = this.#takeFrom(rule, sender, route, bytes, now);
      if (waitMs === 0) continue;
      const { action = 'throttle' } = rule.limit;
      if (action === 'warn') this.#warn(rule, sender, route, now);
      else if (verdict?.action !== 'close') verdict = { action, retryAfterMs: waitMs };
    }
    if (verdict) this.#counters[verdict.action === 'close' ? 'clientClosedRate' : 'requestRateLimited'].add();
    return verdict;
  }

  close(): void {
    this.#stopSweeping();
  }

  #takeFrom(rule: Rule, sender: Sender, route: string, bytes: number, now: number): number {
    let key = whose(rule.limit, sender);
    if (rule.limit.eachRoute && this.#declared.has(route)) key += ` ${route}`;
    let buckets = rule.buckets.get(key);
    if (!buckets) {
      const { messages, bytes: volume } = rule.limit;
      buckets = {
        messages: messages && new TokenBucket(messages, now),
        bytes: volume && new TokenBucket(volume, now),
      };
      rule.buckets.set(key, buckets);
    }
    return Math.max(buckets.messages?.take(1, now) ?? 0, buckets.bytes?.take(bytes, now) ?? 0);
  }

  #rulesOf(route: string): readonly Rule[] {
    let rules = this.#byRoute.get(route);
    if (!rules) {
      rules = this.#rules.filter(({ limit }) => limit.routes?.some((one) => matches(one, route)) ?? true);
      if (this.#declared.has(route)) this.#byRoute.set(route, rules);
    }
    return rules;
  }

  /** Many messages must not become as many lines. */
  #warn(rule: Rule, { uid, remoteAddress: address }: Sender, route: string, now: number): void {
    this.#counters.requestRateWarned.add();
    if (now - rule.warnedAt < warnMs) return;
    rule.warnedAt = now;
    this.#logger.warn('a client sends more than its rate', { route, uid: uid ?? '', address });
  }

  /** What is full again is as good as new: so only those who send take memory. */
  #sweep(): void {
    const now = this.#clock.now();
    for (const { buckets } of this.#rules) {
      for (const [key, { messages, bytes }] of buckets)
        if ((messages?.isFull(now) ?? true) && (bytes?.isFull(now) ?? true)) buckets.delete(key);
    }
  }
}

function whose({ per }: RateLimit, { id, uid, origin }: Sender): string {
  if (per === 'ip') return origin.key;
  if (per === 'uid' && uid !== undefined) return `${typeof uid} ${uid}`;
  return `#${id}`;
}

function matches(pattern: string, route: string): boolean {
  return pattern.endsWith('*') ? route.startsWith(pattern.slice(0, -1)) : pattern === route;
}
