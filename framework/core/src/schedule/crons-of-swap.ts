/** What a swap of code means for crons, by their ids. */
export interface CronsOfSwap {
  /** Added by code that leaves. */
  readonly ended: ReadonlySet<string>;
  /** Others', that code which comes has taken away. */
  readonly removed: ReadonlySet<string>;
  /** Others', that code which leaves had taken away, and no other has. */
  readonly returning: ReadonlySet<string>;
}
