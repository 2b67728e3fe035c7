import { type LogRecord, logRecord } from '@pomelo-ts/views';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogPart } from '../api/answers.js';
import { askFeed, feedState } from '../feed/feed.js';

/** One line of a log as it is shown. */
export interface ReadLine {
  /** In the order of the log. */
  readonly number: number;
  readonly text: string;
  readonly record: LogRecord | undefined;
}

/** So many lines are read at first, and after each wish for earlier ones; the last of them is the most that is kept. */
const sizes = [300, 2000, 10_000] as const;
const mostLines = sizes.at(-1)!;
const everyMs = 1000;

/** The log of a server: its last lines, and those that come while it is followed. */
export function useLog(id: string, follow: boolean) {
  const [lines, setLines] = useState<readonly ReadLine[]>([]);
  const [problem, setProblem] = useState<string | undefined>();
  const [size, setSize] = useState(0);
  const next = useRef<LogPart['next']>(undefined);
  const connected = feedState.value.kind === 'open';
  useEffect(() => {
    if (!connected) return;
    let over = false;
    next.current = undefined;
    const read = async () => {
      const request = next.current ? { after: next.current } : { lines: sizes[size]! };
      const isFirst = next.current === undefined;
      const part = await askFeed<LogPart>('log.read', { id, request });
      if (over) return;
      next.current = part.next;
      setProblem(undefined);
      setLines((before) => joined(isFirst ? [] : before, part.lines));
      if (part.more) await read();
    };
    let timer: ReturnType<typeof setTimeout>;
    const turn = () => {
      read()
        .catch((error: Error) => over || setProblem(error.message))
        .finally(() => {
          if (!over && follow) timer = setTimeout(turn, everyMs);
        });
    };
    turn();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [id, follow, size, connected]);
  const isLast = size === sizes.length - 1;
  return {
    lines,
    problem,
    earlier: isLast || lines.length < sizes[size]! ? undefined : () => setSize(size + 1),
    capped: isLast && lines.length >= mostLines ? mostLines : undefined,
  };
}

function joined(before: readonly ReadLine[], more: readonly string[]): readonly ReadLine[] {
  if (more.length === 0) return before;
  const first = (before.at(-1)?.number ?? 0) + 1;
  return [...before, ...more.map((text, n) => ({ number: first + n, text, record: logRecord(text) }))].slice(
    -mostLines,
  );
}
