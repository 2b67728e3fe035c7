import { type LogFacts, type Logger, silentLogger } from '../../src/logger.js';

/** A logger that remembers what it was told, with the facts of its children. */
export function remembering(lines: string[] = [], all: LogFacts[] = [], known: LogFacts = {}): Logger {
  const write = (level: string) => (message: string, facts?: LogFacts) => {
    lines.push(`${level} ${message}`);
    all.push({ ...known, ...facts });
  };
  return {
    ...silentLogger,
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    child: (facts) => remembering(lines, all, { ...known, ...facts }),
  };
}
