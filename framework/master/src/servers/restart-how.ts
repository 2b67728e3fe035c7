/** How servers are restarted. */
export interface RestartHow {
  /** How long the first server of each type is watched before the others follow, in ms; 0 for not at all. @default 3000 */
  readonly watchMs?: number;
  /** How many of the others of a type are restarted at a time. @default a quarter of the type, at least one */
  readonly atOnce?: number | 'all';
}

/** How servers are restarted, and whether their code is tried before. */
export interface RestartOptions extends RestartHow {
  /** @default true */
  readonly trial?: boolean;
}

export const usualWatchMs = 3000;
/** Longest watch, in ms: other commands wait for its end. */
export const longestWatchMs = 3_600_000;

/** `ids` in windows of those that are restarted at a time: each has its share of each type, so that types go side by side. */
export function windowsOf(
  typesOf: ReadonlyMap<string, readonly string[]>,
  sizeOf: (type: string) => number,
): readonly (readonly string[])[] {
  const windows: string[][] = [];
  for (const [type, ids] of typesOf) {
    const size = sizeOf(type);
    for (let at = 0; at < ids.length; at += size) {
      const window = windows[at / size] ?? [];
      window.push(...ids.slice(at, at + size));
      windows[at / size] = window;
    }
  }
  return windows;
}
