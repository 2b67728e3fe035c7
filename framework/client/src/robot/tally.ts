import type { Sample, UserCounts } from './crew.js';
import { Histogram } from './histogram.js';
import type { CountKind, RowKind } from './measures.js';
import { Timeline } from './timeline.js';

/** What was timed under one name. */
export interface Row {
  readonly kind: RowKind;
  readonly name: string;
  /** How often it was tried. */
  count: number;
  errors: number;
  readonly times: Histogram;
}

export interface Count {
  readonly kind: CountKind;
  readonly name: string;
  count: number;
}

export interface ErrorCount {
  readonly where: string;
  readonly message: string;
  count: number;
  /** Since the beginning, to the second. */
  readonly firstMs: number;
  lastMs: number;
}

/** What time a sample is about. */
export interface SampleTime {
  /** The last of so many `seconds`; with none it is of after the end, and in no step. */
  readonly second: number;
  readonly seconds: number;
  readonly busy: number;
  /** The last second of the run, as far as it is known; what is told of later ones is in no step. */
  readonly last: number;
}

/** All that the workers of a run have told. */
export class Tally {
  readonly timeline = new Timeline();
  readonly all = new Histogram();
  readonly #rows = new Map<string, Row>();
  readonly #counts = new Map<string, Count>();
  readonly #errors = new Map<string, ErrorCount>();
  readonly #users = new Map<number, UserCounts>();
  #errorCount = 0;

  get rows(): readonly Row[] {
    return [...this.#rows.values()];
  }

  get counts(): readonly Count[] {
    return [...this.#counts.values()];
  }

  get errors(): readonly ErrorCount[] {
    return [...this.#errors.values()];
  }

  /** A lost connection is one, and so is each request that it left unanswered. */
  get errorCount(): number {
    return this.#errorCount;
  }

  /** The last word of each worker that has told anything about its users. */
  get users(): Iterable<UserCounts> {
    return this.#users.values();
  }

  /** How often something of these kinds was tried. */
  tries(...kinds: readonly RowKind[]): number {
    return this.rows.reduce((sum, { kind, count }) => sum + (kinds.includes(kind) ? count : 0), 0);
  }

  countOf(kind: CountKind): number {
    return this.counts.filter((one) => one.kind === kind).reduce((sum, { count }) => sum + count, 0);
  }

  add(worker: number, { second, seconds, busy, last }: SampleTime, sample: Sample): void {
    for (const { kind, name, count, errors, times } of sample.rows) {
      const row = entry(this.#rows, `${kind} ${name}`, () => ({
        kind,
        name,
        count: 0,
        errors: 0,
        times: new Histogram(),
      }));
      row.count += count;
      row.errors += errors;
      row.times.merge(times);
      if (kind === 'request') this.all.merge(times);
    }
    for (const { kind, name, count } of sample.counts)
      entry(this.#counts, `${kind} ${name}`, () => ({ kind, name, count: 0 })).count += count;
    const errors = sample.errors.reduce((sum, { where, message, count }) => {
      this.#addError(where, message, count, Math.min(second, last) * 1000);
      return sum + count;
    }, 0);
    this.#users.set(worker, sample.users);
    const requests = sample.rows.filter(({ kind }) => kind === 'request');
    const pushes = sample.counts.filter(({ kind }) => kind === 'heard');
    const part = {
      worker,
      busy,
      errors: errors / seconds,
      users: sample.users,
      requests: sumOf(requests) / seconds,
      pushes: sumOf(pushes) / seconds,
      times: requests.map(({ times }) => times),
    };
    // What a late worker tells of several seconds happened in all of them.
    for (let of = second - seconds + 1; of <= Math.min(second, last); of++) this.timeline.add(of, part);
  }

  /** A worker is gone with all of its `users`. */
  lost(worker: number, users: number, message: string, atMs: number): void {
    this.#users.set(worker, { waiting: 0, connecting: 0, active: 0, failed: users, done: 0 });
    this.#addError('worker', message, 1, atMs);
  }

  #addError(where: string, message: string, count: number, atMs: number): void {
    const error = entry(this.#errors, `${where}\n${message}`, () => ({
      where,
      message,
      count: 0,
      firstMs: atMs,
      lastMs: atMs,
    }));
    error.count += count;
    error.lastMs = Math.max(error.lastMs, atMs);
    this.#errorCount += count;
  }
}

const sumOf = (parts: readonly { readonly count: number }[]): number =>
  parts.reduce((sum, { count }) => sum + count, 0);

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
