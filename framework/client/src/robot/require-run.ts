import type { RunInfo } from './definition.js';
import { RobotError } from './robot-error.js';

/** @throws RobotError that names the first value that cannot be used */
export function requireRun({ users, rampMs, durationMs, workers, seed }: RunInfo): void {
  const whole = { users, workers };
  for (const [name, value] of Object.entries(whole))
    if (!Number.isSafeInteger(value) || value < 1) throw wrong(name, 'a whole number from 1 on', value);
  if (!Number.isSafeInteger(seed) || seed < 0) throw wrong('seed', 'a whole number from 0 on', seed);
  if (!(rampMs >= 0 && rampMs < 2 ** 31)) throw wrong('the ramp', 'a time from 0 to 24 days', rampMs);
  if (durationMs === undefined) return;
  if (!(durationMs > 0 && durationMs < 2 ** 31))
    throw wrong('the duration', 'a time up to 24 days', durationMs);
  if (rampMs > durationMs)
    throw new RobotError(
      `expected a ramp that is over before the run: it takes ${rampMs} ms, and the run ${durationMs} ms`,
    );
}

function wrong(name: string, expected: string, got: unknown): RobotError {
  return new RobotError(`expected ${name} as ${expected}; got ${String(got)}`);
}
