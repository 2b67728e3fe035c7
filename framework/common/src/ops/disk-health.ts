import { kept } from '../measures/disk-measures.js';
import type { Disk, DiskWatch, Kept } from '../runtime/disk-watch.js';
import type { Health, HealthFinding } from './health.js';

/** Free bytes below which a disk is told to fill up, and below which nothing more can be relied on; alerts have the same. */
export const diskBounds = { little: 1024 * 1024 * 1024, almostNo: 64 * 1024 * 1024 } as const;

/** How much room is left on a disk. */
export function diskHealth({ keeps, folder, room, failure }: Disk): HealthFinding {
  if (!room)
    return {
      status: 'DEGRADED',
      cause: `the disk of ${folder} cannot be looked at: ${failure}`,
      cure: 'look at that disk, and at the way there when it is one of the network',
      details: { folder },
    };
  const details = { folder, freeBytes: room.free };
  if (room.free >= diskBounds.little) return { status: 'UP', details };
  return {
    status: room.free < diskBounds.almostNo ? 'DOWN' : 'DEGRADED',
    cause: `${Math.floor(room.free / 1024 / 1024)} MiB are left on the disk of ${folder}, where ${keeps.join(' and ')} are written`,
    cure: 'make room there',
    details,
  };
}

/**
 * Has a health tell of the disks of a game: `disk` where there is one, and `logsDisk` and `stateDisk` where there are two.
 *
 * @example addDisks(health, new DiskWatch({ root, keeps: ['logs', 'state'], measures, clock }));
 */
export function addDisks(health: Health, disks: Pick<DiskWatch, 'all'>): void {
  const named = (name: Kept): Disk | undefined => disks.all.find(({ keeps: [first] }) => first === name);
  const only = (): Disk | undefined => (disks.all.length === 1 ? disks.all[0] : undefined);
  const told = (disk: Disk | undefined) => disk && diskHealth(disk);
  health.add('disk', () => told(only()));
  for (const one of kept) health.add(`${one}Disk`, () => told(only() ? undefined : named(one)));
}
