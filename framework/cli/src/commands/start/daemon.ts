import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PomeloError, reasonOf } from '@pomelo-ts/common';
import { openLog } from '@pomelo-ts/common/internal';
import type { Progress } from '@pomelo-ts/master';
import { isNoRoom } from '@pomelo-ts/master/internal';
import { exitCodes } from '../../failure.js';
import { chosen } from '../../selection.js';
import { hasSharedStore } from '../../shared-store.js';
import type { Terminal } from '../../terminal.js';
import { progressView } from '../../view/progress-view.js';
import { startSteps } from '../../view/steps.js';
import { daemonScript } from './scripts.js';
import type { StartPlan } from './start-plan.js';

/** What a daemon tells the process that has started it. */
export type DaemonMessage =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'ready'; readonly summary: string }
  /** `code` is that of the error, for the exit code. */
  | { readonly kind: 'failed'; readonly message: string; readonly code?: string };

/** The log of the master. On a disk that is full it runs without one: servers need a master more than anybody needs its lines. */
function logFile(folder: string, terminal: Terminal): number | 'ignore' {
  try {
    return openLog(join(folder, 'master.log'));
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    terminal.err(`warning the master runs without its log: ${reasonOf(error)}`);
    return 'ignore';
  }
}

/** Starts a master of its own session and waits until its cluster is ready or has failed. Gives the exit code. */
export async function runDaemon(plan: StartPlan, terminal: Terminal): Promise<number> {
  const { config, selection } = plan;
  const log = logFile(join(config.root, 'logs'), terminal);
  const child = spawn(process.execPath, [daemonScript()], {
    cwd: config.root,
    detached: true,
    stdio: ['ignore', log, log, 'ipc'],
  });
  child.send(plan);
  const ours = config.servers.filter(({ external }) => !external);
  const steps = hasSharedStore(config) ? [] : startSteps(chosen(ours, selection));
  const view = await progressView(steps, terminal);
  const end = await new Promise<Exclude<DaemonMessage, { kind: 'progress' }>>((resolve) => {
    let failure: Extract<DaemonMessage, { kind: 'failed' }> | undefined;
    child.on('message', (message: DaemonMessage) => {
      if (message.kind === 'progress') view.onProgress(message.progress);
      else if (message.kind === 'ready') resolve(message);
      else failure = message; // told when its process has ended, so that nothing is left then
    });
    // its last message may come after its exit, but not after its channel has closed
    void Promise.all([once(child, 'exit'), once(child, 'disconnect')]).then(([[code, signal]]) => {
      const message = `it ended with ${signal ?? `exit code ${code}`}; see logs/master.log`;
      resolve(failure ?? { kind: 'failed', message });
    });
  });
  await view.end(end.kind === 'failed');
  if (end.kind === 'failed') {
    throw new PomeloError('DAEMON_FAILED', { reason: end.message }, { cause: { code: end.code } });
  }
  child.disconnect();
  child.unref();
  terminal.out(end.summary);
  // of several masters one may end without the cluster
  const alone = hasSharedStore(config) ? `kill ${child.pid} ends this master alone, ` : '';
  terminal.out(
    `in the background (pid ${child.pid}, logs/master.log); ${alone}pomelo-ts stop ends ${alone ? 'the cluster' : 'it'}`,
  );
  return exitCodes.fine;
}
