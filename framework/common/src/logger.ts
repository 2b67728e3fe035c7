/** Facts beside a log message. An error goes under `error`. */
export type LogFacts = Readonly<Record<string, unknown>>;

/** What the framework needs of a logger. */
export interface Logger {
  debug(message: string, facts?: LogFacts): void;
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  error(message: string, facts?: LogFacts): void;
  /** A logger that adds `facts` to each line. */
  child(facts: LogFacts): Logger;
  /** Writes what is still held back. */
  flush(): void;
}

/** Levels from the most to the least talkative. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

const nothing = () => {};

/** A logger that says nothing. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
  flush: nothing,
};
