import { type Logger as Pino, pino, stdSerializers } from 'pino';
import type { LogFacts, Logger, LogLevel } from './logger.js';

/** Settings of {@link createLogger}. */
export interface LoggerOptions {
  /** @default 'info' */
  readonly level?: LogLevel;
  /** Facts of every line, such as the server's id. */
  readonly facts?: LogFacts;
  /** File descriptor to write to. @default 1 */
  readonly fd?: number;
}

/** A logger that writes one JSON object a line (pino's format, with ISO times and level names). */
export function createLogger(options: LoggerOptions = {}): Logger {
  const { level = 'info', facts = {}, fd = 1 } = options;
  const destination = pino.destination({ fd, sync: true });
  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: stdSerializers.err },
    },
    destination,
  );
  return wrap(root.child(facts));
}

function wrap(log: Pino): Logger {
  return {
    debug: (message, facts) => log.debug(facts ?? {}, message),
    info: (message, facts) => log.info(facts ?? {}, message),
    warn: (message, facts) => log.warn(facts ?? {}, message),
    error: (message, facts) => log.error(facts ?? {}, message),
    child: (facts) => wrap(log.child(facts)),
    flush: () => log.flush(),
  };
}
