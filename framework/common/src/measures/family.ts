import { PomeloError } from '../errors.js';
import {
  isLabelValue,
  type MeasureDefinition,
  type MeasureOwner,
  mostSlots,
  otherValue,
} from './definition.js';
import { bucketEdges, Counter, countEdges, Gauge, Histogram, histogramSlots } from './handles.js';

interface Plain {
  readonly counter: Counter;
  readonly gauge: Gauge;
  readonly histogram: Histogram;
}

type PlainOf<D extends MeasureDefinition> = Plain[D['kind']];

type RowOf<D extends MeasureDefinition> = D extends {
  readonly closed: { readonly values: readonly (infer Value extends string)[] };
}
  ? Readonly<Record<Value, PlainOf<D>>>
  : PlainOf<D>;

/** The handles of a measure with an open label. */
export interface OpenHandles<Row> {
  /** The handle of this value, and that of `other` once there are too many. To be kept: this looks it up by name. */
  of(value: string): Row;
  /** The handle of what has no value of its own. */
  readonly other: Row;
}

/** What bumps a measure: a handle, a record of them by the values of a closed label, or one for each value of an open one. */
export type HandleOf<D extends MeasureDefinition> = D extends { readonly open: object }
  ? OpenHandles<RowOf<D>>
  : RowOf<D>;

/** The numbers of one value of the open label, or of a measure that has none. They never move: handles point into them. */
export interface MeasureRow {
  /** Empty where there is no open label. */
  readonly value: string;
  readonly slots: Float64Array;
}

/** The numbers that all measures of a server together may have. */
export class SlotRoom {
  /** Numbers that a histogram could not take. */
  dropped = 0;
  /** Times that a value of a label was told as `other`. */
  overflowed = 0;
  #left = mostSlots;

  /** Takes room for so many; false when there is not as much. */
  take(slots: number): boolean {
    if (slots > this.#left) return false;
    this.#left -= slots;
    return true;
  }
}

/** One measure of a process with all its numbers. */
export class Family<D extends MeasureDefinition = MeasureDefinition> {
  readonly definition: D;
  readonly owner: MeasureOwner;
  readonly handle: HandleOf<D>;
  /** Numbers of one value of the closed label. */
  readonly cellSlots: number;
  readonly #room: SlotRoom;
  readonly #rows: MeasureRow[] = [];
  readonly #handles = new Map<string, RowOf<D>>();
  /** Gives the value of a gauge or counter; undefined for what is set or added to. */
  read: (() => number) | undefined;

  /** @throws MEASURE_INVALID when there is no room for its numbers */
  constructor(definition: D, owner: MeasureOwner, room: SlotRoom) {
    this.#room = room;
    this.definition = definition;
    this.owner = owner;
    this.cellSlots = definition.kind === 'histogram' ? histogramSlots : 1;
    const { name, open } = definition;
    if (!room.take(this.rowSlots)) {
      const reason = `all measures of this server have ${mostSlots} numbers already`;
      throw new PomeloError('MEASURE_INVALID', { name, reason });
    }
    const first = this.#addRow(open ? otherValue : '');
    const handles: OpenHandles<RowOf<D>> = { of: (value) => this.#of(value), other: first };
    this.handle = (open ? handles : first) as HandleOf<D>;
  }

  /** Numbers of one value of the open label. */
  get rowSlots(): number {
    return (this.definition.closed?.values.length ?? 1) * this.cellSlots;
  }

  /** All numbers, by the value of the open label. One for `other` comes first; a row stays where it is. */
  get rows(): readonly MeasureRow[] {
    return this.#rows;
  }

  /**
   * Asks the function for the value. When it throws, or gives what is none, a gauge is told as not known (NaN), and a counter as it was;
   * gives why there is no value, undefined when there is one.
   */
  refresh(): unknown {
    if (!this.read) return undefined;
    const { slots } = this.#rows[0]!;
    const isGauge = this.definition.kind === 'gauge';
    try {
      const value = this.read();
      if (isGauge || (value >= 0 && value <= Number.MAX_VALUE)) {
        slots[0] = value;
        return undefined;
      }
      return new Error(`expected a number from 0 up, got ${value}`);
    } catch (error) {
      if (isGauge) slots[0] = Number.NaN;
      return error ?? new Error('its function threw nothing');
    }
  }

  /** To measure must not make a handler fail: what is no value of a label is `other`, too. */
  #of(value: string): RowOf<D> {
    const known = this.#handles.get(value);
    if (known) return known;
    const full = this.#handles.size > this.definition.open!.most; // `other` is none of them
    if (!full && isLabelValue(value) && this.#room.take(this.rowSlots)) return this.#addRow(value);
    this.#room.overflowed++;
    return this.#handles.get(otherValue)!;
  }

  #addRow(value: string): RowOf<D> {
    const { kind, closed, unit } = this.definition;
    const edges = unit === undefined ? countEdges : bucketEdges;
    const slots = new Float64Array(this.rowSlots);
    this.#rows.push({ value, slots });
    const make = (cell: number): Counter | Gauge | Histogram =>
      new makers[kind](slots, cell * this.cellSlots, this.#room, edges);
    const handle = closed ? Object.fromEntries(closed.values.map((one, cell) => [one, make(cell)])) : make(0);
    this.#handles.set(value, handle as RowOf<D>);
    return handle as RowOf<D>;
  }
}

const makers = { counter: Counter, gauge: Gauge, histogram: Histogram } as const;
