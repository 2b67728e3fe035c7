import type { UserCounts } from './crew.js';
import { Histogram, type HistogramData } from './histogram.js';

/** What happened in one step of a run. */
export interface Step {
  requests: number;
  errors: number;
  pushes: number;
  times: Histogram;
  /** By worker: the first word about its users, and the largest share of a second in which it was busy. */
  readonly users: Map<number, UserCounts>;
  readonly busy: Map<number, number>;
}

/** What one worker adds to a second. */
export interface StepPart {
  readonly worker: number;
  readonly requests: number;
  readonly errors: number;
  readonly pushes: number;
  readonly times: readonly HistogramData[];
  readonly users: UserCounts;
  readonly busy: number;
}

/** Steps that are kept; then pairs of them become one. */
const mostSteps = 600;

/** A run second by second; of a long one, by steps of 2, 4, 8 … seconds. */
export class Timeline {
  #steps: Step[] = [];
  #stepSeconds = 1;

  get stepMs(): number {
    return this.#stepSeconds * 1000;
  }

  get steps(): readonly Step[] {
    return this.#steps;
  }

  add(second: number, part: StepPart): void {
    while (second >= mostSteps * this.#stepSeconds) this.#halve();
    const index = Math.floor(second / this.#stepSeconds);
    while (this.#steps.length <= index) this.#steps.push(emptyStep());
    const step = this.#steps[index]!;
    step.requests += part.requests;
    step.errors += part.errors;
    step.pushes += part.pushes;
    for (const times of part.times) step.times.merge(times);
    // A run that ends says last that nobody plays: that is no part of what was seen in this step.
    if (!step.users.has(part.worker)) step.users.set(part.worker, part.users);
    step.busy.set(part.worker, Math.max(part.busy, step.busy.get(part.worker) ?? 0));
  }

  #halve(): void {
    this.#stepSeconds *= 2;
    const all = this.#steps;
    this.#steps = [];
    for (let i = 0; i < all.length; i += 2) this.#steps.push(joined(all[i]!, all[i + 1]));
  }
}

function emptyStep(): Step {
  return { requests: 0, errors: 0, pushes: 0, times: new Histogram(), users: new Map(), busy: new Map() };
}

function joined(first: Step, second: Step | undefined): Step {
  if (second === undefined) return first;
  first.requests += second.requests;
  first.errors += second.errors;
  first.pushes += second.pushes;
  first.times.merge(second.times.toJSON());
  for (const [worker, users] of second.users) first.users.set(worker, users);
  for (const [worker, busy] of second.busy)
    first.busy.set(worker, Math.max(busy, first.busy.get(worker) ?? 0));
  return first;
}
