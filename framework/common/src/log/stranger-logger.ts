import { hostIn, networkOf } from '../address.js';
import type { Clock } from '../clock.js';
import { reasonOf } from '../errors.js';
import type { LogFacts, Logger } from '../logger.js';

/** How long what strangers cause is counted together, in ms. */
const windowMs = 10_000;
/** Lines in that time for one address, and for all. */
const linesOfAddress = 3;
const linesOfAll = 20;
/** Addresses that are told apart; all further ones are one. */
const maxAddresses = 1000;
/** Addresses that the end of that time is told of. */
const toldAddresses = 5;

/**
 * For what a connection causes that has proved nothing yet: a few lines for each address, the fact `from`, and for all together; the
 * others are told as a number. Of errors the reason alone is written: their stacks are ours.
 */
export function strangerLogger(inner: Logger, clock: Clock): Logger {
  const strangers = new Strangers(inner, clock);
  const write =
    (level: 'warn' | 'error') =>
    (message: string, facts: LogFacts = {}): void => {
      const { from, error, ...rest } = facts;
      if (!strangers.mayTell(String(from ?? 'nobody knows where'))) return;
      inner[level](message, {
        from,
        ...rest,
        ...(error !== undefined && { reason: reasonOf(error).slice(0, 500) }),
      });
    };
  return {
    debug: (message, facts) => inner.debug(message, facts),
    info: write('warn'),
    warn: write('warn'),
    error: write('error'),
    child: (facts) => strangerLogger(inner.child(facts), clock),
    flush: () => {
      strangers.tell();
      inner.flush();
    },
  };
}

class Strangers {
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #counts = new Map<string, number>();
  #told = 0;
  #all = 0;
  #cancel: (() => void) | undefined;

  constructor(logger: Logger, clock: Clock) {
    this.#logger = logger;
    this.#clock = clock;
  }

  mayTell(from: string): boolean {
    this.#cancel ??= this.#clock.every(windowMs, () => this.tell());
    const known = addressOf(from);
    const address =
      this.#counts.has(known) || this.#counts.size < maxAddresses ? known : 'many more addresses';
    const count = (this.#counts.get(address) ?? 0) + 1;
    this.#counts.set(address, count);
    this.#all++;
    if (count > linesOfAddress || this.#told >= linesOfAll) return false;
    this.#told++;
    return true;
  }

  /** Tells how many more there were, and from where most of them came. */
  tell(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const more = this.#all - this.#told;
    const most = [...this.#counts].sort(([, a], [, b]) => b - a).slice(0, toldAddresses);
    const addresses = this.#counts.size;
    this.#counts.clear();
    this.#told = 0;
    this.#all = 0;
    if (more === 0) return;
    const from = most.map(([address, count]) => `${address}: ${count}`).join(', ');
    const text = `${more} more connections that proved nothing were refused in ${windowMs / 1000} s`;
    this.#logger.warn(text, { addresses, from });
  }
}

/** The host of `host:port`; of IPv6 the network, as who has one has all its addresses. */
function addressOf(from: string): string {
  const network = networkOf(hostIn(from));
  return network.includes(':') ? `${network}::/64` : network;
}
