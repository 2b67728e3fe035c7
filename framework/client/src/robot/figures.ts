/** `0.85 ms`, `12.3 ms`, `230 ms`, `2.34 s`: about three digits that count. */
export function showTime(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms >= 100_000 ? 0 : 2)} s`;
  return `${ms >= 100 ? Math.round(ms) : ms.toFixed(ms >= 10 ? 1 : 2)} ms`;
}

/** `12,345`. */
export const showCount = (count: number): string =>
  count.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** `12.5/s`, `1,234/s`. */
export const showRate = (perSecond: number): string =>
  `${perSecond >= 100 ? showCount(perSecond) : Number(perSecond.toPrecision(3))}/s`;

/** A share from 0 to 1 as `0.25 %`. */
export function showShare(share: number): string {
  const percent = share * 100;
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}

/** `45s`, `3m 20s`, `2h 5m`. */
export function showSpan(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return withRest(`${minutes}m`, seconds % 60, 's');
  return withRest(`${Math.floor(minutes / 60)}h`, minutes % 60, 'm');
}

const withRest = (whole: string, rest: number, unit: string): string =>
  rest === 0 ? whole : `${whole} ${rest}${unit}`;
