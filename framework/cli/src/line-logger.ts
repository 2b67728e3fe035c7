import { type LogFacts, type Logger, reasonOf } from '@pomelo-ts/common';
import { escaped } from './view/escaped.js';

/** A logger for people: `[master] message key=value`, warnings and errors only. */
export function lineLogger(print: (line: string) => void, name = 'master', base: LogFacts = {}): Logger {
  const write = (message: string, facts: LogFacts = {}) => {
    const shown = Object.entries({ ...base, ...facts })
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => `${key}=${key === 'error' ? JSON.stringify(reasonOf(value)) : reasonOf(value)}`);
    print([`[${name}]`, ...[message, ...shown].map(escaped)].join(' '));
  };
  return {
    debug: () => {},
    info: () => {},
    warn: write,
    error: write,
    child: (facts) => lineLogger(print, name, { ...base, ...facts }),
    flush: () => {},
  };
}
