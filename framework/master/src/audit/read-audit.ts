import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { auditFiles, auditFolder } from './audit-files.js';
import { type AuditRecord, hashOfLine, readAuditLine } from './audit-record.js';

/** Which records are wanted. */
export interface AuditQuery {
  /** Only records with a lower number. */
  readonly before?: number;
  /** Most that are given. */
  readonly limit: number;
  /** Only what this one asked for. */
  readonly name?: string;
  /** Only what this verb was, or those that begin with it: `servers.`. */
  readonly verb?: string;
}

/** A part of an audit log, the newest first. */
export interface AuditPage {
  readonly records: readonly AuditRecord[];
  /** Whether there are more that match, further back. */
  readonly more: boolean;
}

const blockBytes = 64 * 1024;
/** Most that one question reads, in bytes; what is further back is asked for by `before`. */
const mostBytes = 16 * 1024 * 1024;

/** Reads an audit log from its end. */
export function readAudit(root: string, query: AuditQuery): AuditPage {
  const records: AuditRecord[] = [];
  const overtaken = new Set<string>();
  let read = 0;
  for (const file of [...auditFiles(auditFolder(root))].reverse())
    for (const line of linesBackwards(file)) {
      read += line.length;
      const record = recordOf(line);
      const counts = !overtaken.size || !overtaken.delete(hashOfLine(line));
      if (record?.again !== undefined) overtaken.add(record.again); // it stands further up, where it does not count
      if (!record || !counts || !matches(record, query)) {
        if (read > mostBytes) return { records, more: true };
        continue;
      }
      if (records.length === query.limit) return { records, more: true };
      records.push(record);
    }
  return { records, more: false };
}

const matches = ({ n, by, verb }: AuditRecord, query: AuditQuery): boolean =>
  (query.before === undefined || n < query.before) &&
  (query.name === undefined || by === query.name) &&
  (query.verb === undefined || verb.startsWith(query.verb));

function recordOf(line: string): AuditRecord | undefined {
  try {
    return readAuditLine(line);
  } catch {
    return undefined; // a line that was cut is none
  }
}

/** The lines of a file, the last first, read block by block. */
function* linesBackwards(file: string): Generator<string> {
  const fd = openSync(file, 'r');
  try {
    let at = fstatSync(fd).size;
    let rest = Buffer.alloc(0);
    while (at > 0) {
      const length = Math.min(blockBytes, at);
      at -= length;
      const block = Buffer.alloc(length);
      readSync(fd, block, 0, length, at);
      const whole = Buffer.concat([block, rest]);
      const begin = at === 0 ? 0 : whole.indexOf(0x0a) + 1; // what stands before may be a part of a line
      if (at > 0 && begin === 0) {
        rest = whole;
        continue;
      }
      yield* whole
        .subarray(begin)
        .toString()
        .split('\n')
        .reverse()
        .filter((line) => line !== '');
      rest = whole.subarray(0, begin);
    }
  } finally {
    closeSync(fd);
  }
}
