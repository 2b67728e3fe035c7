import { type LogLevel, parseDuration } from '@pomelo-ts/common';
import { withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import { selectionOf } from '../selection.js';
import type { Terminal } from '../terminal.js';
import { escaped } from '../view/escaped.js';
import { count } from '../view/units.js';
import type { SelectingOptions } from './stop.js';

/** Options of `pomelo-ts loglevel`. */
export interface LogLevelOptions extends SelectingOptions {
  readonly level: LogLevel | 'settings';
  /** A duration with its unit. */
  readonly for: string;
}

/** Has servers log more or less for a while. Exit code 1 when one of them did not hear it. */
export async function logLevel(options: LogLevelOptions, terminal: Terminal): Promise<number> {
  const { level } = options;
  const forMs = parseDuration(options.for);
  if (forMs === undefined) {
    terminal.err(`expected --for as a duration with its unit, such as "10m"; got ${options.for}`);
    return exitCodes.usage;
  }
  const { changed, silent } = await withMaster(options, ({ client }) =>
    client.operate('servers.loglevel', { ...selectionOf(options), level, forMs }),
  );
  const isOne = changed.length === 1;
  const settings = isOne ? 'as its settings say' : 'as their settings say';
  const how = level === 'settings' ? settings : `at ${level} for ${options.for}`;
  terminal.out(
    `${count(changed.length, 'server')} ${isOne ? 'logs' : 'log'} ${how}${changed.length > 0 ? `: ${escaped(changed.join(' '))}` : ''}`,
  );
  for (const { id, reason } of silent)
    terminal.err(`warning ${escaped(id)} has not heard it: ${escaped(reason)}`);
  return silent.length > 0 ? exitCodes.failure : exitCodes.fine;
}
