import { reasonOf } from '@pomelo-ts/common';
import { LogLines } from '../../view/log-lines.js';
import { LogFollower } from '../logs/log-follower.js';
import type { LogSource } from '../logs/log-source.js';

/** Lines of a log that are shown at once. */
const linesBack = 500;

/** Whose log is followed, and where it is read. */
export interface FollowedLog {
  readonly id: string;
  open(): Promise<LogSource>;
}

/** Tells the last lines of a server's log, and what is added until `signal`. What keeps it from being read is told as a line. */
export async function followLog(
  { id, open }: FollowedLog,
  tell: (lines: readonly string[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const shown = new LogLines({ colours: false }, [id], { times: true });
  const note = (error: unknown) => tell([`(${reasonOf(error)})`]);
  try {
    const source = await open();
    try {
      const follower = new LogFollower(source, { ids: [id], note });
      const print = (lines: readonly { readonly text: string }[]) => {
        if (lines.length > 0 && !signal.aborted)
          tell(lines.flatMap(({ text }) => shown.text(text).split('\n')));
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
