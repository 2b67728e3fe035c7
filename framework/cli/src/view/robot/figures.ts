/** `1.5 ms`, `230 ms`, `2.34 s`: three digits that count. */
export function showTime(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms >= 100_000 ? 0 : 2)} s`;
  return `${ms >= 100 ? Math.round(ms) : ms.toFixed(ms >= 10 ? 1 : 2)} ms`;
}

/** `12,345`. */
export const showCount = (count: number): string =>
  count.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** `12.5/s`, `1,234/s`. */
export const showRate = (perSecond: number): string =>
  `${perSecond >= 100 ? showCount(perSecond) : Number(perSecond.toPrecision(2))}/s`;

/** `0.25 %`. */
export function showShare(share: number): string {
  const percent = share * 100;
  return `${percent === 0 || percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))} %`;
}
