import type { Tier } from '@pomelo-ts/cluster';
import type { OnProgress } from '@pomelo-ts/master';
import type { Terminal } from '../terminal.js';
import { LiveProgress } from './live-progress.js';
import { plainProgress } from './plain-progress.js';

/** Shows how servers start or stop. */
export interface ProgressView {
  readonly onProgress: OnProgress;
  /** Ends the drawing; call before anything else is printed. */
  end(failed: boolean): Promise<void>;
}

/** A view of the tiers that a person can watch, or plain lines. */
export async function progressView(tiers: readonly Tier[], terminal: Terminal): Promise<ProgressView> {
  if (!terminal.live || tiers.length === 0) return plainProgress(terminal);
  return LiveProgress.begin(tiers);
}
