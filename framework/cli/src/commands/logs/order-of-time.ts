import type { LogLine } from './log-follower.js';

interface Timed {
  readonly line: LogLine;
  readonly time: number;
}

/** The lines of several logs as one, by the times that the framework's own lines tell; others stay behind the one before. */
export function inOrderOfTime(logs: readonly (readonly LogLine[])[]): readonly LogLine[] {
  if (logs.length === 1) return logs[0]!;
  return logs
    .flatMap(timed)
    .sort((a, b) => a.time - b.time) // stable, so that lines of one time keep their order
    .map(({ line }) => line);
}

function timed(lines: readonly LogLine[]): Timed[] {
  let time = 0;
  return lines.map((line) => {
    time = Math.max(time, timeOf(line.text) ?? 0);
    return { line, time };
  });
}

function timeOf(text: string): number | undefined {
  const [, told] = /^\{.*?"time":"([^"]+)"/.exec(text) ?? [];
  const time = told === undefined ? Number.NaN : Date.parse(told);
  return Number.isNaN(time) ? undefined : time;
}
