import { type BusyFunction, busiest, type CpuProfile } from '@pomelo-ts/views';
import { signal } from '@preact/signals';
import { operate } from '../api/operate.js';
import { announce } from '../words/announce-store.js';
import { t } from '../words/words-store.js';
import { type Flame, layOut } from './layout.js';

/** What a profile is to be of. */
export type ProfileWish =
  | { readonly kind: 'cpu'; readonly ms: number }
  | { readonly kind: 'heap'; readonly force: boolean };

/** A profile that was taken, or is being taken. */
export type ProfileState =
  | { readonly is: 'taking'; readonly bytes: number }
  | { readonly is: 'failed'; readonly reason: string }
  | {
      readonly is: 'taken';
      readonly file: string;
      readonly content: Uint8Array<ArrayBuffer>;
      /** Of a CPU profile alone. */
      readonly cpu?: { readonly flame: Flame; readonly busiest: readonly BusyFunction[] };
    };

/** The last profile of each server that one was taken of, while the page is open. */
export const profiles = signal<ReadonlyMap<string, ProfileState>>(new Map());

/** Most functions of the table. */
const mostFunctions = 20;

/** Has a server write a profile, and brings it here. */
export async function takeProfile(id: string, wish: ProfileWish): Promise<void> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  set(id, { is: 'taking', bytes });
  try {
    const onProgress = (event: unknown) => {
      const part = bytesOf((event as { readonly base64: string }).base64);
      parts.push(part);
      bytes += part.length;
      set(id, { is: 'taking', bytes });
    };
    await operate('servers.profile', { id, wish }, { onProgress });
    set(id, taken(id, wish, joined(parts, bytes)));
    announce(t('tasks.announceDone', { what: t('server.profile') }));
  } catch (error) {
    set(id, { is: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
}

function set(id: string, state: ProfileState): void {
  profiles.value = new Map([...profiles.value, [id, state]]);
}

function taken(id: string, wish: ProfileWish, content: Uint8Array<ArrayBuffer>): ProfileState {
  const at = new Date().toISOString().slice(0, 19).replaceAll(':', '');
  if (wish.kind === 'heap') return { is: 'taken', file: `${id}-${at}.heapsnapshot`, content };
  const profile = JSON.parse(new TextDecoder().decode(content)) as CpuProfile;
  const cpu = { flame: layOut(profile), busiest: busiest(profile, mostFunctions) };
  return { is: 'taken', file: `${id}-${at}.cpuprofile`, content, cpu };
}

const bytesOf = (base64: string): Uint8Array =>
  Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

function joined(parts: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
