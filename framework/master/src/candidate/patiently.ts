import { type Clock, delay, isPomeloError } from '@pomelo-ts/common';

/** How long a master that begins waits for a store that does not answer, and how often it asks, in ms. */
const storePatienceMs = 15_000;
const storePaceMs = 500;

/**
 * Works with a store that may not answer yet: after a failure of power it may be starting, too. `waiting` is told once.
 *
 * @throws what `work` throws; STORE_UNREACHABLE once that has lasted for 15 s, or when `isClosed`
 */
export async function patiently(
  work: () => Promise<void>,
  { clock, isClosed, waiting }: { clock: Clock; isClosed(): boolean; waiting(error: unknown): void },
): Promise<void> {
  const begun = clock.now();
  for (let told = false; ; told = true) {
    try {
      return await work();
    } catch (error) {
      const late = clock.now() - begun > storePatienceMs;
      if (late || isClosed() || !isPomeloError(error, 'STORE_UNREACHABLE')) throw error;
      if (!told) waiting(error);
      await delay(storePaceMs, clock);
    }
  }
}
