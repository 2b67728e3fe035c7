import { inOrderOfTime, type LogFilterArgs, type LogLine, type LogRecord, logRecord } from '@pomelo-ts/views';
import { useEffect, useState } from 'preact/hooks';
import type { LogPart } from '../api/answers.js';
import { askFeed, feedState } from '../feed/feed.js';
import { LogReader } from './log-reader.js';

/** One line of a log as it is shown. */
export interface ReadLine extends LogLine {
  /** In the order in which they came. */
  readonly number: number;
  readonly record: LogRecord | undefined;
}

/** So many lines are read at first, and after each wish for earlier ones; the last of them is the most that is kept. */
const sizes = [300, 2000, 10_000] as const;
const mostLines = sizes.at(-1)!;
/** Time between two looks, in ms, and how much longer for each server. */
const [everyMs, eachMs] = [1000, 20];

/** The logs of some servers as one: their last lines, and those that come while they are followed. */
export function useLogs(ids: readonly string[], wanted: LogFilterArgs, follow: boolean) {
  const [lines, setLines] = useState<readonly ReadLine[]>([]);
  const [problem, setProblem] = useState<string | undefined>();
  const [size, setSize] = useState(0);
  const connected = feedState.value.kind === 'open';
  const asked = JSON.stringify([ids, wanted]);
  useEffect(() => {
    if (!connected || ids.length === 0) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    let isFirst = true;
    const reader = new LogReader((args) => askFeed<LogPart>('log.read', args), wanted);
    const look = async () => {
      const found = inOrderOfTime(await reader.read(ids, sizes[size]!));
      if (over) return;
      setProblem(undefined);
      const begins = isFirst;
      isFirst = false;
      setLines((before) => joined(begins ? [] : before, found));
    };
    const turn = () => {
      look()
        .catch((error: Error) => over || setProblem(error.message))
        .finally(() => {
          if (!over && follow) timer = setTimeout(turn, everyMs + ids.length * eachMs);
        });
    };
    turn();
    return () => {
      over = true;
      clearTimeout(timer);
    };
    // what is asked for is all in its text
  }, [asked, follow, size, connected]);
  const isLast = size === sizes.length - 1;
  return {
    lines,
    problem,
    earlier: isLast || lines.length < sizes[size]! ? undefined : () => setSize(size + 1),
    capped: isLast && lines.length >= mostLines ? mostLines : undefined,
  };
}

function joined(before: readonly ReadLine[], more: readonly LogLine[]): readonly ReadLine[] {
  if (more.length === 0) return before;
  const first = (before.at(-1)?.number ?? 0) + 1;
  const read = more.map((line, n) => ({ ...line, number: first + n, record: logRecord(line.text) }));
  return [...before, ...read].slice(-mostLines);
}
