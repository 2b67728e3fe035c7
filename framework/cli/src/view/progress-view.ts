import type { OnProgress } from '@pomelo-ts/master';
import type { Terminal } from '../terminal.js';
import { escapedLines } from './escaped.js';
import { plainProgress } from './plain-progress.js';
import type { Step } from './steps.js';

/** Shows how servers start or stop. */
export interface ProgressView {
  readonly onProgress: OnProgress;
  /** Ends the drawing; call before anything else is printed. */
  end(failed: boolean): Promise<void>;
}

/** A view of the steps that a person can watch, or plain lines. */
export async function progressView(steps: readonly Step[], terminal: Terminal): Promise<ProgressView> {
  if (!terminal.live || steps.length === 0) return plainProgress(terminal);
  const { LiveProgress } = await import('./live-progress.js'); // what draws is heavy
  const view = LiveProgress.begin(steps);
  const warnings: string[] = [];
  return {
    onProgress: (progress) => {
      if (progress.kind === 'warning') warnings.push(progress.text);
      else view.onProgress(progress);
    },
    async end(failed) {
      await view.end(failed);
      for (const text of warnings.splice(0)) terminal.err(`warning ${escapedLines(text)}`);
    },
  };
}
