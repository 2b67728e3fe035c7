import type { Clock, Logger } from '@pomelo-ts/common';
import { DiskWatch, watchFiles } from '@pomelo-ts/common/internal';
import type { Application } from '../application.js';

/** What {@link watchMachine} has begun. */
export interface WatchedMachine {
  readonly disks: DiskWatch;
  readonly stop: () => void;
}

/** Watches what a server takes of its machine: whether it may open files, and how much room its logs have. */
export function watchMachine(
  app: Application,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): WatchedMachine {
  const stopFiles = watchFiles({ clock, logger, counters: app.counters });
  const disks = new DiskWatch({ root: app.root, keeps: ['logs'], measures: app.allMeasures, clock });
  return {
    disks,
    stop: () => {
      stopFiles();
      disks.stop();
    },
  };
}
