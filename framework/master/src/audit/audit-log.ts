import { closeSync, constants, fstatSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { openLog } from '@pomelo-ts/common/internal';
import { auditFileName, auditFiles, auditFolder } from './audit-files.js';
import {
  type AuditEntry,
  type AuditRecord,
  hashOfLine,
  hashOfNothing,
  readAuditLine,
} from './audit-record.js';
import { type AuditPage, type AuditQuery, readAudit } from './read-audit.js';
import { type AuditFinding, verifyAudit } from './verify-audit.js';

const { O_RDONLY, O_NONBLOCK = 0 } = constants;

/** Size at which a file is left and the next one begun, in bytes. */
const fileBytes = 16 * 1024 * 1024;
/** Longest line, in bytes, of which nothing that a record has may come near. */
const lineBytes = 64 * 1024;

/** How often a line is written anew as others were quicker. */
const mostTries = 100;

/** What an {@link AuditLog} works with. */
export interface AuditLogOptions {
  readonly root: string;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** What each record tells of who wrote it, where there are several masters. */
  readonly writer?: () => string;
  /** Size at which the next file is begun. @default 16 MiB */
  readonly fileBytes?: number;
}

/** The end of what is written: the next record follows it. */
interface End {
  readonly n: number;
  readonly hash: string;
  /** Whether the next one begins a file. */
  readonly ends?: true;
}

/**
 * Who has asked a master for what, and what came of it: lines of JSON, only ever appended to, each with the hash of the one before.
 * No file of it is removed by anybody but its owner.
 */
export class AuditLog {
  readonly #options: AuditLogOptions;
  readonly #folder: string;
  #unwritten = 0;
  #open: OpenFile | undefined;
  /** Of what this one has written or found. */
  #end: End | undefined;
  /** How far the open file was known then. */
  #known = nothingKnown;
  readonly #listeners = new Set<(n: number) => void>();

  constructor(options: AuditLogOptions) {
    this.#options = options;
    this.#folder = auditFolder(options.root);
  }

  /** Records that could not be written. */
  get unwritten(): number {
    return this.#unwritten;
  }

  /** Writes a record, and gives its number once it is on the disk. @throws AUDIT_UNWRITABLE */
  append(entry: AuditEntry): number {
    let n: number;
    try {
      n = this.#write(entry);
    } catch (error) {
      this.#unwritten++;
      this.close(); // the next one looks at what is really there
      throw new PomeloError('AUDIT_UNWRITABLE', { folder: this.#folder, reason: reasonOf(error) });
    }
    for (const listener of this.#listeners) listener(n);
    return n;
  }

  /** Has `listener`, which must not throw, hear the number of each record that is written; gives what ends that. */
  onWritten(listener: (n: number) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Records, the latest first. */
  read(query: AuditQuery): AuditPage {
    return readAudit(this.#options.root, query);
  }

  /** Looks whether all records are as they were written. */
  verify(): Promise<AuditFinding> {
    return verifyAudit(this.#options.root);
  }

  /** What follows is written to a file that is opened anew. */
  close(): void {
    if (this.#open) closeSync(this.#open.fd);
    this.#open = undefined;
  }

  /**
   * Appends a line, and looks whether it follows what it should: another master of the same folder may have been quicker, as one that
   * leads no more still writes how things ended. Then its line counts, and this one is written anew behind it.
   */
  #write(entry: AuditEntry): number {
    let again: string | undefined;
    for (let tries = 0; tries < mostTries; tries++) {
      const { fd, path } = this.#file();
      const line = this.#lineOf(entry, again);
      const bytes = Buffer.from(`${this.#known.cut ? '\n' : ''}${line}\n`);
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
      fsyncSync(fd);
      const n = this.#end!.n + 1;
      const hash = hashOfLine(line);
      const { size } = fstatSync(fd);
      const alone = size === this.#known.size + bytes.length;
      if (alone || this.#isNext(path, size, line)) {
        this.#end = { n, hash, ...(recordOf(line)?.ends && { ends: true }) };
        this.#known = { size, from: size, cut: false };
        if (!alone) this.close(); // there may be more behind it
        return n;
      }
      again = hash;
      this.close(); // to look at what is really there
    }
    throw new Error('others write to it without an end');
  }

  #lineOf(entry: AuditEntry, again: string | undefined): string {
    const { n, hash: before } = this.#end!;
    const at = new Date(this.#options.wallTime()).toISOString();
    const master = this.#options.writer?.();
    const own = { ...(master !== undefined && { master }), ...(again !== undefined && { again }) };
    const record = { n: n + 1, at, before, ...entry, ...own };
    const plain = JSON.stringify(record satisfies AuditRecord);
    const isFull = this.#known.size + plain.length >= (this.#options.fileBytes ?? fileBytes);
    return isFull ? JSON.stringify({ ...record, ends: true } satisfies AuditRecord) : plain;
  }

  /** Whether `line` is what follows the end that was known: of several lines that could, the first one does. */
  #isNext(path: string, size: number, line: string): boolean {
    const written = partOf(path, this.#known.from, size);
    const { n, hash } = this.#end!;
    const follows = (one: string) => {
      const record = recordOf(one);
      return record?.n === n + 1 && record.before === hash;
    };
    return written.toString().split('\n').find(follows) === line;
  }

  /**
   * A file that there is room in. One that was taken away is not written to any more; the next record follows its last one all the same.
   * What another master has written meanwhile is followed, too.
   */
  #file(): OpenFile {
    const files = auditFiles(this.#folder);
    const { size } = this.#known;
    if (this.#open && (files.at(-1) !== this.#open.path || !isThere(this.#open, size))) this.close();
    if (this.#open && !this.#end?.ends) return this.#open;
    this.close();
    const found = endOfAll(files);
    this.#end = found.end ?? this.#end ?? { n: 0, hash: hashOfNothing };
    const last = files.at(-1);
    const goesOn = last !== undefined && !this.#end.ends;
    this.#known = goesOn ? found.known : nothingKnown;
    this.#open = openFile(goesOn ? last : this.#nextPath(this.#end));
    return this.#open;
  }

  #nextPath({ n }: End): string {
    return join(this.#folder, auditFileName(n + 1));
  }
}

/** How far a file was known when its end was read. */
interface Known {
  readonly size: number;
  /** Where the last line began that has no end yet, or what comes next. */
  readonly from: number;
  /** Whether there is such a line. */
  readonly cut: boolean;
}

const nothingKnown: Known = { size: 0, from: 0, cut: false };

interface OpenFile {
  readonly fd: number;
  readonly path: string;
}

const openFile = (path: string): OpenFile => ({ path, fd: openLog(path) });

function isThere({ fd, path }: OpenFile, size: number): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.ino === fstatSync(fd).ino && now.size === size;
}

/** The last record of all files, and how far the last one is known: that may have been begun on a full disk, and hold no record. */
function endOfAll(files: readonly string[]): { readonly end: End | undefined; readonly known: Known } {
  let known = nothingKnown;
  for (const file of [...files].reverse()) {
    const found = endOf(file);
    if (file === files.at(-1)) known = found.known;
    if (found.end) return { end: found.end, known };
  }
  if (files.length === 0) return { end: undefined, known };
  if (firstOf(files[0]!) === 1) return { end: { n: 0, hash: hashOfNothing }, known };
  throw new Error(`${files.at(-1)} has no record that the next one could follow`);
}

const firstOf = (file: string): number => Number(/(\d+)\.jsonl$/.exec(file)?.[1]);

/** The last record of a file. A line that a full disk or the end of its process has cut, or that another master is just writing, is none. */
function endOf(file: string): { readonly end: End | undefined; readonly known: Known } {
  const { size } = statSync(file);
  const begin = Math.max(0, size - 2 * lineBytes);
  const tail = partOf(file, begin, size);
  const whole = tail.lastIndexOf(0x0a) + 1;
  const from = begin + whole;
  const end = lastOf(tail.subarray(0, whole).toString().split('\n'));
  return { end, known: { size, from, cut: from < size } };
}

/** What a file has from one place to another. */
function partOf(file: string, from: number, to: number): Buffer {
  const fd = openSync(file, O_RDONLY | O_NONBLOCK); // a pipe that somebody has put there does not hold this master up
  try {
    const part = Buffer.alloc(to - from);
    return part.subarray(0, readSync(fd, part, 0, part.length, from));
  } finally {
    closeSync(fd);
  }
}

/** The record with the highest number; of several with the same one, of masters that wrote at once, the first counts. */
function lastOf(lines: readonly string[]): End | undefined {
  let last: End | undefined;
  for (const line of lines) {
    const record = recordOf(line);
    if (record && record.n > (last?.n ?? 0))
      last = { n: record.n, hash: hashOfLine(line), ...(record.ends && { ends: true }) };
  }
  return last;
}

function recordOf(line: string): AuditRecord | undefined {
  try {
    return readAuditLine(line);
  } catch {
    return undefined; // cut off, or the first line of the tail
  }
}
