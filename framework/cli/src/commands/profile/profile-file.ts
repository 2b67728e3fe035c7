import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { PomeloError } from '@pomelo-ts/common';
import { showBytes } from '../../view/units.js';

/** Largest profile of each kind that is brought here, in bytes: as much as masters fetch of a heap, and more than many minutes of a CPU take. */
const mostBytes = { cpu: 64 * 1024 ** 2, heap: 8 * 1024 ** 3 } as const;

/** What a {@link ProfileFile} is made of. */
export interface ProfileFileOptions {
  readonly kind: 'cpu' | 'heap';
  /** Whether it may take the place of a file that is there: of one that was named, yes. */
  readonly replaces: boolean;
  /** Largest that it may become, in bytes. */
  readonly most?: number;
}

/**
 * The file that a profile is brought to: there once its first part has come, and gone when the rest does not come. The master that tells the
 * parts may be anybody, so they go to the disk at once, and are no more than a profile can have.
 */
export class ProfileFile {
  readonly #path: string;
  readonly #flags: 'w' | 'wx';
  readonly #most: number;
  #file: number | undefined;
  #bytes = 0;

  constructor(path: string, { kind, replaces, most = mostBytes[kind] }: ProfileFileOptions) {
    this.#path = path;
    this.#flags = replaces ? 'w' : 'wx';
    this.#most = most;
  }

  /**
   * Only its owner may read it: it has the values of the game in it.
   *
   * @throws COMMAND_FAILED for what is no part of a profile, what the disk says
   */
  write({ base64 }: { readonly base64: string }): void {
    const part = Buffer.from(base64, 'base64');
    if (part.length === 0) throw wrong('it tells a part without a byte');
    this.#bytes += part.length;
    if (this.#bytes > this.#most) throw wrong(`it tells more than the ${showBytes(this.#most)} of any`);
    this.#file ??= openSync(this.#path, this.#flags, 0o600);
    for (let at = 0; at < part.length; ) at += writeSync(this.#file, part, at);
  }

  /** All has come. @param bytes what the master says that it is @throws COMMAND_FAILED when it is not */
  close(bytes: number): void {
    if (bytes !== this.#bytes) throw wrong(`it tells ${this.#bytes} bytes and says that they are ${bytes}`);
    this.#leave();
  }

  /** What has come. @throws Error for what is no JSON, what the disk says */
  read(): unknown {
    return JSON.parse(readFileSync(this.#path, 'utf8'));
  }

  drop(): void {
    if (this.#file === undefined) return;
    this.#leave();
    rmSync(this.#path, { force: true });
  }

  #leave(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}

const wrong = (reason: string) =>
  new PomeloError('COMMAND_FAILED', {
    command: 'servers.profile',
    reason: `what the master tells is no profile: ${reason}`,
  });
