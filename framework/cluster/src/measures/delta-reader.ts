import type { MeasureDefinition, MeasureOwner } from '@pomelo-ts/common';
import {
  checkDefinition,
  diskMeasures,
  histogramSlots,
  longestLabelValue,
  mostMeasures,
  processMeasures,
  runtimeMeasures,
  shapeOf,
} from '@pomelo-ts/common/internal';
import type { ToldMeasure, ToldMeasures } from './told-measures.js';

/** Most rows that a link may tell of: each has one slot at least. */
const mostRows = 100_000;
/** Most rows, and most numbers, that one message may tell of: a feed cuts its messages at about 32 KiB, behind the row that is beyond. */
const mostRowsAtOnce = 20_000;
const mostChangesAtOnce = 100_000;

/** Names of what the master itself tells of servers, of links and of the cluster: no server can tell it. */
const ofMaster =
  /^(server\.|registry\.|exposition\.|link\.|alerts\.|admin\.|audit\.|store\.|leader$|build\.info$)/;

/** What every process tells, the master too: by these names nobody can tell something else. */
const ofProcesses: ReadonlyMap<string, string> = new Map(
  Object.values({ ...runtimeMeasures, ...processMeasures, ...diskMeasures }).map((one) => [
    one.name,
    shapeOf(one),
  ]),
);

/** Where the numbers of a row are kept. */
interface Row {
  readonly kind: MeasureDefinition['kind'];
  readonly slots: Float64Array;
}

/**
 * Reads the deltas of one link into the measures of that life. They are read field by field: the process of the server may have been taken
 * over. What no honest server sends ends the link. A number, name or label that cannot be taken is left out and counted: an honest game of
 * an older build may tell it.
 */
export class DeltaReader {
  readonly #into: ToldMeasures;
  /** What the link has told, by its number; undefined for what is left out. */
  readonly #made: (ToldMeasure | undefined)[] = [];
  readonly #rows: (Row | undefined)[] = [];

  constructor(into: ToldMeasures) {
    this.#into = into;
    into.leftOut = 0;
  }

  /** @throws Error with the reason when it makes no sense */
  read(delta: unknown): void {
    const { made = [], rows = [], slots = [], more } = objectOf(delta);
    checkSize(listOf(rows), listOf(slots));
    for (const one of listOf(made)) this.#readMade(listOf(one));
    for (const one of listOf(rows)) this.#readRow(listOf(one));
    for (const one of listOf(slots)) this.#readSlots(listOf(one));
    if (more === true) this.#into.whole ??= false;
    else this.#into.whole = true;
  }

  #readMade([number, definition, owner]: readonly unknown[]): void {
    isNext(number, this.#made.length, mostMeasures);
    if (owner !== 'pomelo' && owner !== 'game')
      throw new Error('a measure is neither of pomelo nor of the game');
    const read = definitionOf(definition);
    const taken = isTaken(read, owner) ? this.#into.measureOf(read, owner) : undefined;
    if (!taken) this.#into.leftOut++;
    this.#made.push(taken);
  }

  #readRow([number, measure, value]: readonly unknown[]): void {
    isNext(number, this.#rows.length, mostRows);
    const made = this.#made[indexOf(measure, this.#made.length - 1)];
    if (typeof value !== 'string' || value.length > longestLabelValue)
      throw new Error('a value of a label is none');
    this.#rows.push(made && this.#rowOf(made, value));
  }

  #rowOf(made: ToldMeasure, value: string): Row | undefined {
    const { kind, open, closed } = made.definition;
    if ((value !== '') !== (open !== undefined)) throw new Error('a value of a label is none');
    const width = (closed?.values.length ?? 1) * (kind === 'histogram' ? histogramSlots : 1);
    const slots = this.#into.rowOf(made, value, width);
    if (slots) return { kind, slots };
    this.#into.leftOut += width;
    return undefined;
  }

  #readSlots([number, ...changes]: readonly unknown[]): void {
    const row = this.#rows[indexOf(number, this.#rows.length - 1)];
    if (!row) return;
    const { kind, slots } = row;
    if (changes.length % 2 > 0) throw new Error('a slot has no number');
    for (let i = 0; i < changes.length; i += 2) {
      const slot = indexOf(changes[i], slots.length - 1);
      const value = changes[i + 1];
      if (kind === 'gauge' && value === null) slots[slot] = Number.NaN;
      else if (Number.isFinite(value) && (kind === 'gauge' || (value as number) >= 0))
        slots[slot] = value as number;
      else this.#into.leftOut++;
    }
  }
}

/** @throws Error when one message is more work than any that a feed makes */
function checkSize(rows: readonly unknown[], slots: readonly unknown[]): void {
  let changes = 0;
  for (const one of slots) changes += listOf(one).length / 2;
  if (rows.length > mostRowsAtOnce || changes > mostChangesAtOnce)
    throw new Error('too much for one message');
}

/** A number from 0 to `last`. */
function indexOf(value: unknown, last: number): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= last) return value as number;
  throw new Error('it names what was not told before');
}

/** Each is told once over a link, in turn. @throws Error for another than the next number, or too many */
function isNext(value: unknown, next: number, most: number): void {
  if (value !== next || next >= most) throw new Error('it tells what it has told before, or too much');
}

/** Whether a server may tell this. */
function isTaken(definition: MeasureDefinition, owner: MeasureOwner): boolean {
  if (owner === 'pomelo' && ofMaster.test(definition.name)) return false;
  try {
    checkDefinition(definition, owner);
  } catch {
    return false;
  }
  const own = owner === 'pomelo' ? ofProcesses.get(definition.name) : undefined;
  return own === undefined || own === shapeOf(definition);
}

function definitionOf(value: unknown): MeasureDefinition {
  const { kind, name, help, unit, standard, open, closed } = objectOf(value);
  if (kind !== 'counter' && kind !== 'gauge' && kind !== 'histogram')
    throw new Error('a measure has no kind');
  if (unit !== undefined && unit !== 'seconds' && unit !== 'bytes') throw new Error('a unit is none');
  return {
    kind,
    name: textOf(name),
    help: textOf(help),
    ...(unit !== undefined && { unit }),
    ...(standard === true && { standard }),
    ...(open !== undefined && { open: openOf(objectOf(open)) }),
    ...(closed !== undefined && { closed: closedOf(objectOf(closed)) }),
  };
}

const openOf = ({ label, most }: Readonly<Record<string, unknown>>) => ({
  label: textOf(label),
  most: Number(most),
});

const closedOf = ({ label, values }: Readonly<Record<string, unknown>>) => ({
  label: textOf(label),
  values: listOf(values).map(textOf),
});

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  throw new Error('a text is none');
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Error('a list is none');
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new Error('an object is none');
}
