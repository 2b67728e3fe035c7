import { type Past, pastSpans } from '@pomelo-ts/views';

/** Most points that are kept of a figure, one a second: as many as the master has. */
export const mostPoints = pastSpans['10m'].points;

/** Figures over time, the oldest first. Times in seconds, as charts have them. */
export interface Series {
  readonly times: readonly number[];
  /** By the name of the figure; null where nothing was known. */
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
}

/** Figures of which nothing is known yet. */
export const noSeries: Series = { times: [], values: {} };

/** What the master remembers. */
export function seriesOf({ at, stepSeconds, values }: Past): Series {
  const points = Math.max(0, ...Object.values(values).map((all) => all.length));
  return {
    times: Array.from({ length: points }, (_, n) => at / 1000 - (points - 1 - n) * stepSeconds),
    values,
  };
}

/** One after the other: of the later figures, those that are newer than all of the former. */
export function joined(former: Series, later: Series): Series {
  const last = former.times.at(-1);
  if (last === undefined) return later;
  const from = later.times.findIndex((time) => time > last);
  if (from < 0) return former;
  const both = (name: string) => [
    ...(former.values[name] ?? former.times.map(() => null)),
    ...(later.values[name] ?? later.times.map(() => null)).slice(from),
  ];
  return {
    times: [...former.times, ...later.times.slice(from)].slice(-mostPoints),
    values: Object.fromEntries(
      Object.keys(later.values).map((name) => [name, both(name).slice(-mostPoints)]),
    ),
  };
}

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
