import { createHash } from 'node:crypto';

/** What came of what somebody asked for. `begun`: it goes on, or its master ended in the middle of it. */
export type AuditResult = 'begun' | 'done' | 'failed' | 'refused';

/** What is written about one thing that somebody asked for. */
export interface AuditEntry {
  readonly verb: string;
  /** Who asked, and by what: `ann` by `http`. */
  readonly by: string;
  readonly via: string;
  /** Address that they asked from, where it is known. */
  readonly from?: string;
  /** Servers, or whatever else it is about. */
  readonly target?: string;
  /** What was asked for in full, without secrets. */
  readonly args?: object;
  /** What a change that is done has changed, as it was before and as it is afterwards, without secrets; missing where there was or is nothing. */
  readonly was?: object;
  readonly is?: object;
  readonly result: AuditResult;
  readonly code?: string;
  readonly reason?: string;
  /** The second person that has approved it, where it takes one. */
  readonly approvedBy?: string;
  /** How long it took. */
  readonly ms?: number;
  /** How many looks this stands for that are alike and came within a minute; `args.others` has what those after the first one asked for. */
  readonly count?: number;
  /** The record that tells its beginning. */
  readonly begun?: number;
}

/** One line of the audit log. Each holds the hash of the one before, so that none can be changed or left out unseen. */
export interface AuditRecord extends AuditEntry {
  /** Number of the record, from 1, through all files. */
  readonly n: number;
  /** ISO time. */
  readonly at: string;
  /** Hash of the line before; that of nothing for the first. */
  readonly before: string;
  /** The master that wrote it, where there are several: `10.0.0.1:3005 (game-a, pid 123)`. */
  readonly master?: string;
  /** Set of the last record of a file: what follows is in the next one. */
  readonly ends?: true;
  /** Hash of the line that this was before: another master was quicker, so that it is written anew, with the next number. */
  readonly again?: string;
}

/** What stands in place of the hash of a line before the first. */
export const hashOfNothing = '0'.repeat(64);

/** SHA-256 of a line, without its line break, in hexadecimal digits. */
export const hashOfLine = (line: string): string => createHash('sha256').update(line).digest('hex');

/** Reads one line. @throws when it is no record */
export function readAuditLine(line: string): AuditRecord {
  const record = JSON.parse(line) as Partial<AuditRecord>;
  const { n, at, before, verb } = record;
  if (!Number.isSafeInteger(n) || typeof at !== 'string' || typeof before !== 'string')
    throw new Error('it is no record');
  if (typeof verb !== 'string') throw new Error('it names no verb');
  return record as AuditRecord;
}
