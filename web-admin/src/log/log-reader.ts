import { type LogFilterArgs, type LogLine, logLinesOf } from '@pomelo-ts/views';
import type { LogPart } from '../api/answers.js';
import { ApiError } from '../api/request.js';

/** Asks for a part of a log. */
export type AskLog = (args: { readonly id: string; readonly request: object }) => Promise<LogPart>;

/** Logs that are asked for at once: one page has not all of what its connection may ask. */
const atOnce = 8;

/** Reads logs of servers, and then on from where it has read. What nobody wants stays where the log is. */
export class LogReader {
  readonly #ask: AskLog;
  readonly #wanted: LogFilterArgs;
  readonly #positions = new Map<string, LogPart['next']>();

  constructor(ask: AskLog, wanted: LogFilterArgs) {
    this.#ask = ask;
    this.#wanted = wanted;
  }

  /**
   * What is new in each log; of one that is read for the first time its last lines. Of several servers some may never have run: those have no lines.
   *
   * @throws ApiError
   */
  async read(ids: readonly string[], last: number): Promise<readonly (readonly LogLine[])[]> {
    const found: (readonly LogLine[])[] = [];
    for (let n = 0; n < ids.length; n += atOnce) {
      const some = ids.slice(n, n + atOnce);
      found.push(...(await Promise.all(some.map((id) => this.#of(id, last, ids.length === 1)))));
    }
    return found;
  }

  async #of(id: string, last: number, alone: boolean): Promise<readonly LogLine[]> {
    const lines: LogLine[] = [];
    for (;;) {
      const part = await this.#part(id, last, alone);
      if (!part) return lines;
      this.#positions.set(id, part.next);
      lines.push(...logLinesOf(id, part));
      if (!part.more) return lines;
    }
  }

  async #part(id: string, last: number, alone: boolean): Promise<LogPart | undefined> {
    const after = this.#positions.get(id);
    const filter = Object.keys(this.#wanted).length > 0 ? { filter: this.#wanted } : {};
    try {
      return await this.#ask({ id, request: { ...(after ? { after } : { lines: last }), ...filter } });
    } catch (error) {
      if (!alone && error instanceof ApiError && error.code === 'LOG_MISSING') return undefined;
      throw error;
    }
  }
}
