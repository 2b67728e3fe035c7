import type { LogFilter } from '@pomelo-ts/cluster/masters';
import { reasonOf } from '@pomelo-ts/common';
import { LogLines } from '../../view/log-lines.js';
import { allServers } from '../../view/top/screen-state.js';
import { LogFollower, type LogLine } from '../logs/log-follower.js';
import type { LogSource } from '../logs/log-source.js';

/** Lines of a log that are shown at once. */
const linesBack = 500;

/** Whose log is followed, and where it is read. */
export interface FollowedLog {
  /** A server, or {@link allServers}. */
  readonly id: string;
  readonly filter: LogFilter | undefined;
  open(): Promise<LogSource>;
}

/** Tells the last lines of a server's log, and what is added until `signal`. What keeps it from being read is told as a line. */
export async function followLog(
  { id, filter, open }: FollowedLog,
  tell: (lines: readonly string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const note = (error: unknown) => tell([`(${reasonOf(error)})`]);
  try {
    const source = await open();
    try {
      const all = id === allServers;
      const known = all ? await source.ids() : [id];
      const shown = new LogLines({ colours: false }, known, { times: true });
      const textOf = (line: LogLine) =>
        all ? shown.show(`[${line.id}] ${line.text}`) : shown.text(line.text);
      const follower = new LogFollower(source, { ids: all ? [] : [id], filter, note });
      const print = (lines: readonly LogLine[]) => {
        if (lines.length > 0 && !signal.aborted) tell(lines.flatMap((line) => textOf(line).split('\n')));
      };
      await follower.begin(linesBack, print);
      await follower.follow(print, signal);
    } finally {
      source.close();
    }
  } catch (error) {
    if (!signal.aborted) note(error);
  }
}
