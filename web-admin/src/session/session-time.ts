import { signal } from '@preact/signals';

/** How long before its end somebody is warned, in ms; half of the time where that is short. */
const warnMs = 120_000;

/** When the session ends by the clock of this browser, in ms since 1970. */
interface Ends {
  /** When nothing is done. */
  readonly idleAt: number;
  /** Whatever is done. */
  readonly endAt: number;
  readonly warnMs: number;
}

/** That the session ends soon. */
export interface EndWarning {
  /** Whether it goes on by a word of who is there, or ends in any case. */
  readonly kind: 'idle' | 'expired';
  readonly inMs: number;
}

/** As the server has said last. */
export const ends = signal<Ends | undefined>(undefined);

/** The longest that it was seen to last: that is what nothing may be done for. */
let idleWhole = 0;

/** What the server says of the session. */
export function tellTime(
  { idleMs, leftMs }: { readonly idleMs: number; readonly leftMs: number },
  now: number,
): void {
  idleWhole = Math.max(idleWhole, idleMs);
  ends.value = { idleAt: now + idleMs, endAt: now + leftMs, warnMs: Math.min(warnMs, idleWhole / 2) };
}

/** Whether somebody is to be warned, by what the server has said last; `inMs` is 0 once it should have ended. */
export function warningAt(told: Ends | undefined, now: number): EndWarning | undefined {
  if (!told) return undefined;
  const kind = told.endAt <= told.idleAt ? 'expired' : 'idle';
  const inMs = Math.min(told.endAt, told.idleAt) - now;
  return inMs > told.warnMs ? undefined : { kind, inMs: Math.max(0, inMs) };
}

/** `1:05` */
export function showLeft(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
