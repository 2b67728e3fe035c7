import { reasonOf } from '@pomelo-ts/common';
import type { MasterClient } from '../../master-client.js';
import type { LogEntry } from '../../view/top/screen-state.js';
import { traceEnd, traceLines } from '../../view/trace-line.js';

/** Tells what happens to a user as lines, until the time is over or `signal`, and then how it has ended. */
export async function followTrace(
  connect: () => Promise<MasterClient>,
  args: { readonly uid: string; readonly forMs: number },
  tell: (lines: readonly LogEntry[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const say = (lines: readonly string[]) => {
    if (!signal.aborted && lines.length > 0) tell(lines.map((text) => ({ text })));
  };
  try {
    const client = await connect();
    const end = await client.operate('users.trace', args, (news) => say(traceLines(news)), signal);
    say([`(${traceEnd(end)})`]);
  } catch (error) {
    say([`(${reasonOf(error)})`]);
  }
}
