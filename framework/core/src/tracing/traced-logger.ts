import type { LogFacts, Logger } from '@pomelo-ts/common';

/** A logger that adds to each line what `factsNow` gives at that moment; the line's own facts go before them. */
export function tracedLogger(inner: Logger, factsNow: () => LogFacts | undefined): Logger {
  const write =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, facts?: LogFacts): void => {
      const more = factsNow();
      inner[level](message, more ? { ...more, ...facts } : facts);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (facts) => tracedLogger(inner.child(facts), factsNow),
    flush: () => inner.flush(),
  };
}
