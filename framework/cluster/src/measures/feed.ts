import type { MeasureDefinition, MeasureOwner, Measures } from '@pomelo-ts/common';
import type { MeasureRow } from '@pomelo-ts/common/internal';
import type { MeasuresDelta } from './delta.js';

/** About the most bytes of one delta: what does not fit comes with the next one. */
export const deltaBytes = 32 * 1024;
/** What a slot and its number take, about the longest there is, and what a row or measure takes beside its texts. */
const slotBytes = 28;
const headBytes = 64;

/** A row as the other end knows it. */
interface ToldRow {
  readonly row: MeasureRow;
  /** The numbers that were told; NaN for none, which is no number. */
  readonly told: Float64Array;
}

/** A delta while it is made. */
interface Draft {
  readonly made: [number, MeasureDefinition, MeasureOwner][];
  readonly rows: [number, number, string][];
  readonly slots: (number | null)[][];
  bytes: number;
}

/**
 * Makes the deltas of one link. It remembers what it has told, so each link has its own: what a link that breaks has lost is told again
 * by the next one.
 */
export class MeasureFeed {
  readonly #measures: Measures;
  readonly #maxBytes: number;
  /** How many rows of each measure were told, by the number of the measure. */
  readonly #toldRows: number[] = [];
  readonly #rows: ToldRow[] = [];
  /** Where the next delta begins, so that rows which always change leave room for those behind them. */
  #next = 0;
  /** How many rows were looked at since the link began, which goes round; all that there is was told once they are as many as there are. */
  #looked = 0;
  /** Whether the other end still has to hear that it was. */
  #owesWhole = true;

  constructor(measures: Measures, maxBytes = deltaBytes) {
    this.#measures = measures;
    this.#maxBytes = maxBytes;
  }

  /** What has changed; undefined when nothing has. */
  delta(): MeasuresDelta | undefined {
    this.#measures.refresh();
    const draft: Draft = { made: [], rows: [], slots: [], bytes: 0 };
    const isAllMade = this.#addNew(draft);
    this.#addChanged(draft);
    const { made, rows, slots } = draft;
    const isWhole = isAllMade && this.#looked >= this.#rows.length;
    if (made.length + slots.length + rows.length === 0 && !(isWhole && this.#owesWhole)) return undefined;
    this.#owesWhole &&= !isWhole;
    return {
      ...(made.length > 0 && { made }),
      ...(rows.length > 0 && { rows }),
      ...(slots.length > 0 && { slots }),
      ...(this.#owesWhole && { more: true as const }),
    };
  }

  /** False when there was no room for all. */
  #addNew(draft: Draft): boolean {
    let measure = 0;
    for (const { definition, owner, rows } of this.#measures.all) {
      if (draft.bytes > this.#maxBytes) return false;
      if (measure === this.#toldRows.length) {
        draft.made.push([measure, definition, owner]);
        draft.bytes += headBytes + JSON.stringify(definition).length;
        this.#toldRows.push(0);
      }
      for (let at = this.#toldRows[measure]!; at < rows.length && draft.bytes <= this.#maxBytes; at++) {
        const row = rows[at]!;
        draft.rows.push([this.#rows.length, measure, row.value]);
        draft.bytes += headBytes + row.value.length;
        // What is 0 at the other end need not be told.
        this.#rows.push({ row, told: new Float64Array(row.slots.length) });
        this.#toldRows[measure] = at + 1;
      }
      if (this.#toldRows[measure]! < rows.length) return false;
      measure++;
    }
    return true;
  }

  #addChanged(draft: Draft): void {
    const count = this.#rows.length;
    for (let i = 0; i < count; i++) {
      const at = (this.#next + i) % count;
      if (draft.bytes > this.#maxBytes) {
        this.#next = at;
        return;
      }
      this.#looked++;
      const changed = changesOf(this.#rows[at]!);
      if (!changed) continue;
      draft.slots.push([at, ...changed]);
      draft.bytes += headBytes + (changed.length / 2) * slotBytes;
    }
  }
}

function changesOf({ row: { slots }, told }: ToldRow): (number | null)[] | undefined {
  let changed: (number | null)[] | undefined;
  for (let slot = 0; slot < slots.length; slot++) {
    const value = slots[slot]!;
    if (Object.is(value, told[slot])) continue;
    told[slot] = value;
    changed ??= [];
    changed.push(slot, Number.isFinite(value) ? value : null);
  }
  return changed;
}
