import { workerData } from 'node:worker_threads';

/** What a trial's thread is told: which process has made the trial, and how long it may take, in ms. */
export interface TrialLife {
  readonly parent: number;
  readonly lastsMs: number;
}

/** How often it is looked whether that process still lives, in ms. */
const lookMs = 200;

/*
 * A thread of a process that tries code: it ends that process when nobody waits for its word any more. The code that is tried may
 * keep the main thread for ever, and the process that has the time of the trial in hand may have been killed.
 */
const { parent, lastsMs } = workerData as TrialLife;
const end = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
setInterval(() => {
  if (process.ppid !== parent) end();
}, lookMs);
setTimeout(end, lastsMs);
