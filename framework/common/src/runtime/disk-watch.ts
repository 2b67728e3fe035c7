import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { type DiskMeasures, diskMeasures, kept } from '../measures/disk-measures.js';
import type { Measures } from '../measures.js';

/** How often a disk is asked, and after how long it counts as one that does not answer, in ms. */
const [lookMs, silentMs] = [10_000, 30_000];

/** What a game keeps in a folder of its own. */
export type Kept = (typeof kept)[number];

/** Folders of a game, which may be mounts of their own. */
const folders: Readonly<Record<Kept, string>> = { logs: 'logs', state: '.pomelo-ts' };

/** A disk of a game. */
export interface Disk {
  /** What lies there; the disk is named after the first. */
  readonly keeps: readonly [Kept, ...Kept[]];
  /** Where that lies. */
  readonly folder: string;
  /** In bytes; undefined where it does not tell. */
  readonly room: { readonly free: number; readonly size: number } | undefined;
  /** Why it does not. */
  readonly failure?: string;
}

/** Asks the system. Each may take for ever, as of a network drive whose server is gone. */
export interface DiskLooks {
  /** The number of the disk that a folder lies on; undefined for a folder that is not there. */
  deviceOf(folder: string): Promise<number | undefined>;
  statfs(
    folder: string,
  ): Promise<{ readonly bavail: number; readonly blocks: number; readonly bsize: number }>;
}

/** What a folder was told to be like. */
type Answer = Pick<Disk, 'folder' | 'room' | 'failure'> & { readonly device?: number };

/** What {@link DiskWatch} works with. */
export interface DiskWatchParts {
  /** Of the game. */
  readonly root: string;
  /** What this process writes: a server has no state. */
  readonly keeps: readonly Kept[];
  readonly measures: Measures;
  readonly clock: Clock;
  /** @default those of the system */
  readonly looks?: DiskLooks;
}

/**
 * How much room the disks of a game have, asked every 10 seconds. The event loop never waits for a disk, and one that hangs is asked once: it
 * costs one thread of the process, and counts as not known from half a minute on.
 *
 * @example
 * const disks = new DiskWatch({ root, keeps: ['logs'], measures, clock });
 * disks.all; // [{ keeps: ['logs'], folder: '/game/logs', room: { free: 5e9, size: 4e10 } }]
 * disks.stop();
 */
export class DiskWatch {
  readonly #parts: DiskWatchParts;
  readonly #looks: DiskLooks;
  readonly #handles: DiskMeasures;
  readonly #answers = new Map<Kept, Answer>();
  /** Since when a folder has not answered. */
  readonly #asking = new Map<Kept, number>();
  readonly #stop: () => void;

  constructor(parts: DiskWatchParts) {
    this.#parts = parts;
    this.#looks = parts.looks ?? ofSystem;
    this.#handles = parts.measures.makeAll(diskMeasures);
    this.#tell();
    this.#look();
    this.#stop = parts.clock.every(lookMs, () => this.#look());
  }

  /** Each disk once; none before the first answer. */
  get all(): readonly Disk[] {
    const { keeps, root, clock } = this.#parts;
    const disks = new Map<number | Kept, Disk>();
    for (const one of keeps) {
      const since = this.#asking.get(one);
      const isSilent = since !== undefined && clock.now() - since >= silentMs;
      const answer = isSilent ? silent(join(root, folders[one])) : this.#answers.get(one);
      if (!answer) continue;
      const { device = one, ...told } = answer;
      const known = disks.get(device);
      disks.set(device, known ? { ...known, keeps: [...known.keeps, one] } : { keeps: [one], ...told });
    }
    return [...disks.values()];
  }

  stop(): void {
    this.#stop();
  }

  #look(): void {
    const { keeps, clock } = this.#parts;
    for (const one of keeps) {
      if (this.#asking.has(one)) continue;
      this.#asking.set(one, clock.now());
      void this.#ask(one).then((answer) => {
        this.#asking.delete(one);
        this.#answers.set(one, answer);
        this.#tell();
      });
    }
    this.#tell();
  }

  async #ask(one: Kept): Promise<Answer> {
    const { root } = this.#parts;
    const own = join(root, folders[one]);
    try {
      const device = await this.#looks.deviceOf(own);
      const folder = device === undefined ? root : own; // made with the first file there
      const of = device ?? (await this.#looks.deviceOf(root));
      const { bavail, blocks, bsize } = await this.#looks.statfs(folder);
      const room = { free: bavail * bsize, size: blocks * bsize };
      return { folder, room, ...(of !== undefined && { device: of }) };
    } catch (error) {
      return { folder: own, room: undefined, failure: (error as Error).message };
    }
  }

  #tell(): void {
    const { diskFree, diskSize } = this.#handles;
    const { all } = this;
    for (const one of kept) {
      const room = all.find(({ keeps: [name] }) => name === one)?.room;
      diskFree[one].set(room?.free ?? Number.NaN);
      diskSize[one].set(room?.size ?? Number.NaN);
    }
  }
}

const silent = (folder: string): Answer => ({
  folder,
  room: undefined,
  failure: `it has not answered for ${silentMs / 1000} seconds`,
});

const ofSystem: DiskLooks = {
  statfs: (folder) => statfs(folder),
  async deviceOf(folder) {
    try {
      return (await stat(folder)).dev;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },
};
