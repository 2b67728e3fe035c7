import { pathOf } from './path-of.js';

const [width, height] = [96, 22];

interface SparklineProps {
  readonly values: readonly (number | null)[];
  /** What it shows, in words. */
  readonly label: string;
}

/** A small line without axes. Where nothing is known there is a gap. */
export function Sparkline({ values, label }: SparklineProps) {
  return (
    <svg class="sparkline" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path class="base" d={`M0 ${height - 0.5}H${width}`} />
      <path d={pathOf(values, width, height)} />
    </svg>
  );
}
