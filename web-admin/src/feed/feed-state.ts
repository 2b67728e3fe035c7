import type { LeaderThere } from '../api/answers.js';

/** How the connection is that views come by. */
export type FeedState =
  | { readonly kind: 'off' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  /** Tried again at `retryAt`, in ms since 1970. */
  | { readonly kind: 'lost'; readonly since: number; readonly retryAt: number }
  /** The master behind the page does not lead any more, or there is none that does. */
  | {
      readonly kind: 'not-leading';
      readonly since: number;
      readonly retryAt: number;
      readonly leader?: LeaderThere | undefined;
    };

/** Milliseconds to the next try, by how many have failed: half a second at first, then twice as long each, 10 s at most. */
export function backOffMs(failures: number, random: () => number): number {
  const most = Math.min(10_000, 500 * 2 ** failures);
  // those who lost it together do not come back together
  return most / 2 + (random() * most) / 2;
}
