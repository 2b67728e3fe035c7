import type { Clock } from '@pomelo-ts/common';

/** Defaults of heartbeats on links, in ms. */
export const linkBeats = { heartbeatMs: 500, deadMs: 2500 } as const;

/**
 * Calls `look` several times in a heartbeat, so that silence is found soon after its time; the returned function ends that. Not
 * for a heartbeat after a pause of this very process: what the other ends have sent is still unread then, so they were not silent.
 */
export function watchSilence(clock: Clock, heartbeatMs: number, look: (now: number) => void): () => void {
  let lookedAt = clock.now();
  let readsUntil = lookedAt;
  return clock.every(heartbeatMs / 4, () => {
    const now = clock.now();
    if (now - lookedAt > heartbeatMs) readsUntil = now + heartbeatMs;
    lookedAt = now;
    if (now >= readsUntil) look(now);
  });
}
