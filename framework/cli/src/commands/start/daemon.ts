import { type ChildProcess, spawn } from 'node:child_process';
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

/** A master of its own session, for the process that starts it. */
export class Daemon {
  readonly #process: ChildProcess;
  /** Settles when its process has ended and nothing that it said is under way any more. */
  readonly #ended: Promise<string>;
  #hasPlan = false;

  private constructor(daemon: ChildProcess) {
    this.#process = daemon;
    // its last message may come after its exit, but not after its channel has closed
    this.#ended = Promise.all([once(daemon, 'exit'), once(daemon, 'disconnect')]).then(
      ([[code, signal]]) => `it ended with ${signal ?? `exit code ${code}`}; see logs/master.log`,
      reasonOf,
    );
  }

  /** Begins its process, which loads its code and waits for a plan. One that is left without a plan ends. */
  static begin(root: string, terminal: Terminal): Daemon {
    const log = logFile(join(root, 'logs'), terminal);
    const daemon = spawn(process.execPath, [daemonScript()], {
      cwd: root,
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    });
    return new Daemon(daemon);
  }

  /** Has it start the cluster, and waits until that is ready or has failed. Gives the exit code. */
  async run(plan: StartPlan, terminal: Terminal): Promise<number> {
    const { config, selection } = plan;
    this.#hasPlan = true;
    this.#process.send(plan, () => {}); // that it has ended is told by its end
    const ours = config.servers.filter(({ external }) => !external);
    const steps = hasSharedStore(config) ? [] : startSteps(chosen(ours, selection));
    const view = await progressView(steps, terminal);
    const end = await this.#outcome(view.onProgress);
    await view.end(end.kind === 'failed');
    if (end.kind === 'failed') {
      throw new PomeloError('DAEMON_FAILED', { reason: end.message }, { cause: { code: end.code } });
    }
    terminal.out(end.summary);
    const { pid } = this.#process;
    // of several masters one may end without the cluster
    const alone = hasSharedStore(config) ? `kill ${pid} ends this master alone, ` : '';
    terminal.out(
      `in the background (pid ${pid}, logs/master.log); ${alone}pomelo-ts stop ends ${alone ? 'the cluster' : 'it'}`,
    );
    return exitCodes.fine;
  }

  /** Lets it go on by itself. One without a plan is ended: it has done nothing, and nothing of a start that failed shall be left. */
  async leave(): Promise<void> {
    if (!this.#hasPlan) {
      this.#process.kill('SIGKILL');
      await this.#ended;
    }
    if (this.#process.connected) this.#process.disconnect();
    this.#process.unref();
  }

  #outcome(onProgress: (progress: Progress) => void): Promise<Exclude<DaemonMessage, { kind: 'progress' }>> {
    return new Promise((resolve) => {
      let failure: Extract<DaemonMessage, { kind: 'failed' }> | undefined;
      this.#process.on('message', (message: DaemonMessage) => {
        if (message.kind === 'progress') onProgress(message.progress);
        else if (message.kind === 'ready') resolve(message);
        else failure = message; // told when its process has ended, so that nothing is left then
      });
      void this.#ended.then((message) => resolve(failure ?? { kind: 'failed', message }));
    });
  }
}
