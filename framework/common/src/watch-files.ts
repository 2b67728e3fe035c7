import { closeSync, openSync } from 'node:fs';
import type { Clock } from './clock.js';
import type { Logger } from './logger.js';
import type { ProcessMeasures } from './measures/process-measures.js';
import { openFilesLimit } from './open-files.js';

/** What {@link watchFiles} works with. */
export interface FileWatchParts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Has `processNoFiles` rise with each look at which nothing can be opened. */
  readonly counters: ProcessMeasures;
  /** Opens something that is always there, and closes it. */
  readonly open?: () => void;
}

const lookMs = 1000;
/** How often a shortage that lasts is told again, in looks. */
const tellEvery = 60;

const openOne = () => closeSync(openSync(process.execPath, 'r'));

/**
 * Looks each second whether this process may still open files and sockets. Where it may not, the system takes connections and closes them
 * at once, and neither Node nor the other end is told why. The returned function ends this.
 */
export function watchFiles({ clock, logger, counters, open = openOne }: FileWatchParts): () => void {
  const most = ownLimit(); // now: later this cannot be opened either
  let looks = 0;
  return clock.every(lookMs, () => {
    try {
      open();
      if (looks > 0) logger.warn('This process may open files and connections again.', { seconds: looks });
      looks = 0;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EMFILE' && code !== 'ENFILE') return; // something else is wrong, which others tell
      counters.processNoFiles.add();
      if (looks++ % tellEvery !== 0) return;
      const cure =
        code === 'ENFILE' ? 'the limit of the whole machine (sysctl fs.file-max)' : `ulimit -n${most}`;
      logger.error(`Connections are taken and closed at once, as no more files may be open: raise ${cure}.`, {
        code,
      });
    }
  });
}

/** `, which is 1024`; nothing where the system does not tell. */
function ownLimit(): string {
  const limit = openFilesLimit();
  return limit === undefined ? '' : `, which is ${limit}`;
}
