import type { ServerRow } from '@pomelo-ts/master';

/** Those of the servers that do what they are asked, be it that they drain. */
export const serving = (rows: readonly ServerRow[]): readonly ServerRow[] =>
  rows.filter(({ state }) => state === 'ready' || state === 'draining');
