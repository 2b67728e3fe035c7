import { randomUUID } from 'node:crypto';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import { numberOf, objectOf, textOf } from '../hosts/said.js';

/** What is wanted of a server. */
export type ProfileWish =
  | { readonly kind: 'cpu'; readonly ms: number }
  | { readonly kind: 'heap'; readonly force: boolean };

/** Who wants it. */
export interface ProfileReader {
  /** The next bytes of the profile. */
  tell(part: { readonly base64: string }): void;
  whenRead(say: () => void): void;
  readonly gone: AbortSignal;
}

/** How long a server may take beside what was asked for, in ms: a snapshot of a large heap takes long. */
const takeMs = { cpu: 20_000, heap: 120_000 } as const;
const partMs = 10_000;
/** Largest profile that is fetched: the file of a heap of 4 GiB. */
const mostBytes = 8 * 1024 ** 3;

/** Has servers take profiles, and brings these to whoever asks. */
export class Profiles {
  readonly #hub: LinkHub;

  constructor(hub: LinkHub) {
    this.#hub = hub;
  }

  /**
   * Tells a profile part by part, as fast as it is read; gives its size. It is taken no further once its reader is gone.
   *
   * @throws PROFILE_UNDER_WAY, PROFILE_PAUSES, SERVER_SILENT, SERVER_COMMAND_FAILED
   */
  async take(id: string, wish: ProfileWish, reader: ProfileReader): Promise<number> {
    const timeoutMs = takeMs[wish.kind] + (wish.kind === 'cpu' ? wish.ms : 0);
    const name = randomUUID();
    const asked = [id, 'profile', { ...wish, name }, timeoutMs, readSize] as const;
    // a server that does not hear it forgets by itself
    const forget = () => void this.#hub.ask(id, 'forget profile', { name }, partMs, () => {}).catch(() => {});
    reader.gone.addEventListener('abort', forget, { once: true });
    try {
      const bytes = await (wish.kind === 'heap' ? this.#hub.askPausing(...asked) : this.#hub.ask(...asked));
      for (let offset = 0; offset < bytes && !reader.gone.aborted; ) {
        const part = await this.#hub.ask(id, 'profile part', { name, offset }, partMs, readPart);
        if (part.next <= offset || part.next > bytes)
          throw new PomeloError('SERVER_COMMAND_FAILED', {
            ...{ serverId: id, command: 'profile', reason: 'the file changed while it was read' },
          });
        offset = part.next;
        reader.tell({ base64: part.base64 });
        await read(reader);
      }
      return bytes;
    } finally {
      reader.gone.removeEventListener('abort', forget);
      forget();
    }
  }
}

/** Resolves once whoever asked has read most of what they were told, or is gone. */
function read({ whenRead, gone }: ProfileReader): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      gone.removeEventListener('abort', done);
      resolve();
    };
    gone.addEventListener('abort', done);
    if (gone.aborted) done();
    else whenRead(done);
  });
}

function readSize(answer: unknown): number {
  const size = numberOf(objectOf(answer)['bytes']);
  if (!(size >= 0 && size <= mostBytes)) throw new Error('expected the size of a profile');
  return size;
}

function readPart(answer: unknown): { readonly base64: string; readonly next: number } {
  const { base64, next } = objectOf(answer);
  const text = textOf(base64);
  if (text.length > 1024 ** 2) throw new Error('expected a part of a profile');
  return { base64: text, next: numberOf(next) };
}
