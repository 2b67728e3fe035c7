import type { UserCounts } from './crew.js';
import type { RunInfo } from './definition.js';
import type { Histogram } from './histogram.js';
import { judge, shareOf, type Verdict } from './judge.js';
import type { CountKind, RowKind } from './measures.js';
import type { Count, ErrorCount, Row, Tally } from './tally.js';
import type { Threshold } from './thresholds.js';
import type { Step } from './timeline.js';

/** Times in ms; all 0 when there are none. */
export interface Times {
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** A route, push, measure, or the connecting. */
export interface ReportRow extends Times {
  readonly kind: RowKind;
  readonly name: string;
  /** How often it was tried. */
  readonly count: number;
  readonly perSecond: number;
  readonly errors: number;
}

export interface ReportCount {
  readonly kind: CountKind;
  readonly name: string;
  readonly count: number;
  readonly perSecond: number;
}

/** A step of a run. Times are 0 where no request was answered. */
export interface ReportPoint {
  readonly atMs: number;
  readonly connecting: number;
  readonly active: number;
  readonly failed: number;
  readonly requestsPerSecond: number;
  readonly pushesPerSecond: number;
  readonly errorsPerSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Of the busiest worker: from about 0.9 on, times are its own as much as the servers'. */
  readonly busy: number;
}

/** What a run came to: docs/reference/robot.md describes the JSON of it. Fields that end in `Ms`, and {@link Times}, are in ms. */
export interface RobotReport {
  /** Of this format; it rises with a change that may break who reads it. */
  readonly format: 1;
  readonly script: string;
  readonly startedAt: string;
  /** From the first start to the end. */
  readonly elapsedMs: number;
  /** `done`: all have played; `duration`: the time was over; `stopped`: from outside. */
  readonly ended: 'done' | 'duration' | 'stopped';
  readonly settings: Omit<RunInfo, 'worker' | 'target' | 'durationMs'> & {
    readonly durationMs: number | null;
    readonly target: string;
  };
  readonly totals: Times & {
    readonly requests: number;
    readonly requestsPerSecond: number;
    readonly errors: number;
    /** From 0 to 1, of all that was tried: connecting, requests and pushes waited for. */
    readonly errorShare: number;
    readonly connects: number;
    readonly lostConnections: number;
    readonly rounds: number;
    readonly notifies: number;
    readonly pushes: number;
    /** Requests that the end of the run cut off. */
    readonly unanswered: number;
  };
  readonly users: UserCounts;
  readonly thresholds: readonly Verdict[];
  readonly rows: readonly ReportRow[];
  readonly counts: readonly ReportCount[];
  readonly errors: readonly ErrorCount[];
  readonly timeline: { readonly stepMs: number; readonly points: readonly ReportPoint[] };
  /** What makes the figures doubtful, in words. */
  readonly warnings: readonly string[];
}

/** What a report is made of. */
export interface ReportParts {
  readonly script: string;
  readonly startedAt: Date;
  readonly elapsedMs: number;
  readonly ended: RobotReport['ended'];
  readonly run: RunInfo;
  readonly thresholds: readonly Threshold[];
  readonly tally: Tally;
  readonly warnings: readonly string[];
}

/** The report of a run, or of what of it is over. */
export function reportOf(parts: ReportParts): RobotReport {
  const { tally, run, elapsedMs } = parts;
  const seconds = Math.max(elapsedMs, 1) / 1000;
  const { worker: _, target, durationMs, ...settings } = run;
  const points = tally.timeline.steps.map((step, i) => pointOf(step, i, tally.timeline.stepMs, elapsedMs));
  const kinds: readonly RowKind[] = ['connect', 'request', 'push', 'measure'];
  const rows = tally.rows.toSorted(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.count - a.count,
  );
  return {
    format: 1,
    script: parts.script,
    startedAt: parts.startedAt.toISOString(),
    elapsedMs: Math.round(elapsedMs),
    ended: parts.ended,
    settings: {
      ...settings,
      durationMs: durationMs ?? null,
      target: 'gate' in target ? `gate ${target.gate}` : target.url,
    },
    totals: totalsOf(tally, seconds),
    users: usersOf(tally.timeline.steps.at(-1), run.users),
    thresholds: judge(parts.thresholds, tally, seconds),
    rows: rows.map((row) => rowOf(row, seconds)),
    counts: tally.counts.map((count) => countOf(count, seconds)),
    errors: tally.errors.toSorted((a, b) => b.count - a.count),
    timeline: { stepMs: tally.timeline.stepMs, points },
    warnings: [...parts.warnings, ...busyWarning(points)],
  };
}

function totalsOf(tally: Tally, seconds: number): RobotReport['totals'] {
  const requests = tally.tries('request');
  return {
    requests,
    requestsPerSecond: round(requests / seconds),
    errors: tally.errorCount,
    errorShare: shareOf(tally.errorCount, tally.tries('connect', 'request', 'push')),
    connects: tally.tries('connect'),
    lostConnections: tally.countOf('lost'),
    rounds: tally.countOf('round'),
    notifies: tally.countOf('notify'),
    pushes: tally.countOf('heard'),
    unanswered: tally.countOf('unanswered'),
    ...timesOf(tally.all),
  };
}

function rowOf({ kind, name, count, errors, times }: Row, seconds: number): ReportRow {
  return { kind, name, count, perSecond: round(count / seconds), errors, ...timesOf(times) };
}

function countOf({ kind, name, count }: Count, seconds: number): ReportCount {
  return { kind, name, count, perSecond: round(count / seconds) };
}

function timesOf(times: Histogram): Times {
  const quantile = (q: number) => round(times.quantileMs(q));
  return {
    min: round(times.minMs),
    mean: round(times.meanMs),
    p50: quantile(0.5),
    p95: quantile(0.95),
    p99: quantile(0.99),
    max: round(times.maxMs),
  };
}

function pointOf(step: Step, index: number, stepMs: number, elapsedMs: number): ReportPoint {
  const users = usersOf(step, 0);
  // The last step may be a short one.
  const seconds = Math.min(Math.max(elapsedMs - index * stepMs, 1), stepMs) / 1000;
  const { p50, p95, p99 } = timesOf(step.times);
  return {
    atMs: index * stepMs,
    connecting: users.connecting,
    active: users.active,
    failed: users.failed,
    requestsPerSecond: round(step.requests / seconds),
    pushesPerSecond: round(step.pushes / seconds),
    errorsPerSecond: round(step.errors / seconds),
    p50,
    p95,
    p99,
    busy: round(Math.max(0, ...step.busy.values())),
  };
}

/** Of all workers; before a worker has told anything, all of its users wait. */
function usersOf(step: Step | undefined, all: number): UserCounts {
  const sum = { waiting: 0, connecting: 0, active: 0, failed: 0, done: 0 };
  if (!step || step.users.size === 0) return { ...sum, waiting: all };
  for (const users of step.users.values())
    for (const state of Object.keys(sum) as (keyof UserCounts)[]) sum[state] += users[state];
  return sum;
}

function busyWarning(points: readonly ReportPoint[]): string[] {
  const busy = points.filter((point) => point.busy > 0.9).length;
  if (busy === 0 || busy < points.length / 10) return [];
  return [
    `a worker had more than 90 % of its core to do in ${busy} of ${points.length} steps: times are the robots' own in part. Take more workers, more machines or fewer users`,
  ];
}

/** To a thousandth: µs for times. */
const round = (value: number): number => Math.round(value * 1000) / 1000;
