import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import { createLogger } from '@pomelo-ts/common/internal';
import type { DaemonMessage } from './commands/start/daemon.js';
import { runMaster } from './commands/start/run-master.js';
import type { StartPlan } from './commands/start.js';
import type { Terminal } from './terminal.js';

/*
 * The process of `pomelo-ts start -D`: a master whose output goes to logs/master.log. It gets its plan from the process
 * that has started it, secret included, over their own channel.
 */

const logger = createLogger({ facts: { server: 'master' } });
const terminal: Terminal = {
  out: (text) => logger.info(text),
  err: (text) => logger.error(text),
  live: false,
  colours: false,
};

/** The starter may be gone by now: Ctrl-C there does not end this. */
const tell = (message: DaemonMessage) => {
  if (process.connected) process.send?.(message, () => {});
};

process.once('message', (plan: StartPlan) => {
  runMaster(plan, terminal, {
    progress: (progress) => tell({ kind: 'progress', progress }),
    ready: (summary) => tell({ kind: 'ready', summary }),
  }).then(
    (code) => process.exit(code),
    (error: unknown) => {
      logger.error('The cluster could not be started.', { error });
      const leave = () => process.exit(1);
      if (!process.connected) leave();
      else process.send?.(failureOf(error), leave);
    },
  );
});

function failureOf(error: unknown): DaemonMessage {
  const message = reasonOf(error);
  return isPomeloError(error) ? { kind: 'failed', message, code: error.code } : { kind: 'failed', message };
}
