import { setTimeout as sleep } from 'node:timers/promises';
import { type LogFilter, type LogPart, type LogPosition, logStart } from '@pomelo-ts/cluster/masters';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { inOrderOfTime, type LogLine, logLinesOf } from '@pomelo-ts/views';
import type { LogSource } from './log-source.js';

/** How often logs are looked at while they are followed, in ms; and how much longer for each server. */
const lookMs = 300;
const lookMsEach = 5;
/** How many looks there are between two questions who is in the cluster. */
const looksForIds = 10;

/** Most of logs that is kept, to be put in order, in characters: more than the end of any log that is looked at. */
const mostKept = 16 * 1024 ** 2;

/** What a {@link LogFollower} follows. */
export interface LogFollowerOptions {
  /** Servers; none means all, also those that come. */
  readonly ids: readonly string[];
  readonly filter?: LogFilter | undefined;
  note(error: unknown): void;
}

/** Reads logs on from where it has read. */
export class LogFollower {
  readonly #source: LogSource;
  readonly #chosen: readonly string[];
  readonly #note: (error: unknown) => void;
  readonly #positions = new Map<string, LogPosition>();
  /** What was told last of each server that cannot be read. */
  readonly #told = new Map<string, string>();
  readonly #filter: LogFilter | undefined;
  #ids: readonly string[] = [];

  constructor(source: LogSource, { ids, note, filter }: LogFollowerOptions) {
    this.#filter = filter;
    this.#source = source;
    this.#chosen = ids;
    this.#note = note;
  }

  /** Hands out the last lines of each, or all; false when no log could be read. */
  async begin(back: number | 'all', print: (lines: readonly LogLine[]) => void): Promise<boolean> {
    this.#ids = this.#chosen.length > 0 ? this.#chosen : await this.#source.ids();
    if (back === 'all') {
      for (const id of this.#ids) await this.#readOn(id, print);
      return this.#positions.size > 0;
    }
    print(inOrderOfTime(await Promise.all(this.#ids.map((id) => this.#last(id, back)))));
    return this.#positions.size > 0;
  }

  /** Hands out what comes, until `signal`. */
  async follow(print: (lines: readonly LogLine[]) => void, signal: AbortSignal): Promise<void> {
    for (let look = 1; !signal.aborted; look++) {
      await sleep(lookMs + this.#ids.length * lookMsEach, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      if (look % looksForIds === 0 && this.#chosen.length === 0) this.#ids = await this.#present();
      const found: LogLine[][] = [];
      let length = 0;
      const keep = (lines: readonly LogLine[]) => {
        found.push([...lines]);
        length += lengthOf(lines);
        if (length < mostKept) return;
        print(inOrderOfTime(found.splice(0))); // of a log that was not looked at for long there may be any amount
        length = 0;
      };
      await Promise.all(this.#ids.map((id) => this.#readOn(id, keep, signal)));
      print(inOrderOfTime(found));
    }
  }

  async #present(): Promise<readonly string[]> {
    try {
      return await this.#source.ids();
    } catch {
      return this.#ids; // the master has just gone
    }
  }

  /** The last lines: as many questions as it takes. */
  async #last(id: string, back: number): Promise<readonly LogLine[]> {
    const part = await this.#part(id, { lines: back });
    const lines = linesOf(id, part);
    let length = lengthOf(lines);
    const keep = (more: readonly LogLine[]) => {
      length += lengthOf(more);
      if (length > mostKept) throw endless(id);
      for (const line of more) lines.push(line);
    };
    try {
      if (part?.more) await this.#readOn(id, keep);
    } catch (error) {
      this.#note(error);
      return [];
    }
    if (this.#filter?.around) return lines;
    return back > 0 ? lines.slice(-back) : []; // others may have come meanwhile
  }

  async #readOn(id: string, print: (lines: readonly LogLine[]) => void, signal?: AbortSignal): Promise<void> {
    for (;;) {
      const part = await this.#part(id, { after: this.#positions.get(id) ?? logStart });
      print(linesOf(id, part));
      if (!part?.more || signal?.aborted) return;
    }
  }

  async #part(id: string, request: Parameters<LogSource['read']>[1]): Promise<LogPart | undefined> {
    try {
      const filter = this.#filter;
      const part = await this.#source.read(id, filter ? { ...request, filter } : request);
      this.#positions.set(id, part.next);
      this.#told.delete(id);
      return part;
    } catch (error) {
      const reason = reasonOf(error);
      // Of all servers some may never have run, or write elsewhere: that is worth a word only where they were asked for.
      const told = this.#chosen.length === 0 && isMissing(error);
      if (!told && this.#told.get(id) !== reason) this.#note(error);
      this.#told.set(id, reason);
      return undefined;
    }
  }
}

/** Whether there just is no log, of a reason that the master or this process has found. */
function isMissing(error: unknown): boolean {
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return code === 'LOG_MISSING' || cause?.code === 'LOG_MISSING';
}

const lengthOf = (lines: readonly LogLine[]): number =>
  lines.reduce((sum, { text }) => sum + text.length + 1, 0);

const endless = (id: string) =>
  new PomeloError('COMMAND_FAILED', {
    command: 'log.read',
    reason: `what is told of the log of ${id} has no end`,
  });

const linesOf = (id: string, part: LogPart | undefined): LogLine[] => (part ? logLinesOf(id, part) : []);
