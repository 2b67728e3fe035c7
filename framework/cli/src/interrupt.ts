import { isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Progress } from '@pomelo-ts/master';

/** Ctrl-C at a command whose work the master does: that goes on there. */
export class Interrupted extends Error {
  constructor(command: string, operationId: number | undefined) {
    const seen =
      operationId === undefined
        ? '; pomelo-ts list shows how far it is'
        : ` as operation ${operationId}; pomelo-ts operations watch ${operationId} shows how far it is`;
    super(`${command} goes on in the master${seen}`);
  }
}

/** Asks the master for something, which tells how it goes. */
export type Asking<T> = (onProgress: (progress: Progress) => void) => Promise<T>;

/**
 * Waits for what the master does for `command`. Ctrl-C ends the waiting, and once more the process at once.
 *
 * @throws Interrupted; OPERATION_UNSEEN when the master is lost before the end of a long operation
 */
export async function unlessInterrupted<T>(
  command: string,
  ask: Asking<T>,
  onProgress: (progress: Progress) => void = () => {},
): Promise<T> {
  let id: number | undefined;
  let hear: () => void = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    hear = () => reject(new Interrupted(command, id));
    process.once('SIGINT', hear);
  });
  const work = ask((progress) => {
    if (progress.kind === 'operation') id = progress.operation.id;
    onProgress(progress);
  });
  work.catch(() => {}); // nobody may wait for it any more
  try {
    return await Promise.race([work, interrupted]);
  } catch (error) {
    if (id === undefined || !isLoss(error)) throw error;
    throw new PomeloError('OPERATION_UNSEEN', { command, id, reason: reasonOf(error) });
  } finally {
    process.off('SIGINT', hear); // the next one has its usual effect
  }
}

/** Also that of a master that is paused: when it goes on, so does what it was doing. */
const isLoss = (error: unknown): boolean =>
  (['LINK_LOST', 'MASTER_UNREACHABLE', 'MASTER_HANGS'] as const).some((code) => isPomeloError(error, code));
