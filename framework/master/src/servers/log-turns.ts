import { type Clock, PomeloError } from '@pomelo-ts/common';

/** Most reads of one log that may be under way or wait for their turn: of all who ask, and of one. */
const [mostOfAll, mostOfOne] = [64, 16];

/** Those who read one log, or wait for it. */
interface Line {
  readonly who: string[];
  last: Promise<unknown>;
}

/**
 * Has each log read by one at a time, with a rest after it of as long as that took: who reads it, and it may be many or one who asks for it
 * again and again, takes from the server, and so from its players, half of its time at most.
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
  async take<T>(id: string, who: string, read: () => Promise<T>): Promise<T> {
    const line = this.#lines.get(id) ?? { who: [], last: Promise.resolve() };
    const own = line.who.filter((one) => one === who).length;
    if (line.who.length >= mostOfAll || own >= mostOfOne)
      throw new PomeloError('LOG_BUSY', { serverId: id, most: own >= mostOfOne ? mostOfOne : mostOfAll });
    this.#lines.set(id, line);
    line.who.push(who);
    const before = line.last;
    const turn = before.then(() => this.#timed(read));
    line.last = turn.then(({ ms }) => this.#rest(ms)).finally(() => this.#leave(id, line, who));
    const { result } = await turn;
    return result;
  }

  /** The result may be a failure, which is nothing that those behind have to do with. */
  async #timed<T>(read: () => Promise<T>): Promise<{ readonly result: Promise<T>; readonly ms: number }> {
    const begun = this.#clock.now();
    const result = read();
    await result.catch(() => {});
    return { result, ms: this.#clock.now() - begun };
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#clock.after(ms, resolve));
  }

  #leave(id: string, line: Line, who: string): void {
    line.who.splice(line.who.indexOf(who), 1);
    if (line.who.length === 0) this.#lines.delete(id);
  }
}
