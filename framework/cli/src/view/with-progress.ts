import type { Progress } from '@pomelo-ts/master';
import { unlessInterrupted } from '../interrupt.js';
import type { Terminal } from '../terminal.js';
import { progressView } from './progress-view.js';
import type { Step } from './steps.js';

/** Shows the progress of what the master does for `command` until it is done, or nobody wants to wait for it. @throws Interrupted */
export async function withProgress<T>(
  command: string,
  steps: readonly Step[],
  terminal: Terminal,
  work: (onProgress: (event: unknown) => void) => Promise<T>,
): Promise<T> {
  const view = await progressView(steps, terminal);
  let failed = true;
  try {
    const result = await unlessInterrupted(
      command,
      work((event) => view.onProgress(event as Progress)),
    );
    failed = false;
    return result;
  } finally {
    await view.end(failed);
  }
}
