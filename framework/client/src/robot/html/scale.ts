/** Round values from 0 to the first that is not below `largest`, about `most` of them. */
export function niceTicks(largest: number, most = 4): number[] {
  if (!(largest > 0)) return [0, 1];
  const rough = largest / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough * 0.999)!;
  const count = Math.ceil(largest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const spans = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * second),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * minute),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * hour),
];

/** Times in ms that a clock shows as round ones, from 0 to at most `endMs`. */
export function timeTicks(endMs: number, most = 7): number[] {
  const step =
    spans.find((span) => endMs / span <= most) ?? Math.ceil(endMs / most / (24 * hour)) * 24 * hour;
  return Array.from({ length: Math.floor(endMs / step) + 1 }, (_, i) => i * step);
}
