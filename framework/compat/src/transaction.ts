import type { Logger } from '@pomelo-ts/common';
import { reasonOf } from '@pomelo-ts/common';
import { untilDone } from './callback.js';

type Steps = Readonly<Record<string, (callback: (error?: unknown) => void) => unknown>>;

/**
 * Runs all of `conditions` and, when none fails, all of `handlers`, one after the other; failing handlers are run again from
 * the first one, `retry` times at most. What comes of it is logged.
 */
export async function transaction(
  logger: Logger,
  name: string,
  conditions: Steps,
  handlers: Steps,
  retry = 1,
): Promise<void> {
  try {
    await runAll(conditions);
  } catch (error) {
    logger.error(`transaction ${name}: a condition does not hold: ${reasonOf(error)}`, { error });
    return;
  }
  for (let left = retry; ; left--) {
    try {
      await runAll(handlers);
      logger.info(`transaction ${name} is done`);
      return;
    } catch (error) {
      logger.error(`transaction ${name} failed: ${reasonOf(error)}`, { error, retries: Math.max(left, 0) });
      if (left <= 0) return;
    }
  }
}

async function runAll(steps: Steps): Promise<void> {
  for (const step of Object.values(steps)) await untilDone(step as never, undefined, []);
}
