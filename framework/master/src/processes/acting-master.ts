import { lutimesSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import { replaceFile } from '@pomelo-ts/common/internal';
import { isNoRoom } from './no-room.js';
import { isAlive, startOf } from './process-identity.js';

/** A master that acts on a host. */
export interface Acting {
  /** Where it leads, and which process it is, for messages. */
  readonly leader: string;
  /** How long ago it gave a sign of life there, in ms. */
  readonly silentMs: number;
  /** Where it can be dialed, so that it can prove to lead: what a host says of it alone proves nothing. */
  readonly at?: MasterAddress;
}

interface Content {
  readonly leader: string;
  /** The process that acts for it on the host: itself, or its host agent. */
  readonly pid: number;
  readonly start?: string;
  readonly at?: MasterAddress;
}

/**
 * Says on a host which master acts there, so that no other takes its servers from it: `.pomelo-ts/servers/<host>/master` names the process
 * that acts for it, for as long as that lives.
 */
export class ActingMaster {
  readonly #file: string;
  #written = false;

  constructor(root: string, host: string) {
    this.#file = join(root, '.pomelo-ts', 'servers', encodeURIComponent(host), 'master');
  }

  /** Another one than that of this process; undefined when none acts, or nobody could write down that one does. */
  other(now: number): Acting | undefined {
    const content = this.#read();
    if (!content || content.pid === process.pid) return undefined;
    const { leader, pid, start, at } = content;
    if (hasEnded({ pid, start })) return undefined;
    const silentMs = Math.max(0, now - statSync(this.#file).mtimeMs);
    return { leader: String(leader), silentMs, ...(at && { at }) };
  }

  /** Forgets a master whose process has ended without saying so. */
  forgetEnded(): void {
    const content = this.#read();
    if (content && hasEnded(content)) rmSync(this.#file, { force: true });
  }

  /** This process acts here for a master from now on. */
  begin(leader: string, at?: MasterAddress): void {
    const start = startOf(process.pid);
    const own = { leader, pid: process.pid, ...(at && { at }) };
    const content: Content = { ...own, ...(start !== undefined && { start }) };
    try {
      replaceFile(this.#file, `${JSON.stringify(content)}\n`);
      this.#written = true;
    } catch (error) {
      if (!isNoRoom(error)) throw error; // what cannot be written here is told of elsewhere
    }
  }

  /** The master has just given a sign of life. */
  lives(): void {
    if (!this.#written) return;
    const now = new Date();
    try {
      lutimesSync(this.#file, now, now);
    } catch {
      this.#written = false; // another master has begun here, or the disk takes nothing any more
    }
  }

  /** This process acts here no more. */
  end(): void {
    if (!this.#written || this.#read()?.pid !== process.pid) return;
    this.#written = false;
    rmSync(this.#file, { force: true });
  }

  #read(): Content | undefined {
    try {
      const content = JSON.parse(readFileSync(this.#file, 'utf8')) as Content;
      return Number.isInteger(content.pid) ? content : undefined;
    } catch {
      return undefined; // none acts here, or what is there was cut short by a crash of the machine
    }
  }
}

/** Whether the process is gone, be its pid that of another one now. */
function hasEnded({ pid, start }: { readonly pid: number; readonly start?: string | undefined }): boolean {
  return !isAlive(pid) || (start !== undefined && startOf(pid) !== start);
}
