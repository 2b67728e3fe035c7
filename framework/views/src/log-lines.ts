/** A line of the log of one server. */
export interface LogLine {
  readonly id: string;
  readonly text: string;
  /** Whether it stands around a line that was looked for. */
  readonly around?: true;
  /** Whether lines before it are left out, as they are not around one. */
  readonly apart?: true;
}

/** The lines of a part of a log, as `log.read` answers it; without marks each one was looked for. */
export function logLinesOf(
  id: string,
  { lines, marks }: { readonly lines: readonly string[]; readonly marks?: string },
): LogLine[] {
  return lines.map((text, n): LogLine => {
    const mark = marks?.[n] ?? 'f';
    return {
      ...{ id, text },
      ...(mark.toLowerCase() === 'a' && { around: true as const }),
      ...(mark === mark.toUpperCase() && { apart: true as const }),
    };
  });
}

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
    time = Math.max(time, logTimeOf(line.text) ?? 0);
    return { line, time };
  });
}

/** When a line of the framework was written, in ms since 1970; undefined for one that does not tell. */
export function logTimeOf(text: string): number | undefined {
  const [, told] = /^\{.*?"time":"([^"]+)"/.exec(text) ?? [];
  const time = told === undefined ? Number.NaN : Date.parse(told);
  return Number.isNaN(time) ? undefined : time;
}
