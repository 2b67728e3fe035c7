import { rmSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { PomeloError } from '@pomelo-ts/common';
import { takeCpuProfile } from './cpu-profile.js';
import { newProfileFile, takeHeapSnapshot } from './heap-snapshot.js';

/** What the master wants to have profiled, and what it will call that. */
export type ProfileWish = { readonly name: string } & (
  | { readonly kind: 'cpu'; readonly ms: number }
  /** `force`: also while clients are connected, all of whom wait. */
  | { readonly kind: 'heap'; readonly force: boolean }
);

/** A profile that was taken and waits to be fetched. */
export interface TakenProfile {
  readonly bytes: number;
}

/** A part of a profile. */
export interface ProfilePart {
  readonly base64: string;
  /** Where the next part begins; the file's size after the last one. */
  readonly next: number;
}

/** Bytes of a part: what a message of the link takes easily. */
const partBytes = 512 * 1024;
/** How long a profile waits to be fetched after its last part was, in ms. */
const keptMs = 60_000;

interface Kept {
  readonly name: string;
  readonly file: string;
  timer?: NodeJS.Timeout;
}

/** Takes profiles of this process, one at a time, into a file of this machine, from which they are fetched in parts. */
export class Profiling {
  readonly #serverId: string;
  readonly #clients: () => number;
  #taking: { readonly name: string; readonly end: AbortController } | undefined;
  #kept: Kept | undefined;

  /** @param clients how many clients are connected now */
  constructor(serverId: string, clients: () => number) {
    this.#serverId = serverId;
    this.#clients = clients;
  }

  /** @throws PROFILE_UNDER_WAY, PROFILE_PAUSES; Error once it is forgotten meanwhile; what the file system throws */
  async take(wish: ProfileWish): Promise<TakenProfile> {
    const serverId = this.#serverId;
    if (this.#taking) throw new PomeloError('PROFILE_UNDER_WAY', { serverId });
    if (wish.kind === 'heap' && !wish.force) this.#requireNobody();
    const end = new AbortController();
    this.#taking = { name: wish.name, end };
    try {
      this.#drop();
      const file = newProfileFile();
      const kept: Kept = { name: wish.name, file };
      this.#keep(kept);
      if (wish.kind === 'cpu') await takeCpuProfile(file, wish.ms, end.signal);
      else takeHeapSnapshot(file);
      this.#keep(kept);
      return { bytes: (await stat(file)).size };
    } catch (error) {
      this.#drop();
      throw error;
    } finally {
      this.#taking = undefined;
    }
  }

  /** A part of the profile that begins at `offset`. @throws PROFILE_GONE */
  async read(name: string, offset: number): Promise<ProfilePart> {
    const kept = this.#kept;
    if (kept?.name !== name) throw new PomeloError('PROFILE_GONE', { serverId: this.#serverId });
    const file = await open(kept.file);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(partBytes), 0, partBytes, offset);
      this.#keep(kept);
      return { base64: buffer.toString('base64', 0, bytesRead), next: offset + bytesRead };
    } finally {
      await file.close();
    }
  }

  /** Nobody wants the profile of that name any more: it is taken no further, or waits no longer. */
  forget(name: string): void {
    if (this.#taking?.name === name) this.#taking.end.abort(new Error('whoever asked for it is gone'));
    else if (!this.#taking && this.#kept?.name === name) this.#drop();
  }

  /** A snapshot stops the process for about a second for each 100 MB. */
  #requireNobody(): void {
    const clients = this.#clients();
    if (clients === 0) return;
    const seconds = Math.max(1, Math.round(process.memoryUsage().heapUsed / 100e6));
    throw new PomeloError('PROFILE_PAUSES', { serverId: this.#serverId, clients, seconds });
  }

  #keep(kept: Kept): void {
    clearTimeout(kept.timer);
    this.#kept = kept;
    if (!this.#taking) kept.timer = setTimeout(() => this.#drop(), keptMs).unref();
  }

  #drop(): void {
    if (!this.#kept) return;
    clearTimeout(this.#kept.timer);
    rmSync(this.#kept.file, { force: true });
    this.#kept = undefined;
  }
}
