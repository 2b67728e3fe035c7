import type { Cell, Column, ColumnKind } from './column.js';

/** `12,345` up to 99,999, then `101k`, `1.2M`. */
export function showCount(value: number): string {
  if (value < 100_000) return Math.round(value).toLocaleString('en');
  return showLarge(value);
}

/** `0.3`, `830`, `41.2k`: each second. */
export function showRate(value: number): string {
  if (value === 0) return '0';
  if (value < 10) return value.toFixed(value < 0.1 ? 2 : 1);
  return value < 10_000 ? Math.round(value).toLocaleString('en') : showLarge(value);
}

function showLarge(value: number): string {
  const [divided, unit] =
    value < 1e6 ? [value / 1e3, 'k'] : value < 1e9 ? [value / 1e6, 'M'] : [value / 1e9, 'G'];
  return `${divided.toFixed(divided < 100 ? 1 : 0)}${unit}`;
}

/** `0.4ms`, `18ms`, `1.2s`, `61s`. */
export function showSeconds(value: number): string {
  const ms = value * 1000;
  if (ms < 1) return ms === 0 ? '0ms' : `${ms.toFixed(1)}ms`;
  if (ms < 1000) return `${Math.round(ms)}ms`;
  return value < 10 ? `${value.toFixed(1)}s` : `${Math.round(value)}s`;
}

/** `310M`, `1.2G`, of 1024. */
export function showBytes(value: number): string {
  const [divided, unit] =
    value < 1024 ** 2
      ? [value / 1024, 'K']
      : value < 1024 ** 3
        ? [value / 1024 ** 2, 'M']
        : [value / 1024 ** 3, 'G'];
  return `${divided < 10 && unit === 'G' ? divided.toFixed(1) : Math.round(divided)}${unit}`;
}

/** `0%`, `0.02%`, `1.5%`, `97%`. */
export function showShare(value: number): string {
  const percent = value * 100;
  if (percent === 0) return '0%';
  if (percent < 0.01) return '<0.01%';
  return `${percent < 1 ? percent.toFixed(2) : percent < 10 ? percent.toFixed(1) : Math.round(percent)}%`;
}

/** `9s`, `4m`, `3h`, `2d`. */
export function showAge(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}h`;
  return `${Math.floor(seconds / 86_400)}d`;
}

/** `12:03:50`, by the clock of whoever looks. */
export function showTime(ms: number): string {
  const time = new Date(ms);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
}

const byKind: Readonly<Record<Exclude<ColumnKind, 'text' | 'state'>, (value: number) => string>> = {
  count: showCount,
  rate: showRate,
  seconds: showSeconds,
  bytes: showBytes,
  share: showShare,
  age: showAge,
  time: showTime,
};

/** A cell as text; empty where nothing is known. */
export function showCell(cell: Cell | undefined, { kind }: Column): string {
  if (cell === null || cell === undefined) return '';
  if (typeof cell === 'string' || kind === 'text' || kind === 'state') return String(cell);
  return byKind[kind](cell);
}

const bars = [...'▁▂▃▄▅▆▇█'];
const plainBars = [...'_.-=+*#@'];

/** A line of bars, the highest value at full height; a blank where nothing is known. `plain` has no character beyond ASCII. */
export function showPast(values: readonly (number | null)[], plain = false): string {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  const steps = plain ? plainBars : bars;
  return values
    .map((value) =>
      value === null
        ? ' '
        : steps[most === 0 ? 0 : Math.min(steps.length - 1, Math.floor((value / most) * steps.length))]!,
    )
    .join('');
}
