import { join } from 'node:path';
import { isPomeloError, type Logger, reasonOf, systemClock } from '@pomelo-ts/common';
import { createLogger, foldingLogger, LogOutput } from '@pomelo-ts/common/internal';
import type { DaemonMessage } from './commands/start/daemon.js';
import { runMaster } from './commands/start/run-master.js';
import type { StartPlan } from './commands/start/start-plan.js';
import type { Terminal } from './terminal.js';

/*
 * The process of `pomelo-ts start -D`: a master whose output goes to logs/master.log. It gets its plan from the process
 * that has started it, secret included, over their own channel.
 */

/** What is logged and printed goes to the file, which this process keeps short. */
function loggerOf({ config }: StartPlan): Logger {
  const { bytesPerSecond, ...kept } = config.master.log;
  const file = { file: join(config.root, 'logs', 'master.log'), ...kept };
  const output = new LogOutput({ file, bytesPerSecond, clock: systemClock });
  output.capture(process.stdout, process.stderr);
  return foldingLogger(createLogger({ facts: { server: 'master' }, output }), systemClock);
}

/** A table is a line of the log for each of its rows. */
const linesOf = (text: string) => text.split('\n').filter((line) => line.trim() !== '');

const terminalOf = (logger: Logger): Terminal => ({
  out: (text) => linesOf(text).forEach((line) => void logger.info(line)),
  err: (text) => linesOf(text).forEach((line) => void logger.error(line)),
  live: false,
  colours: false,
});

/** The starter may be gone by now: Ctrl-C there does not end this. */
const tell = (message: DaemonMessage) => {
  if (process.connected) process.send?.(message, () => {});
};

// Without a plan there is nothing that keeps this process: it ends when its starter is gone.
process.once('message', (plan: StartPlan) => {
  const logger = loggerOf(plan);
  runMaster(plan, terminalOf(logger), {
    logger,
    progress: (progress) => tell({ kind: 'progress', progress }),
    ready: (summary) => tell({ kind: 'ready', summary }),
  }).then(
    (code) => {
      logger.flush();
      process.exit(code);
    },
    (error: unknown) => {
      // What was wrong with the call or the configuration is told where it was given: a stack would only hide it.
      if (isPomeloError(error))
        logger.error('The cluster could not be started.', { reason: reasonOf(error) });
      else logger.error('The cluster could not be started.', { error });
      logger.flush();
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
