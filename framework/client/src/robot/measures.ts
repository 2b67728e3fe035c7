import { reasonOf } from '../errors.js';
import { Histogram, type HistogramData } from './histogram.js';
import { placeOf } from './place.js';

/** What is timed: `push` is one that was waited for, `measure` a part of the script. */
export type RowKind = 'connect' | 'request' | 'push' | 'measure';
/** What is only counted: `heard` is any push that a script listens to, `counter` one of the script's own. */
export type CountKind = 'notify' | 'heard' | 'counter' | 'round' | 'lost' | 'unanswered';

/** What was timed under one name since the last time. */
export interface RowDelta {
  readonly kind: RowKind;
  readonly name: string;
  /** How often it was tried. */
  readonly count: number;
  readonly errors: number;
  /** Of those that were answered, also by an error. */
  readonly times: HistogramData;
}

export interface CountDelta {
  readonly kind: CountKind;
  readonly name: string;
  readonly count: number;
}

/** Errors of one message. */
export interface ErrorDelta {
  /** `request chat.chatHandler.send`, `connect`, `player`. */
  readonly where: string;
  readonly message: string;
  readonly count: number;
}

/** All that one worker has seen since the last time. */
export interface MeasuresDelta {
  readonly rows: readonly RowDelta[];
  readonly counts: readonly CountDelta[];
  readonly errors: readonly ErrorDelta[];
}

/** Names beyond these count as `(others)`: a script may put an id into each, and a server into each message. */
const mostNames = 200;
const longestMessage = 300;
const others = '(others)';

interface Row {
  readonly where: string;
  count: number;
  errors: number;
  times: Histogram;
}

/** Counts and times what the robots of one worker do. */
export class Measures {
  readonly #names = new Map<string, Set<string>>();
  readonly #told = new WeakSet<object>();
  #rows = new Map<string, Row>();
  #counts = new Map<string, number>();
  #errors = new Map<string, number>();

  /** Something was answered after `ms`; `problem` when by an error. */
  done(kind: RowKind, name: string, ms: number, problem?: string): void {
    const row = this.#row(kind, name);
    row.count++;
    row.times.record(ms);
    if (problem === undefined) return;
    row.errors++;
    this.#error(row.where, problem);
  }

  /** Something had no answer. Its time is none of those. */
  failed(kind: RowKind, name: string, error: unknown): void {
    const row = this.#row(kind, name);
    row.count++;
    row.errors++;
    // What fails inside of a measured part is counted where it failed, or as the player's.
    if (kind === 'measure') return;
    if (typeof error === 'object' && error !== null) this.#told.add(error);
    this.#error(row.where, reasonOf(error));
  }

  count(kind: CountKind, name: string, by = 1): void {
    const key = this.#key(kind, name);
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + by);
  }

  /** An error that ended a round. One that was counted before, where it happened, is not counted again. */
  thrown(error: unknown, where = 'player'): void {
    if (typeof error === 'object' && error !== null) {
      if (this.#told.has(error)) return;
      this.#told.add(error);
    }
    this.#error(where, messageOf(error));
  }

  /** What came together since the last time. */
  take(): MeasuresDelta {
    const rows = [...this.#rows].map(([key, { count, errors, times }]) => ({
      ...(split(key) as Pick<RowDelta, 'kind' | 'name'>),
      count,
      errors,
      times: times.toJSON(),
    }));
    const counts = [...this.#counts].map(([key, count]) => ({
      ...(split(key) as Pick<CountDelta, 'kind' | 'name'>),
      count,
    }));
    const errors = [...this.#errors].map(([key, count]) => {
      const { kind: where, name: message } = split(key);
      return { where, message, count };
    });
    this.#rows = new Map();
    this.#counts = new Map();
    this.#errors = new Map();
    return { rows, counts, errors };
  }

  #row(kind: RowKind, name: string): Row {
    const key = this.#key(kind, name);
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = { where: whereOf(kind, split(key).name), count: 0, errors: 0, times: new Histogram() };
      this.#rows.set(key, row);
    }
    return row;
  }

  #error(where: string, message: string): void {
    const short = message.length > longestMessage ? `${message.slice(0, longestMessage)}…` : message;
    const key = this.#key(where, short);
    this.#errors.set(key, (this.#errors.get(key) ?? 0) + 1);
  }

  #key(kind: string, name: string): string {
    let names = this.#names.get(kind);
    if (names === undefined) {
      names = new Set();
      this.#names.set(kind, names);
    }
    if (names.size < mostNames) names.add(name);
    return `${kind}\n${names.has(name) ? name : others}`;
  }
}

const whereOf = (kind: RowKind, name: string): string => (kind === name ? kind : `${kind} ${name}`);

function split(key: string): { kind: string; name: string } {
  const end = key.indexOf('\n');
  return { kind: key.slice(0, end), name: key.slice(end + 1) };
}

/** The message, and for what was thrown by the script itself the place there. */
function messageOf(error: unknown): string {
  const place = error instanceof Error ? placeOf(error) : undefined;
  return place === undefined ? reasonOf(error) : `${reasonOf(error)} (${place})`;
}
