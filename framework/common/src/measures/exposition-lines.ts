import type { MeasureDefinition } from './definition.js';
import { bucketEdges, countEdges } from './handles.js';

/** The labels of the buckets of every histogram of durations, and of every one of counts. */
const edgeLabels = labelsOf(bucketEdges);
const countLabels = labelsOf(countEdges);

function labelsOf(edges: readonly number[]): readonly string[] {
  return [...edges.map(String), '+Inf'].map((edge) => pair('le', edge));
}

/** Samples that one histogram has in a text: its buckets, the one beyond the last edge, sum and count. */
export const histogramLines = edgeLabels.length + 2;

/** What stands above the samples of one name. */
export function headOf(name: string, { kind, help }: MeasureDefinition): string {
  const text = help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
  return `# HELP ${name} ${text}\n# TYPE ${name} ${kind}`;
}

/** A label with its value. */
export function pair(name: string, value: string): string {
  return `${name}="${/[\\"\n]/.test(value) ? escaped(value) : value}"`;
}

/** Labels of which either may be none. */
export function joined(labels: string, more: string): string {
  if (labels === '') return more;
  return more === '' ? labels : `${labels},${more}`;
}

/** One sample. */
export function lineOf(name: string, labels: string, value: number): string {
  return labels === '' ? `${name} ${numberText(value)}` : `${name}{${labels}} ${numberText(value)}`;
}

/** How much the histogram has taken of which the first bucket is at `at`. */
export function histogramCount(slots: ArrayLike<number>, at: number): number {
  let count = 0;
  for (let bucket = 0; bucket <= bucketEdges.length; bucket++) count += slots[at + bucket]!;
  return count;
}

/** Where the numbers of one histogram are: its first bucket is at `at` of `slots`. */
export interface HistogramNumbers {
  readonly slots: ArrayLike<number>;
  readonly at: number;
  /** Whether it is of counts, and not of durations. */
  readonly counts: boolean;
}

/** Adds the samples of one histogram. */
export function addHistogram(
  lines: string[],
  name: string,
  labels: string,
  { slots, at, counts }: HistogramNumbers,
): void {
  const edges = counts ? countLabels : edgeLabels;
  const start = labels === '' ? `${name}_bucket{` : `${name}_bucket{${labels},`;
  let below = 0;
  for (let bucket = 0; bucket < edgeLabels.length; bucket++) {
    below += slots[at + bucket]!;
    lines.push(`${start}${edges[bucket]}} ${below}`);
  }
  lines.push(lineOf(`${name}_sum`, labels, slots[at + edgeLabels.length]!));
  lines.push(lineOf(`${name}_count`, labels, below));
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}
