import type { Problem } from '@pomelo-ts/views';

/** Something that is wrong, without since when. */
export interface Found extends Omit<Problem, 'since'> {
  /** Milliseconds that it must last before it is a problem; 0 where there are none. */
  readonly lastsMs?: number;
}

/** What is said of a problem of a server. */
export type Said = readonly [severity: Problem['severity'], what: string, next: string, lastsMs?: number];
