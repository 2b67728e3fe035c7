import { showBytes, showCount, showRate, showSeconds, showShare } from './show.js';

/** How long something took on one server since that began, by what it was. */
export interface ToldTiming {
  readonly measure: string;
  /** Route, method or kind; empty where nothing is told apart. */
  readonly name: string;
  readonly count: number;
  /** Share of them that were no success; null where nothing is known of that. */
  readonly errors: number | null;
  /** How many were no success, by how they ended: `{ timeout: 3 }`; missing where none were. */
  readonly failed?: Readonly<Record<string, number>>;
  /** Seconds; null without any. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly mean: number | null;
}

/** A count or a figure of one server. */
export interface ToldNumber {
  readonly measure: string;
  /** Values of its labels; empty without one. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  /** Empty where it counts things. */
  readonly unit: string;
  readonly value: number;
}

/** What one server has told of itself since it began. */
export interface ServerMeasures {
  readonly timings: readonly ToldTiming[];
  /** Without those that are 0. */
  readonly numbers: readonly ToldNumber[];
}

/** What names of measures begin with, by the part of a server's page that shows them. */
const beginnings = {
  routes: ['request.', 'forward.', 'code.'],
  rpc: ['rpc.', 'link.', 'tcp'],
  clients: ['client.', 'session.', 'sendQueue', 'push', 'channel', 'directory.'],
  runtime: [
    'eventloop.',
    'heap.',
    'gc',
    'process.',
    'disk.',
    'memory',
    'external',
    'lease.',
    'cron.',
    'lifecycle.',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** A part of a server's page that shows what it has measured. */
export type MeasuredPart = keyof typeof beginnings;

/** All parts, in the order in which they are shown. */
export const measuredParts = Object.keys(beginnings) as readonly MeasuredPart[];

/** Heads of the columns of a {@link MeasuredTable}. */
export type MeasuredHead = 'count' | 'rate' | 'errors' | 'p50' | 'p99' | 'mean' | 'now';

/** What a server has measured as people read it. */
export interface MeasuredTable {
  /** Of times the measure that they are of; `figure` for counts and figures. */
  readonly name: string;
  readonly heads: readonly MeasuredHead[];
  /** Each begins with what it is of; then as many texts as there are heads. */
  readonly rows: readonly (readonly string[])[];
}

/** Makes tables of what a server tells, and remembers what was told before, for what rises each second. */
export class MeasuredTables {
  #before: { readonly at: number; readonly counts: ReadonlyMap<string, number> } | undefined;

  /**
   * The tables of one part; those of times first, and of these what has taken most time in all.
   *
   * @param now ms of a clock that goes on alone
   */
  of(part: MeasuredPart, { timings, numbers }: ServerMeasures, now: number): readonly MeasuredTable[] {
    const before = this.#before;
    const counts = new Map<string, number>();
    const rateOf = (key: string, count: number): string => {
      counts.set(key, count);
      const former = before?.counts.get(key);
      if (!before || former === undefined || now <= before.at) return '';
      return showRate((Math.max(0, count - former) * 1000) / (now - before.at));
    };
    const isOfPart = ({ measure }: { readonly measure: string }) =>
      beginnings[part].some((begin) => measure.startsWith(begin));
    const tables = [
      ...timingTables(timings.filter(isOfPart), rateOf),
      ...numberTables(numbers.filter(isOfPart), rateOf),
    ];
    this.#before = { at: now, counts };
    return tables;
  }
}

type RateOf = (key: string, count: number) => string;

function timingTables(timings: readonly ToldTiming[], rateOf: RateOf): readonly MeasuredTable[] {
  const spent = ({ count, mean }: ToldTiming): number => count * (mean ?? 0);
  const measures = [...new Set(timings.map(({ measure }) => measure))];
  return measures.map((measure) => {
    const own = timings.filter((one) => one.measure === measure).sort((a, b) => spent(b) - spent(a));
    const rows = own.map(({ name, count, errors, failed, p50, p99, mean }) => [
      name || measure,
      showCount(count),
      rateOf(`${measure} ${name}`, count),
      errors === null ? '' : `${showShare(errors)}${failedText(failed)}`,
      ...[p50, p99, mean].map((seconds) => (seconds === null ? '' : showSeconds(seconds))),
    ]);
    return { name: measure, heads: ['count', 'rate', 'errors', 'p50', 'p99', 'mean'], rows };
  });
}

/** ` (3 timeout, 1 error)`. */
function failedText(failed: ToldTiming['failed'] = {}): string {
  const parts = Object.entries(failed).sort(([, a], [, b]) => b - a);
  return parts.length > 0 ? ` (${parts.map(([how, count]) => `${showCount(count)} ${how}`).join(', ')})` : '';
}

function numberTables(numbers: readonly ToldNumber[], rateOf: RateOf): readonly MeasuredTable[] {
  const rows = numbers.map(({ measure, name, kind, unit, value }) => [
    name === '' ? measure : `${measure} ${name}`,
    shown(value, unit),
    kind === 'counter' ? rateOf(`${measure} ${name} n`, value) : '',
  ]);
  return rows.length > 0 ? [{ name: 'figure', heads: ['now', 'rate'], rows }] : [];
}

/** Seconds that are no time which something takes, but since 1970. */
const isMoment = (seconds: number): boolean => seconds > 1e9;

function shown(value: number, unit: string): string {
  if (unit === 'seconds' && isMoment(value))
    return new Date(value * 1000).toISOString().replace('T', ' ').replace(/\..*/, 'Z');
  if (unit === 'bytes') return showBytes(value);
  if (unit === 'seconds') return showSeconds(value);
  return Number.isInteger(value) ? showCount(value) : value.toFixed(3);
}
