import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A small disk of its own in place of a folder. */
export class SmallDisk implements Disposable {
  readonly #folder: string;

  constructor(folder: string, kibibytes: number) {
    this.#folder = folder;
    mkdirSync(folder, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder]);
  }

  /** Leaves no room, whatever has become free since the last time. */
  fill(): void {
    const filler = `of=${join(this.#folder, 'filler')}`;
    spawnSync('dd', ['if=/dev/zero', filler, 'bs=4k', 'oflag=append', 'conv=notrunc']);
  }

  makeRoom(): void {
    rmSync(join(this.#folder, 'filler'));
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['--lazy', this.#folder]);
  }
}
