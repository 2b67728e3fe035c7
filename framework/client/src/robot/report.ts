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

/** What a run came to: `--report` writes it as JSON. Fields that end in `Ms`, and {@link Times}, are in ms. */
export interface RobotReport {
  /** Of this format; it rises with a change that may break who reads it. */
  readonly format: 1;
  readonly script: string;
  readonly startedAt: string;
  /** From the first start to the end. */
  readonly elapsedMs: number;
  /** Whether all thresholds hold, no worker was lost, and at least something went well. */
  readonly passed: boolean;
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
  readonly lostWorkers: number;
  readonly warnings: readonly string[];
}

/** The report of a run, or of what of it is over. */
export function reportOf(parts: ReportParts): RobotReport {
  const { tally, run, elapsedMs } = parts;
  const seconds = Math.max(elapsedMs, 1) / 1000;
  const { worker: _, target, durationMs, ...settings } = run;
  const { stepMs, steps } = tally.timeline;
  // A worker may have told of more than this report is about.
  const told = steps.slice(0, Math.max(Math.ceil(elapsedMs / stepMs), 1));
  const points = told.map((step, i) =>
    pointOf(step, i * stepMs, i < told.length - 1 ? stepMs : elapsedMs - i * stepMs),
  );
  const thresholds = judge(parts.thresholds, tally, seconds);
  const kinds: readonly RowKind[] = ['connect', 'request', 'push', 'measure'];
  const rows = tally.rows.toSorted(
    (a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || b.count - a.count,
  );
  return {
    format: 1,
    script: parts.script,
    startedAt: parts.startedAt.toISOString(),
    elapsedMs: Math.round(elapsedMs),
    passed: parts.lostWorkers === 0 && thresholds.every(({ holds }) => holds) && !allFailed(tally),
    ended: parts.ended,
    settings: {
      ...settings,
      durationMs: durationMs ?? null,
      target: 'gate' in target ? `gate ${target.gate}` : target.url,
    },
    totals: totalsOf(tally, seconds),
    users: usersOf(tally.users, run.users),
    thresholds,
    rows: rows.map((row) => rowOf(row, seconds)),
    counts: tally.counts.map((count) => countOf(count, seconds)),
    errors: tally.errors.toSorted((a, b) => b.count - a.count),
    timeline: { stepMs, points },
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

/** Of a run in which nobody got anywhere, a report without thresholds would say that all is well. */
function allFailed(tally: Tally): boolean {
  return (
    tally.errorCount > 0 &&
    tally.countOf('round') === 0 &&
    tally.rows.every((row) => row.errors === row.count)
  );
}

function pointOf(step: Step, atMs: number, widthMs: number): ReportPoint {
  const users = usersOf(step.users.values(), 0);
  const seconds = Math.max(widthMs, 1) / 1000;
  const { p50, p95, p99 } = timesOf(step.times);
  return {
    atMs,
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

/** Of all workers; those of `all` users that no worker has told of wait. */
function usersOf(told: Iterable<UserCounts>, all: number): UserCounts {
  const sum = { waiting: 0, connecting: 0, active: 0, failed: 0, done: 0 };
  for (const users of told)
    for (const state of Object.keys(sum) as (keyof UserCounts)[]) sum[state] += users[state];
  const known = sum.waiting + sum.connecting + sum.active + sum.failed + sum.done;
  return { ...sum, waiting: sum.waiting + Math.max(all - known, 0) };
}

function busyWarning(points: readonly ReportPoint[]): string[] {
  const busy = points.filter((point) => point.busy > 0.9).length;
  if (busy === 0 || busy < points.length / 10) return [];
  return [
    `a worker was busy for more than 90 % of the time in ${busy} of ${points.length} steps: times are the robots' own in part. Take another machine for them, more workers or fewer users`,
  ];
}

/** To a thousandth: µs for times. */
const round = (value: number): number => Math.round(value * 1000) / 1000;
