import type { Progress } from '@pomelo-ts/master';
import type { Terminal } from '../terminal.js';
import { progressView } from './progress-view.js';
import type { Step } from './steps.js';

/** Shows the progress of `work` until it is done. */
export async function withProgress<T>(
  steps: readonly Step[],
  terminal: Terminal,
  work: (onProgress: (event: unknown) => void) => Promise<T>,
): Promise<T> {
  const view = await progressView(steps, terminal);
  let failed = true;
  try {
    const result = await work((event) => view.onProgress(event as Progress));
    failed = false;
    return result;
  } finally {
    await view.end(failed);
  }
}
