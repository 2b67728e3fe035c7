import { parseDuration } from '@pomelo-ts/common';
import { type AskedOptions, withMaster } from '../asked-master.js';
import { exitCodes } from '../failure.js';
import type { Terminal } from '../terminal.js';
import { escaped } from '../view/escaped.js';
import { traceEnd, traceLines } from '../view/trace-line.js';
import { onStopSignals } from './start/signals.js';

/** Options of `pomelo-ts trace`. */
export interface TraceOptions extends AskedOptions {
  readonly uid: string;
  /** How long, with its unit. */
  readonly for: string;
}

/** Shows what a user does and gets, on all servers, as it happens: until the time is over, or Ctrl-C. */
export async function trace(options: TraceOptions, terminal: Terminal): Promise<number> {
  const { uid } = options;
  const forMs = parseDuration(options.for);
  if (!forMs || forMs < 1000 || forMs > 3_600_000) {
    terminal.err('expected --for as a time from 1s to 1h, such as 5m');
    return exitCodes.usage;
  }
  const ended = new AbortController();
  const release = onStopSignals({
    first: () => ended.abort(),
    second: () => process.exit(exitCodes.interrupted),
  });
  try {
    const end = await withMaster(options, ({ client }) => {
      // nothing may come for a while: of somebody who is not connected, nothing at all
      terminal.err(escaped(`what ${uid} does and gets, on all servers, for ${options.for}; Ctrl-C ends it`));
      return client.operate(
        'users.trace',
        { uid, forMs },
        (news) => {
          for (const line of traceLines(news)) terminal.out(escaped(line));
        },
        ended.signal,
      );
    });
    terminal.err(traceEnd(end));
  } catch (error) {
    if (!ended.signal.aborted) throw error;
  } finally {
    release();
  }
  return exitCodes.fine;
}
