/** Most points that are kept of a figure: a quarter of an hour, one a second. */
export const mostPoints = 900;

/** Figures over time, the oldest first. Times in seconds, as charts have them. */
export interface Series {
  readonly times: readonly number[];
  /** By the name of the figure; null where nothing was known. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** Figures of which nothing is known yet. */
export const noSeries: Series = { times: [], values: {} };

/** Figures with those of one more moment; one that is not newer than the last is none. */
export function withMoment(
  series: Series,
  atMs: number,
  figures: Readonly<Record<string, number | null>>,
): Series {
  const { times, values } = series;
  if (times.length > 0 && atMs / 1000 <= times.at(-1)!) return series;
  const more = <T>(before: readonly T[], one: T): readonly T[] => [...before, one].slice(-mostPoints);
  return {
    times: more(times, atMs / 1000),
    values: Object.fromEntries(
      Object.entries(figures).map(([name, value]) => [
        name,
        more(values[name] ?? times.map(() => null), value),
      ]),
    ),
  };
}

/** The least, the most and the latest of values; undefined when none is known. */
export function spanOf(values: readonly (number | null)[]) {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefined;
  return {
    least: known.reduce((a, b) => Math.min(a, b)),
    most: known.reduce((a, b) => Math.max(a, b)),
    now: known.at(-1)!,
  };
}

/** At most so many points of many, evenly, the last one among them: for a table. */
export function thinned(series: Series, most: number): Series {
  const step = Math.max(1, Math.ceil(series.times.length / most));
  const last = series.times.length - 1;
  const kept = (_: unknown, n: number) => (last - n) % step === 0;
  return {
    times: series.times.filter(kept),
    values: Object.fromEntries(Object.entries(series.values).map(([name, all]) => [name, all.filter(kept)])),
  };
}
