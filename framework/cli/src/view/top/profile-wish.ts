import { parseDuration } from '@pomelo-ts/common';

/** What is wanted of a server, as the master is asked for it. */
export type ProfileWish =
  | { readonly kind: 'cpu'; readonly ms: number }
  | { readonly kind: 'heap'; readonly force: boolean };

/** A duration is where the time goes, `heap` what is in memory, with `--force` though clients wait meanwhile; undefined for other words. */
export function profileWish(words: string): ProfileWish | undefined {
  if (words === 'heap' || words === 'heap --force') return { kind: 'heap', force: words !== 'heap' };
  const ms = parseDuration(words);
  return ms ? { kind: 'cpu', ms } : undefined;
}
