import type { MeasureDefinition, MeasureOwner } from '@pomelo-ts/common';
import { addCounts, keptShapeOf, mostSlots } from '@pomelo-ts/common/internal';

/** One measure as a server told it, or as several together have it. */
export interface ToldMeasure {
  readonly definition: MeasureDefinition;
  readonly owner: MeasureOwner;
  /** Its numbers by the value of the open label, empty where there is none; of each, those of one value of the closed label after the other. */
  readonly rows: ReadonlyMap<string, Float64Array>;
}

/** A measure that takes numbers. */
interface Told extends ToldMeasure {
  readonly rows: Map<string, Float64Array>;
}

/** Most characters of all definitions and values of labels of one life, so that few numbers cannot take much memory. */
export const mostTexts = 4 * 1024 * 1024;

/** The measures of one life of a server, or sums of those of several. */
export class ToldMeasures {
  readonly #measures = new Map<string, Told>();
  #slots = 0;
  #texts = 0;
  /** Whether all was told once that the process has: while it is false, what is not here may have any value. Undefined before anything is told. */
  whole: boolean | undefined;
  /** What its link has told and is not here: numbers that are none, or too many, of measures that are none. */
  leftOut = 0;

  /** All of them, in the order in which they were told. */
  get all(): Iterable<ToldMeasure> {
    return this.#measures.values();
  }

  /** How many numbers there are. */
  get slots(): number {
    return this.#slots;
  }

  /** The measure of this definition, made when it is not there; undefined when the texts of all together are too long. */
  measureOf(definition: MeasureDefinition, owner: MeasureOwner): ToldMeasure | undefined {
    const texts = textsOf(definition);
    if (texts > mostTexts) return undefined; // it is not worth to be looked up
    const key = `${owner} ${keptShapeOf(definition)}`;
    const known = this.#measures.get(key);
    if (known) return known;
    if (!this.#takeTexts(texts)) return undefined;
    const measure: Told = { definition, owner, rows: new Map() };
    this.#measures.set(key, measure);
    return measure;
  }

  /**
   * The numbers of a row of a measure that {@link measureOf} gave, made when they are not there; undefined when all together have as many as a
   * server may have.
   */
  rowOf(measure: ToldMeasure, value: string, slots: number): Float64Array | undefined {
    const rows = (measure as Told).rows;
    const known = rows.get(value);
    if (known) return known;
    if (this.#slots + slots > mostSlots || !this.#takeTexts(value.length)) return undefined;
    this.#slots += slots;
    const row = new Float64Array(slots);
    rows.set(value, row);
    return row;
  }

  /**
   * Adds the numbers of others to these. Gauges only where they are `present`: what a process that is gone had is nothing any more,
   * and what it has counted stays.
   */
  add(others: ToldMeasures, present: boolean): void {
    for (const { definition, owner, rows } of others.all) {
      if (definition.kind === 'gauge' && !present) continue;
      const measure = this.measureOf(definition, owner);
      for (const [value, slots] of rows) {
        const sums = measure && this.rowOf(measure, value, slots.length);
        if (sums) for (let i = 0; i < slots.length; i++) sums[i]! += slots[i]!;
      }
    }
  }

  /** The counters that have risen, by name; see `Measures.counts`. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { definition, rows } of this.#measures.values()) {
      if (definition.kind === 'counter')
        for (const [value, slots] of rows) addCounts(counts, definition, value, slots);
    }
    return counts;
  }

  #takeTexts(characters: number): boolean {
    if (this.#texts + characters > mostTexts) return false;
    this.#texts += characters;
    return true;
  }
}

function textsOf({ name, help, open, closed }: MeasureDefinition): number {
  let characters = name.length + help.length + (open?.label.length ?? 0) + (closed?.label.length ?? 0);
  for (const value of closed?.values ?? []) characters += value.length;
  return characters;
}
