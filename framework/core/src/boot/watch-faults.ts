import { isPomeloError, type Logger } from '@pomelo-ts/common';
import type { CoreMeasures } from '../measures.js';
import { typedFile } from '../server/evaluating/typed-file.js';

/** What {@link watchFaults} works with. */
export interface FaultWatch {
  readonly logger: Logger;
  /** Where faults are counted, once there is a server. */
  counters(): CoreMeasures | undefined;
  /** Ends this process in good order, with code 1. */
  stop(): void;
}

/** What {@link watchFaults} gives. */
export interface WatchedFaults {
  /** From here on the end of this process is meant, and not told as a surprise. */
  expectExit(): void;
  /** Ends the watch. */
  release(): void;
}

/**
 * Decides about what game code leaves to nobody:
 *
 * - An error that nobody caught, thrown in a timer say: after that the game's state cannot be trusted. The process tells its
 *   clients, ends with code 1, and is started again where `auto-restart` says so.
 * - A promise that failed and that nobody waited for, and a call that the framework has refused by an error of its own: only
 *   what that code was about to do is left undone. It is logged with its place and counted, and the server goes on.
 * - An error with code in its stack that an operator has typed, thrown in a timer of it say: whoever typed it had it carried out
 *   in a game that works. It is logged, as it would have been shown had that code waited for it.
 * - The end of the process that is not its own, by `process.exit` in a handler say, is logged with its place.
 *
 * A game with listeners of its own for the first two decides by itself.
 */
export function watchFaults({ logger, counters, stop }: FaultWatch): WatchedFaults {
  let expected = false;
  const uncaught = (error: unknown): void => {
    if (process.listenerCount('uncaughtException') > 1) return;
    if (isPomeloError(error)) {
      counters()?.processUncaughtRefusals.add();
      logger.error('a call of the game was refused, and nobody caught the error', { error });
      return;
    }
    if (isOfOperator(error)) {
      logger.error('code that an operator had carried out left an error that nobody caught', { error });
      return;
    }
    logger.error('an error that nobody caught ends this server', { error });
    stop();
  };
  const unhandled = (error: unknown): void => {
    if (process.listenerCount('unhandledRejection') > 1) return;
    counters()?.processUnhandledRejections.add();
    logger.error('a promise failed and nobody had waited for it', { error });
  };
  const exits = (code: number): void => {
    if (expected) return;
    const error = new Error('the process was told to exit here');
    logger.error(`code of the game ends this process with code ${code}`, { error });
  };
  process.on('uncaughtException', uncaught);
  process.on('unhandledRejection', unhandled);
  process.on('exit', exits);
  return {
    expectExit: () => {
      expected = true;
    },
    release: () => {
      process.off('uncaughtException', uncaught);
      process.off('unhandledRejection', unhandled);
      process.off('exit', exits);
    },
  };
}

function isOfOperator(error: unknown): boolean {
  try {
    return error instanceof Error && String(error.stack).includes(typedFile);
  } catch {
    return false; // code may throw what cannot even be looked at
  }
}
