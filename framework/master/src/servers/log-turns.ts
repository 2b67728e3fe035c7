import { type Clock, PomeloError } from '@pomelo-ts/common';

/** Most reads of one log that may be under way or wait for their turn: of all who ask, and of one. */
const [mostOfAll, mostOfOne] = [64, 16];

/** Reads a log, and resolves once that is over, however it ended. */
type Job = () => Promise<void>;

/** Those who read one log, or wait for it. */
interface Line {
  /** Whose reads wait, each with theirs: the first of them is the next, and goes behind all others then. */
  readonly waiting: Map<string, Job[]>;
  /** Who reads it now, or has just read it. */
  reader: string | undefined;
}

/**
 * Has each log read by one at a time, with a rest after it of as long as that took: who reads it, and it may be many or one who asks for it
 * again and again, takes from the server, and so from its players, half of its time at most. It goes round by who asks: one with many reads
 * has one turn, and then all others have theirs.
 */
export class LogTurns {
  readonly #clock: Clock;
  readonly #lines = new Map<string, Line>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Reads the log of `id` once it is the turn of `who`.
   *
   * @throws LOG_BUSY when too many wait; what `read` throws
   */
  take<T>(id: string, who: string, read: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const line = this.#lineFor(id, who);
      const jobs = line.waiting.get(who) ?? [];
      jobs.push(() => read().then(resolve, reject));
      line.waiting.set(who, jobs);
      if (line.reader === undefined) void this.#goOn(id, line);
    });
  }

  /** @throws LOG_BUSY */
  #lineFor(id: string, who: string): Line {
    const line: Line = this.#lines.get(id) ?? { waiting: new Map(), reader: undefined };
    const countOf = (one: string) => (line.waiting.get(one)?.length ?? 0) + (line.reader === one ? 1 : 0);
    const all = [...line.waiting.values()].reduce(
      (sum, { length }) => sum + length,
      line.reader === undefined ? 0 : 1,
    );
    const own = countOf(who);
    if (all >= mostOfAll || own >= mostOfOne)
      throw new PomeloError('LOG_BUSY', { serverId: id, most: own >= mostOfOne ? mostOfOne : mostOfAll });
    this.#lines.set(id, line);
    return line;
  }

  async #goOn(id: string, line: Line): Promise<void> {
    for (let next = nextOf(line); next; next = nextOf(line)) {
      const begun = this.#clock.now();
      await next();
      await this.#rest(this.#clock.now() - begun);
    }
    this.#lines.delete(id);
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }
}

function nextOf(line: Line): Job | undefined {
  const { waiting, reader } = line;
  const own = reader === undefined ? undefined : waiting.get(reader);
  if (own) {
    waiting.delete(reader!); // behind all others, also those who came meanwhile
    waiting.set(reader!, own);
  }
  const [who, jobs] = waiting.entries().next().value ?? [];
  line.reader = who;
  if (who === undefined || jobs === undefined) return undefined;
  waiting.delete(who);
  const job = jobs.shift();
  if (jobs.length > 0) waiting.set(who, jobs);
  return job;
}
