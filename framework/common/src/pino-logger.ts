import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Logger as Pino } from 'pino';
import { briefError } from './brief-error.js';
import { reasonOf } from './errors.js';
import type { LogOutput } from './log/log-output.js';
import { type LogFacts, type Logger, type LogLevel, logLevels } from './logger.js';

type WrittenLevel = Exclude<LogLevel, 'silent'>;

/** Settings of {@link createLogger}. */
export interface LoggerOptions {
  /** Or what tells it, asked for each line. @default 'info' */
  readonly level?: LogLevel | (() => LogLevel);
  /** Facts of every line, such as the server's id. */
  readonly facts?: LogFacts;
  /** File descriptor to write to. @default 1 */
  readonly fd?: number;
  /** What lines go through on their way there. */
  readonly output?: LogOutput;
}

/**
 * A logger that writes one JSON object a line (pino's format, with ISO times and level names). Pino itself is loaded with
 * the first line that is written: it takes 7 MB, and most servers have nothing to say most of the time.
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const { level = 'info', facts = {}, fd = 1, output } = options;
  const levelNow = typeof level === 'function' ? level : () => level;
  let made: Pino | undefined;
  return wrap(levelNow, fd, () => {
    made ??= makePino(fd, output);
    return made.child(facts);
  });
}

function makePino(fd: number, output: LogOutput | undefined): Pino {
  const { pino } = createRequire(import.meta.url)('pino') as typeof import('pino');
  const destination = output ?? pino.destination({ fd, sync: true });
  // A full disk must not end the process that logs.
  if ('on' in destination) destination.on('error', () => {});
  return pino(
    {
      level: 'debug', // lines of other levels do not come here
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.err },
    },
    destination,
  );
}

/** Code of a game throws what pino cannot write: an error that is frozen, or whose getters fail. */
function writeAnyway(pino: () => Pino, fd: number, level: WrittenLevel, msg: string, facts: LogFacts): void {
  try {
    const { error, ...others } = facts;
    pino()[level](error === undefined ? others : { ...others, error: briefError(error) }, msg);
  } catch {
    writePlain(fd, level, msg, facts);
  }
}

/** What is left when pino cannot be loaded, as in a process that has no file descriptor left, or cannot write these facts. */
function writePlain(fd: number, level: LogLevel, msg: string, facts: LogFacts): void {
  const { error } = facts;
  const reason = error === undefined ? '' : reasonOf(error);
  const line = { level, time: new Date().toISOString(), msg, error: reason };
  try {
    writeSync(fd, `${JSON.stringify(line)}\n`);
  } catch {
    // Logging is never an error of whoever logs.
  }
}

function wrap(level: () => LogLevel, fd: number, make: () => Pino): Logger {
  let made: Pino | undefined;
  const pino = (): Pino => {
    made ??= make();
    return made;
  };
  const write =
    (name: WrittenLevel) =>
    (message: string, facts: LogFacts = {}): void => {
      if (logLevels.indexOf(name) < logLevels.indexOf(level())) return;
      try {
        pino()[name](facts, message);
      } catch {
        writeAnyway(pino, fd, name, message, facts);
      }
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (facts) => wrap(level, fd, () => pino().child(facts)),
    flush: () => made?.flush(),
  };
}
