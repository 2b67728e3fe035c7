import type { LogFilter } from '@pomelo-ts/cluster/masters';
import { reasonOf } from '@pomelo-ts/common';
import { type LogLine, logTimeOf } from '@pomelo-ts/views';
import { LogLines } from '../../view/log-lines.js';
import { allServers, type LogEntry } from '../../view/top/screen-state.js';
import { LogFollower } from '../logs/log-follower.js';
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
  tell: (lines: readonly LogEntry[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const note = (error: unknown) => tell([{ text: `(${reasonOf(error)})`, style: 'yellow' }]);
  try {
    const source = await open();
    try {
      const all = id === allServers;
      const known = all ? await source.ids() : [id];
      const shown = new LogLines({ colours: false }, known, { times: true });
      const entries = new Entries((line) =>
        all ? shown.show(`[${line.id}] ${line.text}`) : shown.text(line.text),
      );
      const follower = new LogFollower(source, { ids: all ? [] : [id], filter, note });
      const print = (lines: readonly LogLine[]) => {
        if (lines.length > 0 && !signal.aborted) tell(lines.flatMap((line) => entries.of(line)));
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

/** Makes of lines of logs what is shown of them. */
class Entries {
  readonly #textOf: (line: LogLine) => string;
  /** When each server has last said when it is. */
  readonly #times = new Map<string, number>();

  constructor(textOf: (line: LogLine) => string) {
    this.#textOf = textOf;
  }

  /** One for each line of the screen: errors have their stack. */
  of(line: LogLine): LogEntry[] {
    const { id, text, around } = line;
    const at = logTimeOf(text) ?? this.#times.get(id);
    if (at !== undefined) this.#times.set(id, at);
    const more = { id, ...(at !== undefined && { at }), ...(around && { style: 'dim' as const }) };
    const [first = '', ...others] = this.#textOf(line).split('\n');
    return [{ text: first, ...more }, ...others.map((one) => ({ text: one, of: first, ...more }))];
  }
}
