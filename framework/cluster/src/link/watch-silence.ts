import type { Clock } from '@pomelo-ts/common';

/** Defaults of heartbeats on links, in ms. */
export const linkBeats = { heartbeatMs: 500, deadMs: 2800 } as const;

/** Looks in a heartbeat. */
const looks = 10;

/**
 * Calls `look` several times in a heartbeat, so that silence is found soon after its time; the returned function ends that. After
 * a pause of this very process it calls `paused` instead: what the other ends have sent is still unread then.
 */
export function watchSilence(
  clock: Clock,
  heartbeatMs: number,
  { look, paused }: { look(now: number): void; paused(now: number): void },
): () => void {
  let lookedAt = clock.now();
  return clock.every(heartbeatMs / looks, () => {
    const now = clock.now();
    const wasPaused = now - lookedAt > heartbeatMs;
    lookedAt = now;
    if (wasPaused) paused(now);
    else look(now);
  });
}
