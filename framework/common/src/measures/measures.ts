import { PomeloError } from '../errors.js';
import {
  checkDefinition,
  copyOf,
  type MeasureDefinition,
  type MeasureOwner,
  mostMeasures,
  mostOfGame,
  shapeOf,
} from './definition.js';
import { Family, type HandleOf, SlotRoom } from './family.js';

/** Definitions by the names that code knows their handles by. */
export type MeasureTable = Readonly<Record<string, MeasureDefinition>>;

/** The handles of a table of measures. */
export type HandlesOf<T extends MeasureTable> = { readonly [K in keyof T]: HandleOf<T[K]> };

const droppedDefinition = {
  kind: 'counter',
  name: 'measures.dropped',
  help: 'What was below 0 or no finite number, and in no histogram therefore.',
} as const satisfies MeasureDefinition;

const overflowedDefinition = {
  kind: 'counter',
  name: 'measures.overflowed',
  help: 'Times that a value of a label was told as `other`, as there were too many or it was none.',
} as const satisfies MeasureDefinition;

/** Hears of a measure whose function threw, or gave what is no value. */
export type FailedRead = (name: string, error: unknown) => void;

/** All measures of one server, or of the master. */
export class Measures {
  readonly #families = new Map<string, Family>();
  readonly #room = new SlotRoom();
  readonly #failedReads = this.make({
    kind: 'counter',
    name: 'measures.failedReads',
    help: 'Times that a function which gives the value of a gauge or counter threw or gave none; the gauge is not told then.',
  });

  readonly #onFailedRead: FailedRead | undefined;
  /** Measures whose function failed when it was asked last. */
  readonly #failing = new Set<string>();

  /** @param onFailedRead hears once of a measure whose function fails, and again after it has worked */
  constructor({ onFailedRead }: { onFailedRead?: FailedRead } = {}) {
    this.#onFailedRead = onFailedRead;
    this.make(droppedDefinition, { read: () => this.#room.dropped });
    this.make(overflowedDefinition, { read: () => this.#room.overflowed });
  }

  /** Every measure, in the order in which they were made; gauges as they were when {@link refresh} was called. */
  get all(): Iterable<Family> {
    return this.#families.values();
  }

  /**
   * Makes a measure, or gives the handle of the one that was made with the same definition before, as by code that a reload replaces.
   *
   * @param read gives the value of a gauge or counter without labels whenever the measures are told
   * @throws MEASURE_INVALID
   */
  make<const D extends MeasureDefinition>(
    definition: D,
    { owner = 'pomelo', read }: { owner?: MeasureOwner; read?: () => number } = {},
  ): HandleOf<D> {
    checkDefinition(definition, owner);
    const known = this.#families.get(definition.name);
    const reason = this.#problemOf(definition, known, owner, read);
    if (reason !== undefined) throw new PomeloError('MEASURE_INVALID', { name: definition.name, reason });
    const family = known ?? this.#add(definition, owner);
    family.read = read ?? family.read;
    return family.handle as HandleOf<D>;
  }

  /** Makes the measures of a table of the framework; see {@link make}. */
  makeAll<T extends MeasureTable>(table: T): HandlesOf<T> {
    const handles = Object.entries(table).map(([key, definition]) => [key, this.make(definition)]);
    return Object.fromEntries(handles) as HandlesOf<T>;
  }

  /** Asks all functions of gauges for their values. */
  refresh(): void {
    for (const family of this.#families.values()) {
      const { name } = family.definition;
      const failure = family.refresh();
      if (failure === undefined) {
        this.#failing.delete(name);
        continue;
      }
      this.#failedReads.add();
      if (this.#failing.has(name)) continue;
      this.#failing.add(name);
      this.#onFailedRead?.(name, failure);
    }
  }

  /** The counters that have risen, by name; with labels `client.refused.full`. As `pomelo-ts list --json` shows them. */
  counts(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { definition, rows } of this.#families.values()) {
      if (definition.kind !== 'counter') continue;
      for (const { value, slots } of rows) addCounts(counts, definition, value, slots);
    }
    return counts;
  }

  #add(definition: MeasureDefinition, owner: MeasureOwner): Family {
    const family = new Family(copyOf(definition), owner, this.#room);
    this.#families.set(definition.name, family);
    return family;
  }

  #problemOf(
    definition: MeasureDefinition,
    known: Family | undefined,
    owner: MeasureOwner,
    read: (() => number) | undefined,
  ): string | undefined {
    if (read && (definition.kind === 'histogram' || definition.open || definition.closed))
      return 'only a gauge or counter without labels is read by a function';
    if (!known) return this.#wantOfRoom(owner);
    if (known.owner !== owner || shapeOf(known.definition) !== shapeOf(definition))
      return 'there is one of this name that is something else; what a measure is stays as long as the process: code that changes it takes a restart (pomelo-ts restart), no reload';
    return undefined;
  }

  #wantOfRoom(owner: MeasureOwner): string | undefined {
    if (owner === 'game') {
      const ofGame = [...this.#families.values()].filter((family) => family.owner === 'game');
      if (ofGame.length >= mostOfGame) return `the game has made ${mostOfGame} already`;
    }
    return this.#families.size < mostMeasures ? undefined : `there are ${mostMeasures} already`;
  }
}

/** Adds the counts of one row that have risen under the names that operators see. */
export function addCounts(
  counts: Record<string, number>,
  { name, closed }: Pick<MeasureDefinition, 'name' | 'closed'>,
  value: string,
  slots: ArrayLike<number>,
): void {
  const row = value === '' ? name : `${name}.${value}`;
  for (let cell = 0; cell < slots.length; cell++) {
    const count = slots[cell]!;
    if (count > 0) counts[closed ? `${row}.${closed.values[cell]}` : row] = count;
  }
}
