import { useEffect, useState } from 'preact/hooks';
import { operate } from '../api/operate.js';

/** What an operation answered, and how to ask again. */
export interface Asked<T> {
  readonly answer: T | undefined;
  readonly problem: string | undefined;
  again(): void;
}

/** Asks for something that is read once, and again after it was changed. */
export function useAsked<T>(verb: string, args: object = {}): Asked<T> {
  const [answer, setAnswer] = useState<T | undefined>();
  const [problem, setProblem] = useState<string | undefined>();
  const [times, setTimes] = useState(0);
  const key = JSON.stringify(args);
  useEffect(() => {
    let over = false;
    operate<T>(verb, JSON.parse(key) as object).then(
      (told) => {
        if (over) return;
        setAnswer(told);
        setProblem(undefined);
      },
      (error: Error) => over || setProblem(error.message),
    );
    return () => {
      over = true;
    };
  }, [verb, key, times]);
  return { answer, problem, again: () => setTimes((before) => before + 1) };
}
