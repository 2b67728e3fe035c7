import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { auditFiles, auditFolder } from './audit-files.js';
import { type AuditRecord, hashOfLine, hashOfNothing, readAuditLine } from './audit-record.js';

/** What a look at an audit log has found. */
export interface AuditFinding {
  readonly files: number;
  readonly records: number;
  /** The first and the last record that are there. */
  readonly first?: Pick<AuditRecord, 'n' | 'at'>;
  readonly last?: Pick<AuditRecord, 'n' | 'at'> & { /** Hash of that line. */ readonly hash: string };
  /** Lines that the end of a process or a full disk has cut; they never were records. */
  readonly cut: number;
  /** Lines that came too late, as another master had written at once: each is there again, with a later number. */
  readonly overtaken: number;
  /** Where the chain is broken, at most the first few. */
  readonly broken: readonly AuditBreak[];
}

/** A record that does not follow the one before it. */
export interface AuditBreak {
  readonly file: string;
  readonly line: number;
  readonly why: string;
}

/** How many records back a line may belong that came too late. */
const mostLate = 1000;
/** Most breaks that are told. */
const mostBreaks = 20;

/**
 * Looks whether all records of a game's audit log are as they were written: each follows the one before. Records whose files were taken
 * away from its beginning are not missed; `first` tells where it begins. What was cut from its end shows only to who knows a later `last`.
 */
export async function verifyAudit(root: string): Promise<AuditFinding> {
  const files = auditFiles(auditFolder(root));
  const chain = new Chain();
  for (const file of files) {
    let line = 0;
    for await (const text of createInterface({ input: createReadStream(file) })) {
      line += 1;
      if (text !== '') chain.take(text, basename(file), line);
    }
  }
  return { files: files.length, ...chain.finding };
}

class Chain {
  #records = 0;
  #cut = 0;
  #overtaken = 0;
  /** Hashes of the last records by their numbers. */
  readonly #late = new Map<number, string>();
  #first: Pick<AuditRecord, 'n' | 'at'> | undefined;
  #last: { readonly n: number; readonly at: string; readonly hash: string } | undefined;
  readonly #broken: AuditBreak[] = [];

  get finding(): Omit<AuditFinding, 'files'> {
    return {
      records: this.#records,
      ...(this.#first && { first: this.#first }),
      ...(this.#last && { last: this.#last }),
      cut: this.#cut,
      overtaken: this.#overtaken,
      broken: this.#broken,
    };
  }

  take(text: string, file: string, line: number): void {
    const record = readable(text);
    if (!record) {
      this.#cut += 1;
      return;
    }
    if (this.#isOvertaken(record)) {
      this.#overtaken += 1;
      return;
    }
    const why = this.#whyNot(record);
    if (why !== undefined && this.#broken.length < mostBreaks) this.#broken.push({ file, line, why });
    const { n, at, before } = record;
    const hash = hashOfLine(text);
    this.#records += 1;
    if (!this.#first) this.#late.set(n - 1, before);
    this.#first ??= { n, at };
    this.#last = { n, at, hash };
    this.#late.set(n, hash);
    this.#late.delete(n - mostLate);
  }

  /** Of two records that follow the same one, the first counts: nobody can put another one in its place, as the next one names its hash. */
  #isOvertaken({ n, before }: AuditRecord): boolean {
    return this.#late.has(n) && this.#late.get(n - 1) === before;
  }

  #whyNot({ n, before }: AuditRecord): string | undefined {
    const last = this.#last;
    if (!last)
      return n === 1 && before !== hashOfNothing ? 'the first record names one before it' : undefined;
    if (n !== last.n + 1) return `expected record ${last.n + 1}, got ${n}`;
    return before === last.hash ? undefined : `record ${n} does not follow record ${last.n} as it is now`;
  }
}

/** Undefined for a line that was cut: one that was changed to be unreadable shows by the record after it. */
function readable(text: string): AuditRecord | undefined {
  try {
    return readAuditLine(text);
  } catch {
    return undefined;
  }
}
