import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { replaceFile } from '@pomelo-ts/common/internal';
import { isNoRoom } from './no-room.js';
import { isAlive, startOf, tellsStarts } from './process-identity.js';
import { mayBe } from './process-marks.js';

/** One life of a server, as its host remembers it. */
export interface ProcessRecord {
  readonly id: string;
  readonly bootId: string;
  readonly pid: number;
  /** Tells it from a later process with the same pid; undefined where the system does not tell when a process began. */
  readonly start?: string;
}

/**
 * What runs on a host, in `.pomelo-ts/servers/<host>/<id>.json` below the game's root: the next master finds processes again by
 * it. The host's name is part of the path, as hosts may share one folder over the network.
 */
export class ProcessRecords {
  readonly #root: string;
  readonly #directory: string;
  /** Highest term that this process has accepted. */
  #term = 0;

  constructor(root: string, host: string) {
    this.#root = root;
    this.#directory = join(root, '.pomelo-ts', 'servers', encodeURIComponent(host));
  }

  /** Writes down a process that has just begun. */
  add(id: string, bootId: string, pid: number): void {
    const start = startOf(pid);
    const record: ProcessRecord = { id, bootId, pid, ...(start !== undefined && { start }) };
    this.#replace(`${id}.json`, JSON.stringify(record));
  }

  /** Forgets a life, unless another one has taken its place. */
  remove({ id, bootId }: Pick<ProcessRecord, 'id' | 'bootId'>): void {
    if (this.#read(`${id}.json`)?.bootId !== bootId) return;
    rmSync(join(this.#directory, `${id}.json`), { force: true });
    for (const directory of [this.#directory, dirname(this.#directory)]) removeIfEmpty(directory);
  }

  #tryToRemove(record: ProcessRecord): void {
    try {
      this.remove(record);
    } catch (error) {
      if (!isNoRoom(error)) throw error; // on a disk that is read-only now it stays
    }
  }

  /** The life of `id` that still runs. */
  livingOf(id: string): ProcessRecord | undefined {
    const record = this.#read(`${id}.json`);
    return record && this.#isOurs(record) ? record : undefined;
  }

  /** All lives that still run. Forgets those that have ended while nobody watched. */
  living(): readonly ProcessRecord[] {
    return this.#files().flatMap((file) => {
      const record = file.endsWith('.json') && this.#read(file);
      if (!record) return [];
      if (this.#isOurs(record)) return [record];
      this.#tryToRemove(record);
      return [];
    });
  }

  /**
   * Takes note of the term of the master that acts here. False when a later master has acted here before: then this one has
   * been replaced, and must not do anything.
   */
  acceptTerm(term: number): boolean {
    if (term < this.term) return false;
    if (term > this.#writtenTerm) this.#writeTerm(term);
    this.#term = term;
    return true;
  }

  /** Highest term that has acted here. */
  get term(): number {
    return Math.max(this.#writtenTerm, this.#term);
  }

  /** Where it is written down. */
  get termFile(): string {
    return join(this.#directory, 'term');
  }

  get #writtenTerm(): number {
    return Number(this.#text('term') ?? 0) || 0;
  }

  /** On a disk that is full only this process knows the term for now: servers must not wait for room. */
  #writeTerm(term: number): void {
    try {
      this.#replace('term', String(term));
    } catch (error) {
      if (!isNoRoom(error)) throw error;
    }
  }

  /** A folder that was copied has the records of a game that lives elsewhere, and anybody may have written what names any process. */
  #isOurs(record: ProcessRecord): boolean {
    return lives(record) && mayBe(record, this.#root);
  }

  #files(): string[] {
    try {
      return readdirSync(this.#directory);
    } catch {
      return []; // nothing was ever started here
    }
  }

  #read(file: string): ProcessRecord | undefined {
    const text = this.#text(file);
    if (text === undefined) return undefined;
    try {
      const record = JSON.parse(text) as ProcessRecord;
      return Number.isInteger(record.pid) && typeof record.bootId === 'string' ? record : undefined;
    } catch {
      return undefined; // cut short by a crash of the machine: then its process is gone too
    }
  }

  #text(file: string): string | undefined {
    try {
      return readFileSync(join(this.#directory, file), 'utf8');
    } catch {
      return undefined;
    }
  }

  #replace(file: string, text: string): void {
    replaceFile(join(this.#directory, file), `${text}\n`);
  }
}

/** Whether the process of this record still runs. Where the system tells when a process began, a record that does not is none of ours. */
export const lives = ({ pid, start }: ProcessRecord): boolean =>
  isAlive(pid) && (start === undefined ? !tellsStarts() : startOf(pid) === start);

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // others are in it
  }
}
