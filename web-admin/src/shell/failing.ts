import { useState } from 'preact/hooks';
import { t } from '../words/words-store.js';

/** Something that is asked of the server and may be refused. */
export interface Failing {
  /** What the server said against it. */
  readonly problem: string | undefined;
  readonly busy: boolean;
  /** Carries it out, one at a time. */
  run(work: () => Promise<unknown>): void;
  tell(problem: string | undefined): void;
}

/** Has what the server refuses told where it was asked for. `words` makes it of an error, where the server's own are not enough. */
export function useFailing(words: (error: Error) => string | undefined = () => undefined): Failing {
  const [problem, setProblem] = useState<string | undefined>();
  const [busy, setBusy] = useState(false);
  const run = (work: () => Promise<unknown>) => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    work()
      .catch((error: Error) => setProblem(words(error) ?? t('refused', { reason: error.message })))
      .finally(() => setBusy(false));
  };
  return { problem, busy, run, tell: setProblem };
}
