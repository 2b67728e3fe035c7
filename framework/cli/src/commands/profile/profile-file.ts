import { closeSync, openSync, rmSync, writeSync } from 'node:fs';

/** The file that a profile is brought to: there once its first part has come, and gone when the rest does not come. */
export class ProfileFile {
  readonly #path: string;
  readonly #flags: 'w' | 'wx';
  #file: number | undefined;

  /** @param replaces whether it may take the place of a file that is there: of one that was named, yes */
  constructor(path: string, replaces: boolean) {
    this.#path = path;
    this.#flags = replaces ? 'w' : 'wx';
  }

  /** Only its owner may read it: it has the values of the game in it. */
  write(part: Buffer): void {
    this.#file ??= openSync(this.#path, this.#flags, 0o600);
    writeSync(this.#file, part);
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  drop(): void {
    if (this.#file === undefined) return;
    this.close();
    rmSync(this.#path, { force: true });
  }
}
