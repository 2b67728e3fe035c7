import { closeSync, fstatSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
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

/** Size at which a file is left and the next one begun, in bytes. */
const fileBytes = 16 * 1024 * 1024;
/** Longest line, in bytes, of which nothing that a record has may come near. */
const lineBytes = 64 * 1024;

/** What an {@link AuditLog} works with. */
export interface AuditLogOptions {
  readonly root: string;
  /** Milliseconds since 1970. */
  wallTime(): number;
  /** Size at which the next file is begun. @default 16 MiB */
  readonly fileBytes?: number;
}

/** The end of what is written: the next record follows it. */
interface End {
  readonly n: number;
  readonly hash: string;
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
  /** Size of the open file after that: a file that is another size has been written to by somebody else. */
  #size = 0;

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
    try {
      return this.#write(entry);
    } catch (error) {
      this.#unwritten++;
      this.close(); // the next one looks at what is really there
      throw new PomeloError('AUDIT_UNWRITABLE', { folder: this.#folder, reason: reasonOf(error) });
    }
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

  #write(entry: AuditEntry): number {
    const { fd } = this.#file();
    const { n: last, hash } = this.#end!;
    const n = last + 1;
    const at = new Date(this.#options.wallTime()).toISOString();
    const line = JSON.stringify({ n, at, before: hash, ...entry } satisfies AuditRecord);
    const bytes = Buffer.from(`${line}\n`);
    for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
    this.#end = { n, hash: hashOfLine(line) };
    this.#size += bytes.length;
    return n;
  }

  /**
   * A file that there is room in. One that was taken away is not written to any more; the next record follows its last one all the same.
   * What another master has written meanwhile is followed, too.
   */
  #file(): OpenFile {
    const files = auditFiles(this.#folder);
    if (this.#open && (files.at(-1) !== this.#open.path || !isThere(this.#open, this.#size))) this.close();
    if (!this.#open) {
      if (files.length > 0 || !this.#end) this.#end = endOfAll(files);
      this.#take(openFile(files.at(-1) ?? this.#nextPath(this.#end)));
    }
    if (this.#size < (this.#options.fileBytes ?? fileBytes)) return this.#open!;
    const next = openFile(this.#nextPath(this.#end!));
    this.close();
    return this.#take(next);
  }

  #take(file: OpenFile): OpenFile {
    this.#open = file;
    this.#size = fstatSync(file.fd).size;
    return file;
  }

  #nextPath({ n }: End): string {
    return join(this.#folder, auditFileName(n + 1));
  }
}

interface OpenFile {
  readonly fd: number;
  readonly path: string;
}

const openFile = (path: string): OpenFile => ({ path, fd: openLog(path) });

function isThere({ fd, path }: OpenFile, size: number): boolean {
  const now = statSync(path, { throwIfNoEntry: false });
  return now !== undefined && now.ino === fstatSync(fd).ino && now.size === size;
}

/** The last record of all files: the last one of them may have been begun on a full disk, and hold none. */
function endOfAll(files: readonly string[]): End {
  for (const file of [...files].reverse()) {
    const end = endOf(file);
    if (end) return end;
  }
  if (files.length === 0 || firstOf(files[0]!) === 1) return { n: 0, hash: hashOfNothing };
  throw new Error(`${files.at(-1)} has no record that the next one could follow`);
}

const firstOf = (file: string): number => Number(/(\d+)\.jsonl$/.exec(file)?.[1]);

/** The last record of a file. One that a full disk or the end of its process has cut is ended with a line break, and stays as it is. */
function endOf(file: string): End | undefined {
  const fd = openSync(file, 'r+');
  try {
    const { size } = fstatSync(fd);
    const tail = Buffer.alloc(Math.min(size, 2 * lineBytes));
    readSync(fd, tail, 0, tail.length, size - tail.length);
    const text = tail.toString();
    if (text !== '' && !text.endsWith('\n')) writeSync(fd, '\n', size);
    for (const line of text.split('\n').reverse()) {
      const record = recordOf(line);
      if (record) return { n: record.n, hash: hashOfLine(line) };
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}

function recordOf(line: string): AuditRecord | undefined {
  try {
    return readAuditLine(line);
  } catch {
    return undefined; // cut off, or the first line of the tail
  }
}
