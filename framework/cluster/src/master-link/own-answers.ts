import type { JoinOptions } from './join-options.js';
import { ownFacts } from './own-facts.js';

/** What a master asks to know that all is heard that it has said before. */
export const heard = 'heard';

/** Answers what every server can tell without its game; undefined for other commands. */
export function ownAnswer(
  command: string,
  args: unknown,
  options: JoinOptions,
): Promise<unknown> | undefined {
  if (command === heard) return Promise.resolve({});
  if (command === 'facts') return Promise.resolve(ownFacts());
  return command === 'log' ? readOwnLog(args, options) : undefined;
}

async function readOwnLog(args: unknown, { logFile, external }: JoinOptions): Promise<unknown> {
  const elsewhere = external ? 'whoever runs it has its output' : 'it writes to the terminal of its master';
  if (logFile === undefined) return { missing: elsewhere };
  const { readLog } = await import('../log/log-file.js'); // seldom needed
  return readLog(logFile, args as Parameters<typeof readLog>[1]);
}
