import type { Histogram } from './histogram.js';
import type { Row, Tally } from './tally.js';
import { holds, type Threshold } from './thresholds.js';

/** A threshold, and what came. */
export interface Verdict {
  readonly text: string;
  readonly holds: boolean;
  /** The figure with its unit, or why there is none. */
  readonly got: string;
}

/** What a threshold looks at. */
interface Subject {
  readonly count: number;
  readonly errors: number;
  /** What errors are a share of. */
  readonly tries: number;
  readonly times: Histogram | undefined;
}

/** Whether each threshold holds for what has come together in `seconds`. */
export function judge(thresholds: readonly Threshold[], tally: Tally, seconds: number): Verdict[] {
  return thresholds.map((threshold) => {
    const { text } = threshold;
    const subject = subjectOf(threshold.subject, tally);
    if (typeof subject === 'string') return { text, holds: false, got: subject };
    const value = figureOf(threshold, subject, seconds);
    if (value === undefined)
      return { text, holds: false, got: 'no times: nothing was answered, or it is only counted' };
    return { text, holds: holds(threshold, value), got: shown(threshold, value) };
  });
}

function subjectOf(name: string | undefined, tally: Tally): Subject | string {
  if (name === undefined) return overall(tally);
  const rows = tally.rows.filter((row) => row.name === name);
  // Of a route that is requested and pushed too, the requests are meant.
  const order = ['request', 'push', 'connect', 'measure'];
  const [row] = rows.sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
  if (row) return ofRow(row);
  const counted = tally.counts.filter((count) => count.name === name);
  if (counted.length > 0) return counts(counted.reduce((sum, { count }) => sum + count, 0));
  return `there was no ${name}`;
}

function overall(tally: Tally): Subject {
  return {
    count: tally.tries('request'),
    errors: tally.errorCount,
    tries: tally.tries('connect', 'request', 'push'),
    times: tally.all,
  };
}

const ofRow = ({ count, errors, times }: Row): Subject => ({ count, errors, tries: count, times });
const counts = (count: number): Subject => ({ count, errors: 0, tries: count, times: undefined });

function figureOf({ metric }: Threshold, subject: Subject, seconds: number): number | undefined {
  const { count, errors, tries, times } = subject;
  if (metric.kind === 'count') return count;
  if (metric.kind === 'rate') return count / seconds;
  if (metric.kind === 'errors') return errors;
  if (metric.kind === 'errorShare') return shareOf(errors, tries);
  if (times === undefined || times.count === 0) return undefined;
  if (metric.kind === 'quantile') return times.quantileMs(metric.q);
  return { min: times.minMs, mean: times.meanMs, max: times.maxMs }[metric.kind];
}

/** Errors as a share of what was tried, from 0 to 1: a script may fail without trying anything. */
export const shareOf = (errors: number, tries: number): number =>
  errors === 0 ? 0 : Math.min(1, errors / Math.max(tries, 1));

function shown({ metric }: Threshold, value: number): string {
  if (metric.kind === 'errorShare') return `${short(value * 100)}%`;
  if (metric.kind === 'rate') return `${short(value)}/s`;
  if (metric.kind === 'errors' || metric.kind === 'count') return String(value);
  return `${short(value)}ms`;
}

/** At least three digits that count. */
const short = (value: number): string =>
  value >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
