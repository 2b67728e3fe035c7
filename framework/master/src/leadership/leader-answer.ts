import type { Leader } from './leader.js';

/** What any master answers to who asks it who leads. */
export interface LeaderAnswer {
  /** Whether it is the one that was asked. */
  readonly leads: boolean;
  /** The environment that it runs in. */
  readonly env: string;
  /** Missing while nobody leads, as far as is known. */
  readonly leader?: Leader;
}
