import { exposedName, keptShapeOf, type MeasureDefinition, type MeasureOwner, snake } from './definition.js';
import {
  addHistogram,
  headOf,
  histogramCount,
  histogramLines,
  joined,
  lineOf,
  pair,
} from './exposition-lines.js';
import { histogramSlots } from './handles.js';
import type { Measures } from './measures.js';

/** The type of what {@link Exposition.text} gives. */
export const expositionType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Most samples of one text: what is beyond is left out, and counted in it. A line has about 100 bytes, and takes a processor 0.7 to 1.2 µs: all of them
 * about 100 ms, in which the process does nothing else.
 */
export const mostSamples = 100_000;

/** A measure with its numbers, those of a process or as another has told them. */
export interface ExposedMeasure {
  readonly definition: MeasureDefinition;
  readonly owner: MeasureOwner;
  /** Numbers by the value of the open label, which is empty where there is none. */
  readonly rows: Iterable<readonly [value: string, slots: ArrayLike<number>]>;
}

/** The measures of this process; call their `refresh` before. */
export function* exposed(measures: Measures): Iterable<ExposedMeasure> {
  for (const { definition, owner, rows } of measures.all)
    yield { definition, owner, rows: rows.map(({ value, slots }) => [value, slots]) };
}

/** What one name means to some processes: measures of the same shape. */
interface Meaning {
  readonly shape: string;
  readonly definition: MeasureDefinition;
  /** The labels of those who tell it. */
  readonly tellers: Set<string>;
  readonly lines: string[];
}

/** All that a name means; the first is that of most processes. */
type Named = readonly [name: string, meaning: Meaning];

const leftOutDefinition: MeasureDefinition = {
  kind: 'gauge',
  name: 'exposition.leftOut',
  help: 'Numbers not in this text, as there are too many or their name means two things.',
};
const leftOutName = exposedName(leftOutDefinition, 'pomelo');

/**
 * Measures in the text that Prometheus reads. All samples of one name stand together, whichever process they are of. One that another process
 * tells cannot make the text unreadable: what clashes with others in its name or labels is left out and counted.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 * @example
 * const exposition = new Exposition();
 * for (const { id, told } of servers) exposition.add(told.all, { server: id });
 * response.end(exposition.text());
 */
export class Exposition {
  readonly #byName = new Map<string, Meaning[]>();
  #room: number;
  #leftOut = 0;

  constructor(room = mostSamples) {
    this.#room = room;
  }

  /** How many samples more it takes. */
  get room(): number {
    return this.#room;
  }

  /** Adds what a process has, with labels that tell it from others; at most so many samples. */
  add(
    measures: Iterable<ExposedMeasure>,
    labels: Readonly<Record<string, string>>,
    most: number = this.#room,
  ): void {
    const own = Object.entries(labels)
      .map(([name, value]) => pair(name, value))
      .join(',');
    const kept = this.#room - Math.min(most, this.#room);
    this.#room -= kept;
    for (const { definition, owner, rows } of measures) {
      const name = exposedName(definition, owner);
      const meaning = clashes(definition, labels) ? undefined : this.#meaningOf(name, definition, owner, own);
      const label = definition.open && snake(definition.open.label);
      for (const [value, slots] of rows) {
        if (!meaning || this.#room === 0) this.#leftOut += slots.length;
        else this.#addRow(meaning, name, label === undefined ? own : joined(own, pair(label, value)), slots);
      }
    }
    this.#room += kept;
  }

  /** Counts numbers that are not here, as they could not be taken at all. */
  leaveOut(numbers: number): void {
    this.#leftOut += numbers;
  }

  text(): string {
    const texts: string[] = [];
    let leftOut = this.#leftOut;
    const chosen = this.#chosen();
    for (const [name, meanings] of this.#byName) {
      for (const { definition, lines } of meanings) {
        if (chosen.get(name)?.lines !== lines) leftOut += lines.length;
        else if (lines.length > 0) texts.push(headOf(name, definition), lines.join('\n'));
      }
    }
    texts.push(headOf(leftOutName, leftOutDefinition), lineOf(leftOutName, '', leftOut));
    return `${texts.join('\n')}\n`;
  }

  /**
   * One name cannot mean two things, and what most processes tell is what it means: a game of an older build, or a process that was taken over,
   * takes the name from nobody. A histogram also has the names of its samples.
   */
  #chosen(): ReadonlyMap<string, Meaning> {
    const ranked = [...this.#byName]
      .map(
        ([name, meanings]): Named => [
          name,
          meanings.reduce((a, b) => (b.tellers.size > a.tellers.size ? b : a)),
        ],
      )
      .sort(([, a], [, b]) => b.tellers.size - a.tellers.size);
    const taken = new Set([leftOutName]);
    return new Map(
      ranked.filter(([name, { definition }]) => {
        const names = definition.kind === 'histogram' ? [name, ...samplesOf(name)] : [name];
        if (names.some((one) => taken.has(one))) return false;
        for (const one of names) taken.add(one);
        return true;
      }),
    );
  }

  #meaningOf(
    name: string,
    definition: MeasureDefinition,
    owner: MeasureOwner,
    own: string,
  ): Meaning | undefined {
    const shape = `${owner} ${keptShapeOf(definition)}`;
    const meanings = this.#byName.get(name) ?? [];
    let meaning = meanings.find((one) => one.shape === shape);
    if (!meaning) {
      meaning = { shape, definition, tellers: new Set(), lines: [] };
      meanings.push(meaning);
      this.#byName.set(name, meanings);
    }
    if (meaning.tellers.has(own)) return undefined;
    meaning.tellers.add(own);
    return meaning;
  }

  #addRow(
    { definition: { kind, closed, unit }, lines }: Meaning,
    name: string,
    labels: string,
    slots: ArrayLike<number>,
  ): void {
    const isHistogram = kind === 'histogram';
    const width = isHistogram ? histogramSlots : 1;
    const samples = isHistogram ? histogramLines : 1;
    const label = closed && snake(closed.label);
    for (let at = 0, cell = 0; at < slots.length; at += width, cell++) {
      // of what has never been measured there is nothing to tell: routes have four kinds of ends, of which most have one
      if (isHistogram && histogramCount(slots, at) === 0) continue;
      if (samples > this.#room) {
        this.#leftOut += width;
        continue;
      }
      this.#room -= samples;
      const ofCell = closed ? joined(labels, pair(label!, closed.values[cell]!)) : labels;
      if (isHistogram) addHistogram(lines, name, ofCell, { slots, at, counts: unit === undefined });
      else lines.push(lineOf(name, ofCell, slots[at]!));
    }
  }
}

const samplesOf = (name: string) => ['_bucket', '_sum', '_count'].map((end) => `${name}${end}`);

/** Whether its labels are also those of the process or of the text's own. */
function clashes({ open, closed }: MeasureDefinition, labels: Readonly<Record<string, string>>): boolean {
  return [open, closed].some((one) => {
    if (!one) return false;
    const label = snake(one.label);
    return Object.hasOwn(labels, label) || label === 'le' || label === 'quantile';
  });
}
