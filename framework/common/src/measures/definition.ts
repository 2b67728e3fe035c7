import { PomeloError } from '../errors.js';

/** A count that only rises, a figure that goes up and down, or durations (without a unit: counts) sorted into buckets. */
export type MeasureKind = 'counter' | 'gauge' | 'histogram';

/** Base units; a measure without one counts things. */
export type MeasureUnit = 'seconds' | 'bytes';

/** Who made a measure: the framework's are exposed as `pomelo_…`, those of a game as `game_…`. */
export type MeasureOwner = 'pomelo' | 'game';

/** A label whose values are not known beforehand; beyond `most` of them all others are told as `other`. */
export interface OpenLabel {
  readonly label: string;
  readonly most: number;
}

/** A label with all the values that it can have. */
export interface ClosedLabel {
  readonly label: string;
  readonly values: readonly string[];
}

/** What a measure is. */
export interface MeasureDefinition {
  readonly kind: MeasureKind;
  /** Words in camelCase with dots between them: `client.timedOut`. */
  readonly name: string;
  /** What it tells, in one sentence. */
  readonly help: string;
  readonly unit?: MeasureUnit;
  /** Its exposed name is one that the conventions of Prometheus give to all processes: `process_cpu_seconds_total`. */
  readonly standard?: true;
  readonly open?: OpenLabel;
  readonly closed?: ClosedLabel;
}

/** Where values of an open label beyond its bound go. */
export const otherValue = 'other';

/** Longest name, longest value of a label and longest help, in characters. */
export const longestMeasureName = 100;
export const longestLabelValue = 200;
export const longestHelp = 300;
/**
 * Most measures of one server, those of its game among them, and most numbers of them all: a histogram has 16 for each set of labels.
 * The framework makes some of its own once the game has made all of its.
 */
export const mostMeasures = 500;
export const mostOfGame = 400;
export const mostSlots = 100_000;
/** Most values that a label may have. */
export const mostLabelValues = 1000;

const namePattern = /^[a-z][a-zA-Z0-9]*(\.[a-z][a-zA-Z0-9]*)*$/;
const labelPattern = /^[a-z][a-zA-Z0-9]*$/;

/** Labels that the text for Prometheus has by itself: those that tell processes apart, and those of histograms and summaries. */
const reservedLabels: readonly string[] = ['server', 'type', 'host', 'group', 'le', 'quantile'];

const units: readonly unknown[] = ['seconds', 'bytes'] satisfies MeasureUnit[];

/** All that a definition has. */
const keys: readonly string[] = ['kind', 'name', 'help', 'unit', 'standard', 'open', 'closed'];

/** @throws MEASURE_INVALID for a definition that cannot be told to others, whatever the game has made it of. */
export function checkDefinition(definition: MeasureDefinition, owner: MeasureOwner): void {
  const reason = problemOf(definition, owner) ?? problemOfLabels(definition) ?? problemOfKeys(definition);
  if (reason !== undefined)
    throw new PomeloError('MEASURE_INVALID', { name: String(definition.name), reason });
}

function problemOf(
  { kind, name, help, unit, standard }: MeasureDefinition,
  owner: MeasureOwner,
): string | undefined {
  if (typeof name !== 'string' || !namePattern.test(name) || name.length > longestMeasureName)
    return `a name is words in camelCase with dots between, of at most ${longestMeasureName} characters`;
  if (standard && !(name.startsWith('process.') && owner === 'pomelo'))
    return 'only what begins with process. and is of the framework has a standard name';
  if (typeof help !== 'string' || help === '' || help.length > longestHelp)
    return `it needs a help text of at most ${longestHelp} characters`;
  // Counts of the framework alone: in their buckets a game that forgets the unit would lose its durations unseen.
  if (kind === 'histogram' && unit !== 'seconds' && !(owner === 'pomelo' && unit === undefined))
    return 'a histogram is of durations: unit must be seconds';
  if (unit !== undefined && !units.includes(unit)) return `unit must be ${units.join(' or ')}`;
  return undefined;
}

function problemOfLabels({ open, closed }: MeasureDefinition): string | undefined {
  if (open === null || closed === null) return 'open and closed have a label each, or are left out';
  if (open && !isCount(open.most)) return `open.most must be 1 to ${mostLabelValues}`;
  if (closed && !areWords(closed.values)) return `closed.values must be 1 to ${mostLabelValues} words`;
  if (closed && new Set(closed.values).size < closed.values.length)
    return 'closed.values must be words, each another';
  const labels = [open, closed].flatMap((one) => (one === undefined ? [] : [one.label]));
  if (!labels.every(isLabel) || new Set(labels).size < labels.length)
    return `labels are words in camelCase, each another, of at most ${longestMeasureName} characters`;
  const reserved = labels.find((label) => reservedLabels.includes(label));
  if (reserved === undefined) return undefined;
  return `the label ${reserved} is added to all measures, to tell servers apart or buckets: name yours otherwise, such as ${reserved}Of or ${reserved}Kind`;
}

function problemOfKeys(definition: MeasureDefinition): string | undefined {
  const unknown = Object.keys(definition).find((key) => !keys.includes(key));
  if (unknown === undefined) return undefined;
  const cure = unknown === 'read' ? ': the function that gives its value is the second argument' : '';
  return `a definition has no ${unknown}${cure}; it has ${keys.filter((key) => key !== 'standard').join(', ')}`;
}

function isCount(count: number): boolean {
  return Number.isInteger(count) && count >= 1 && count <= mostLabelValues;
}

function areWords(values: unknown): boolean {
  return Array.isArray(values) && isCount(values.length) && values.every(isLabelValue);
}

function isLabel(label: unknown): boolean {
  return typeof label === 'string' && labelPattern.test(label) && label.length <= longestMeasureName;
}

/** Whether a label can have this value. */
export function isLabelValue(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= longestLabelValue;
}

/** A definition of its own: what its maker changes in the given one later is none of it. */
export function copyOf<D extends MeasureDefinition>(definition: D): D {
  const { open, closed } = definition;
  return {
    ...definition,
    ...(open && { open: { ...open } }),
    ...(closed && { closed: { ...closed, values: [...closed.values] } }),
  };
}

/** The same for two definitions whose numbers mean the same, so that one handle serves both and they can be added up. */
export function shapeOf({ kind, name, unit, standard, open, closed }: MeasureDefinition): string {
  return JSON.stringify([kind, name, unit, standard, open?.label, open?.most, closed?.label, closed?.values]);
}

const keptShapes = new WeakMap<MeasureDefinition, string>();

/** As {@link shapeOf}, made once for a definition that is kept and never changes. */
export function keptShapeOf(definition: MeasureDefinition): string {
  let shape = keptShapes.get(definition);
  if (shape === undefined) {
    shape = shapeOf(definition);
    keptShapes.set(definition, shape);
  }
  return shape;
}

/**
 * The name by the conventions of Prometheus: prefix, base unit, `_total` behind a counter.
 *
 * @example exposedName({ kind: 'counter', name: 'client.timedOut', help }, 'pomelo') // 'pomelo_client_timed_out_total'
 */
export function exposedName({ kind, name, unit, standard }: MeasureDefinition, owner: MeasureOwner): string {
  const words = standard ? snake(name) : `${owner}_${snake(name)}`;
  const withUnit = unit === undefined ? words : `${words}_${unit}`;
  return kind === 'counter' ? `${withUnit}_total` : withUnit;
}

/** `timedOut` as `timed_out`: how names and labels are exposed. */
export function snake(name: string): string {
  return name.replaceAll('.', '_').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
