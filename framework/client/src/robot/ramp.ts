import { seededRandom } from './random.js';

/** When a robot begins to play, from the beginning of the run. */
export interface Start {
  readonly index: number;
  readonly atMs: number;
}

export interface RampOptions {
  readonly users: number;
  readonly rampMs: number;
  readonly seed: number;
  /** From 0. */
  readonly worker: number;
  readonly workers: number;
}

/** Keeps the jitter of a start apart from what the robot itself draws. */
const salt = 1;

/**
 * The robots of one worker in the order of their starts. The ramp is cut into as many equal parts as there are users; each starts
 * anywhere in its own part. Workers take turns, so that all of them are busy all along the ramp.
 */
export function rampOf({ users, rampMs, seed, worker, workers }: RampOptions): Start[] {
  const starts: Start[] = [];
  for (let index = worker; index < users; index += workers) {
    const jitter = seededRandom(seed, index, salt)();
    starts.push({ index, atMs: ((index + jitter) * rampMs) / users });
  }
  return starts;
}
