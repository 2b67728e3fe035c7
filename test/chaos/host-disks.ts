import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabHost } from '../helpers/netlab.js';
import { SmallDisk } from '../helpers/small-disk.js';

const kibibytes = 8192;
const folders = ['.pomelo-ts', 'logs'];

/** Disks of each host's own for what the game writes: small ones, which keep what is on them while the host has no power. */
export class HostDisks implements Disposable {
  readonly #root = mkdtempSync(join(tmpdir(), 'pomelo-ts-disks-'));
  readonly #disks: readonly (readonly SmallDisk[])[];

  /** Before hosts are booted: they see what is mounted then. */
  constructor(hosts: number) {
    this.#disks = Array.from({ length: hosts }, (_, at) =>
      folders.map((folder) => new SmallDisk(this.#folder(at, folder), kibibytes)),
    );
  }

  /** Puts them where a host that has booted just now looks for them. */
  async mount(host: LabHost, at: number, game: string): Promise<void> {
    for (const folder of folders) {
      const path = join(game, folder);
      mkdirSync(path, { recursive: true });
      const [code] = await once(host.begin('mount', ['--bind', this.#folder(at, folder), path]), 'close');
      if (code !== 0) throw new Error(`the disk of host ${at + 1} cannot be mounted`);
    }
  }

  /** Leaves no room; gives what makes room again. */
  fill(at: number): () => void {
    const disks = this.#disks[at]!;
    for (const disk of disks) disk.fill();
    return () => {
      for (const disk of disks) disk.makeRoom();
    };
  }

  [Symbol.dispose](): void {
    for (const disk of this.#disks.flat()) disk[Symbol.dispose]();
    rmSync(this.#root, { recursive: true, force: true });
  }

  #folder(at: number, folder: string): string {
    return join(this.#root, `${at}`, folder);
  }
}
