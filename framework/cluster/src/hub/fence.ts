/** What the hub knows about a server id when somebody joins with it. */
export interface Standing {
  /** Whether the topology has the id. */
  readonly known: boolean;
  /** Boot id that the supervisor has started and waits for. */
  readonly expected: string | undefined;
  /** Boot id of the life that was stopped on purpose, when that was the last one. */
  readonly dismissed: string | undefined;
  /** Boot id that holds the id now. */
  readonly holder: string | undefined;
}

/** Let it in, refuse it, or let it in and end the present holder. */
export type Verdict = { readonly refuse: string } | { readonly accept: true; readonly fence: boolean };

/** Decides about a process with boot id `bootId`, so that one server id never has two lives. */
export function judge(bootId: string, standing: Standing): Verdict {
  const { known, expected, dismissed, holder } = standing;
  if (!known) return { refuse: 'the topology has no server with this id' };
  if (dismissed === bootId) return { refuse: 'it was stopped on purpose' };
  if (expected !== undefined && expected !== bootId)
    return { refuse: `another process was started for this id (boot id ${expected})` };
  if (holder === undefined || holder === bootId) return { accept: true, fence: false };
  if (expected === bootId) return { accept: true, fence: true };
  return { refuse: `another process already has this id (boot id ${holder})` };
}
