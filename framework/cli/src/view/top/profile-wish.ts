import { parseDuration } from '@pomelo-ts/common';

/** What is wanted of a server, as the master is asked for it. */
export type ProfileWish =
  | { readonly kind: 'cpu'; readonly ms: number }
  | { readonly kind: 'heap'; readonly force: false };

/** A duration is where the time goes, `heap` what is in memory; undefined for other words. */
export function profileWish(word: string): ProfileWish | undefined {
  if (word === 'heap') return { kind: 'heap', force: false };
  const ms = parseDuration(word);
  return ms ? { kind: 'cpu', ms } : undefined;
}
