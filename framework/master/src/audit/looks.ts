import type { Clock, Logger } from '@pomelo-ts/common';
import type { AuditEntry } from './audit-record.js';

/** How long looks that are alike are one record, in ms. */
const foldMs = 60_000;
/** Most that are folded at once; then the one that has gone on for longest is over. */
const most = 1000;
/** Most of what was asked for by folded looks that is written down, in characters of JSON. */
const mostText = 4096;

/** What {@link Looks} work with. */
export interface LooksParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly audit: { append(entry: AuditEntry): number };
}

/** Looks that are alike: of one who asks, by one verb, with the same names of arguments. */
interface Fold {
  readonly entry: AuditEntry;
  /** The record of the first one; none where it could not be written. */
  readonly begun: number | undefined;
  readonly cancel: () => void;
  count: number;
  /** What else was asked for, each once, and what there was no room for. */
  readonly others: Set<string>;
  room: number;
  unnamed: boolean;
}

/**
 * Writes down who has looked at what is somebody's own. Whoever types a name letter by letter, or a program that asks each second, would fill the
 * disk with it: the first look is written at once, and those of the minute after it that are alike as one more record, which has their number.
 */
export class Looks {
  readonly #parts: LooksParts;
  readonly #folds = new Map<string, Fold>();

  constructor(parts: LooksParts) {
    this.#parts = parts;
  }

  /** @param write writes the first of those that are alike; what it throws, this throws */
  note(entry: AuditEntry, write: (entry: AuditEntry) => number | undefined): void {
    const kind = kindOf(entry);
    const fold = this.#folds.get(kind);
    if (fold) {
      count(fold, entry);
      return;
    }
    const begun = write(entry);
    const cancel = this.#parts.clock.after(foldMs, () => this.#end(kind));
    this.#folds.set(kind, {
      entry,
      begun,
      cancel,
      count: 1,
      others: new Set(),
      room: mostText,
      unnamed: false,
    });
    const [oldest] = this.#folds.keys();
    if (this.#folds.size > most) this.#end(oldest!);
  }

  /** Tells what was not written yet. */
  close(): void {
    for (const kind of [...this.#folds.keys()]) this.#end(kind);
  }

  #end(kind: string): void {
    const fold = this.#folds.get(kind);
    if (!fold) return;
    fold.cancel();
    this.#folds.delete(kind);
    if (fold.count === 1) return;
    const { audit, logger } = this.#parts;
    try {
      audit.append(recordOf(fold));
    } catch (error) {
      logger.error('How often an operator looked is not in the audit log.', { verb: fold.entry.verb, error });
    }
  }
}

const kindOf = ({ verb, by, via, from = '', args = {} }: AuditEntry): string =>
  JSON.stringify([via, by, from, verb, Object.keys(args).sort()]);

function count(fold: Fold, { args = {} }: AuditEntry): void {
  fold.count += 1;
  const text = JSON.stringify(args);
  if (text === JSON.stringify(fold.entry.args ?? {}) || fold.others.has(text)) return;
  if (text.length > fold.room) {
    fold.unnamed = true;
    return;
  }
  fold.others.add(text);
  fold.room -= text.length;
}

function recordOf({ entry, begun, count: looks, others, unnamed }: Fold): AuditEntry {
  const { args: _, target: _one, ...alike } = entry;
  const asked = [...others].map((text) => JSON.parse(text) as object);
  const args = { ...(asked.length > 0 && { others: asked }), ...(unnamed && { more: true }) };
  return {
    ...alike,
    ...(Object.keys(args).length > 0 && { args }),
    count: looks,
    ...(begun !== undefined && { begun }),
  };
}
