import { computed, signal } from '@preact/signals';
import type { Session } from '../api/answers.js';
import { ask } from '../api/request.js';
import { now } from '../feed/clock.js';
import { ends, tellTime, warningAt } from './session-time.js';

/** How often at most the server is told that somebody is there, and asked whether another tab has told it, in ms. */
const [tellMs, lookMs] = [30_000, 10_000];
/** By what it shows that somebody is there. */
const signs = ['pointerdown', 'keydown', 'wheel'] as const;

/** When the server was asked last. */
const askedAt = signal(0);
let busy = false;

/** That the session ends soon; the server was asked whether that is so. */
export const endWarning = computed(() => {
  const warning = warningAt(ends.value, now.value);
  return warning && askedAt.value > 0 ? warning : undefined;
});

/** Has the session go on, as somebody is there. */
export const stay = (): Promise<void> => look(false);

/** Sees whether somebody is there, and tells the server so, until the returned function is called. */
export function beginPresence(): () => void {
  askedAt.value = 0;
  let toldAt = Date.now();
  const here = () => {
    // where it asks whether somebody is there, the answer is a button: what is under a dialog is not used by mistake
    if (endWarning.value || Date.now() - toldAt < tellMs) return;
    toldAt = Date.now();
    void stay();
  };
  const options = { capture: true, passive: true } as const;
  for (const sign of signs) addEventListener(sign, here, options);
  const stopLook = now.subscribe((at) => {
    if (!warningAt(ends.value, at)) askedAt.value = 0;
    else if (at - askedAt.value >= lookMs) void look(true);
  });
  return () => {
    for (const sign of signs) removeEventListener(sign, here, options);
    stopLook();
    ends.value = undefined;
  };
}

/** Asks the server how long the session lasts. @param unasked whether nobody has done anything */
async function look(unasked: boolean): Promise<void> {
  if (busy) return;
  busy = true;
  try {
    tellTime((await ask<{ session: Session }>('GET', 'session', undefined, { unasked })).session, Date.now());
  } catch {
    // it is over, which the sign-in says, or cannot be asked, which the feed tells
  } finally {
    askedAt.value = Date.now();
    busy = false;
  }
}
