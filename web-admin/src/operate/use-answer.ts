import { useEffect, useRef, useState } from 'preact/hooks';
import { begin } from '../actions/tasks-store.js';
import type { OperationInfo } from '../api/answers.js';
import { operate } from '../api/operate.js';
import { ApiError } from '../api/request.js';
import { useFailing } from '../shell/failing.js';
import { announce } from '../words/announce-store.js';
import { t } from '../words/words-store.js';

/** An operation that somebody asks for, and what came of it. */
export interface Answering {
  readonly answer: { readonly value: unknown } | undefined;
  readonly problem: string | undefined;
  readonly busy: boolean;
  ask(args: object): void;
  /** Ends what only looks. */
  cancel(): void;
}

/** Asks for an operation. One that only looks ends with the page; a change goes on, and is told of in the list of what is under way. */
export function useAnswer({ verb, changes }: OperationInfo): Answering {
  const [answer, setAnswer] = useState<{ readonly value: unknown } | undefined>();
  const { problem, busy, run } = useFailing(withCode);
  const looking = useRef<AbortController | undefined>(undefined);
  const cancel = () => looking.current?.abort();
  useEffect(() => cancel, []);
  const look = async (args: object) => {
    looking.current = new AbortController();
    const { signal } = looking.current;
    try {
      setAnswer({ value: await operate(verb, args, { signal }) });
      announce(t('operate.answered'));
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  const ask = (args: object) =>
    run(async () => {
      setAnswer(undefined);
      if (changes) setAnswer({ value: await begin(verb, args, verb) });
      else await look(args);
    });
  return { answer, problem, busy, ask, cancel };
}

const withCode = (error: Error): string | undefined =>
  error instanceof ApiError ? t('refused', { reason: `${error.code}: ${error.message}` }) : undefined;
