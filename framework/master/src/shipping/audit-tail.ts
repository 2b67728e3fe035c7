import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import { auditFiles, auditFolder } from '../audit/audit-files.js';
import { type AuditRecord, readAuditLine } from '../audit/audit-record.js';
import { readAudit } from '../audit/read-audit.js';

/** Most that is read of a file at once, in bytes: more than the longest line has. */
const blockBytes = 256 * 1024;

/** A record, and the line that it is. */
export interface AuditLine {
  readonly record: AuditRecord;
  readonly text: string;
}

/** What {@link AuditTail.read} has found. */
export interface AuditBatch {
  readonly lines: readonly AuditLine[];
  /** Records before and among these that are in no file any more. */
  readonly missed: number;
  /** Whether all records that there are have lower numbers than the one that was asked for: the log was begun anew. */
  readonly anew: boolean;
}

/** Most records of one batch, and most characters of them together. */
export interface BatchBounds {
  readonly records: number;
  readonly chars: number;
}

/** A place in the files where the records after `after` begin. */
interface Place {
  readonly after: number;
  readonly file: string;
  readonly offset: number;
}

interface Found {
  readonly lines: AuditLine[];
  chars: number;
  missed: number;
  highest: number;
}

/** Reads an audit log from any record on, in the order in which it is written. Of lines that others have overtaken none is a record. */
export class AuditTail {
  readonly #root: string;
  readonly #folder: string;
  /** Where the last batch began, and where the one after it does. */
  #places: readonly Place[] = [];

  constructor(root: string) {
    this.#root = root;
    this.#folder = auditFolder(root);
  }

  /** The records after the one with number `after`, as many as there is room for. @throws what is wrong with the files */
  async read(after: number, bounds: BatchBounds): Promise<AuditBatch> {
    const files = auditFiles(this.#folder);
    const known = this.#places.find((place) => place.after === after && files.includes(place.file));
    const begin = known ?? placeOf(files, after);
    if (!begin) return { lines: [], missed: 0, anew: after > 0 };
    const found: Found = { lines: [], chars: 0, missed: 0, highest: after };
    let next = begin;
    for (const file of files.slice(files.indexOf(begin.file))) {
      const from = file === begin.file ? begin.offset : 0;
      const read = await readFrom(file, from, found, bounds);
      next = { after: found.highest, file, offset: read.offset };
      if (read.isFull) break;
    }
    const { lines, missed } = found;
    this.#places = [{ ...begin, after }, next];
    const anew = !known && lines.length === 0 && this.#last() < after;
    return { lines, missed: after === 0 ? 0 : missed, anew };
  }

  #last(): number {
    return readAudit(this.#root, { limit: 1 }).records[0]?.n ?? 0;
  }
}

/** The last file that can have the record after `after`; its name has its first one. */
function placeOf(files: readonly string[], after: number): Place | undefined {
  const file = files.findLast((one) => Number.parseInt(basename(one), 10) <= after + 1) ?? files[0];
  return file === undefined ? undefined : { after, file, offset: 0 };
}

/** Reads whole lines from `offset` on; tells where it ended, and whether as there is no room for more. */
async function readFrom(file: string, offset: number, found: Found, bounds: BatchBounds) {
  const handle = await open(file, 'r');
  let at = offset;
  try {
    for (;;) {
      const block = await blockAt(handle, at);
      const whole = block.lastIndexOf(0x0a) + 1;
      if (whole === 0 && block.length < blockBytes) return { offset: at, isFull: false };
      if (whole === 0) {
        at += block.length; // no record is so long
        continue;
      }
      for (let begin = 0; begin < whole; ) {
        const end = block.indexOf(0x0a, begin);
        const text = block.toString('utf8', begin, end);
        const record = recordOf(text);
        if (record && record.n > found.highest) {
          if (!hasRoom(found, text, bounds)) return { offset: at + begin, isFull: true };
          take(found, { record, text });
        }
        begin = end + 1;
      }
      at += whole;
    }
  } finally {
    await handle.close();
  }
}

async function blockAt(handle: FileHandle, at: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(blockBytes), 0, blockBytes, at);
  return buffer.subarray(0, bytesRead);
}

/** One record there is always room for. */
const hasRoom = ({ lines, chars }: Found, text: string, bounds: BatchBounds): boolean =>
  lines.length === 0 || (lines.length < bounds.records && chars + text.length <= bounds.chars);

function take(found: Found, line: AuditLine): void {
  found.missed += line.record.n - found.highest - 1;
  found.highest = line.record.n;
  found.chars += line.text.length;
  found.lines.push(line);
}

function recordOf(text: string): AuditRecord | undefined {
  try {
    return readAuditLine(text);
  } catch {
    return undefined; // cut by the end of a process
  }
}
