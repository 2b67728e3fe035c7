import { useEffect, useState } from 'preact/hooks';
import { askFeed, feedState } from '../feed/feed.js';

/** What was answered last, or why nothing is. */
export interface Polled<T> {
  readonly answer: T | undefined;
  readonly problem: string | undefined;
}

/** Asks for something again and again while there is a connection. It goes by the feed: who only watches does nothing, and is signed out in time. */
export function usePolled<T>(verb: string, args: object, everyMs: number): Polled<T> {
  const [polled, setPolled] = useState<Polled<T>>({ answer: undefined, problem: undefined });
  const connected = feedState.value.kind === 'open';
  const key = JSON.stringify(args);
  useEffect(() => {
    if (!connected) return;
    let over = false;
    let timer: ReturnType<typeof setTimeout>;
    const turn = () => {
      askFeed<T>(verb, JSON.parse(key) as object)
        .then(
          (answer) => over || setPolled({ answer, problem: undefined }),
          (error: Error) => over || setPolled(({ answer }) => ({ answer, problem: error.message })),
        )
        .finally(() => {
          if (!over) timer = setTimeout(turn, everyMs);
        });
    };
    turn();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [verb, key, everyMs, connected]);
  return polled;
}
