import type { CronEntry } from '@pomelo-ts/cluster';

/** One thing in one of the application's lists. */
export interface Item {
  readonly list: unknown[];
  readonly item: unknown;
}

/** What the code of one file does to the application while it is made; it counts once that code is in use, and never when that fails. */
export class Making {
  readonly items: Item[] = [];
  readonly crons: CronEntry[] = [];
  /** Ids of crons of other code that it has taken away. */
  readonly removed: string[] = [];

  /** What it has put on one of the lists. */
  of(list: readonly unknown[]): unknown[] {
    return this.items.filter((one) => one.list === list).map(({ item }) => item);
  }
}

/** The code that is being made and that the calling code belongs to; undefined for code in use. */
export type MakingNow = () => Making | undefined;
