import { type Asking, unlessInterrupted } from '../interrupt.js';
import type { Terminal } from '../terminal.js';
import { progressView } from './progress-view.js';
import type { Step } from './steps.js';

/**
 * Shows the progress of what the master does for `command` until it is done, or nobody wants to wait for it.
 *
 * @throws as `unlessInterrupted`
 */
export async function withProgress<T>(
  command: string,
  steps: readonly Step[],
  terminal: Terminal,
  ask: Asking<T>,
): Promise<T> {
  const view = await progressView(steps, terminal);
  let failed = true;
  try {
    const result = await unlessInterrupted(command, ask, view.onProgress);
    failed = false;
    return result;
  } finally {
    await view.end(failed);
  }
}
