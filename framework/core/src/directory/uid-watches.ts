import { PomeloError } from '@pomelo-ts/common';
import type { Uid } from '../session-names.js';
import type { UidPlace } from './places.js';

/** Uids that one server may watch. */
export const mostWatched = 10_000;

/** Hears where the sessions of a uid are, each time that changes. */
export type UidListener = (places: readonly UidPlace[]) => void;

interface Watched {
  readonly listeners: Set<UidListener>;
  places: readonly UidPlace[] | undefined;
  /** The places as text, to see whether they have changed. */
  shown: string;
}

/** The uids that code of this server watches. */
export class UidWatches {
  readonly #watched = new Map<Uid, Watched>();
  readonly #failed: (error: unknown) => void;

  /** @param failed hears what a listener has thrown */
  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  get uids(): readonly Uid[] {
    return [...this.#watched.keys()];
  }

  /** Adds a listener; the returned function ends that. @throws WATCHES_FULL */
  add(uid: Uid, listener: UidListener): () => void {
    let watched = this.#watched.get(uid);
    if (!watched) {
      if (this.#watched.size >= mostWatched) throw new PomeloError('WATCHES_FULL', { limit: mostWatched });
      watched = { listeners: new Set(), places: undefined, shown: '' };
      this.#watched.set(uid, watched);
    }
    const own: UidListener = (places) => listener(places);
    watched.listeners.add(own);
    const { places } = watched;
    // The caller has the function that ends this before the listener may want it. What changes meanwhile it has heard by then.
    if (places)
      queueMicrotask(() => {
        if (watched.places === places && watched.listeners.has(own)) this.#call(own, places);
      });
    return () => {
      watched.listeners.delete(own);
      if (watched.listeners.size === 0 && this.#watched.get(uid) === watched) this.#watched.delete(uid);
    };
  }

  /** The uid's home says where its sessions are. */
  heard(uid: Uid, places: readonly UidPlace[]): void {
    const watched = this.#watched.get(uid);
    if (!watched) return;
    const shown = places
      .map(({ frontendId, sessionId }) => `${frontendId} ${sessionId}`)
      .sort()
      .join();
    if (watched.places && watched.shown === shown) return;
    watched.places = places;
    watched.shown = shown;
    for (const listener of [...watched.listeners]) this.#call(listener, places);
  }

  #call(listener: UidListener, places: readonly UidPlace[]): void {
    try {
      listener(places);
    } catch (error) {
      this.#failed(error);
    }
  }
}

/** Without a word from a watcher for so long, it watches no more, in ms. */
export const watchedForMs = 8000;

/** Uids that a home knows one server to watch: those that it watches, and some that it has ceased to, as nobody says so. */
const mostKnown = 2 * mostWatched;

/** The servers that watch uids whose home this frontend is. */
export class UidWatchers {
  readonly #watchers = new Map<Uid, Set<string>>();
  /** Until when each server watches which uid; the one that it has said so of longest ago is the first. */
  readonly #until = new Map<string, Map<Uid, number>>();
  readonly #changed = new Set<Uid>();
  readonly #tell: (serverId: string, uids: readonly Uid[]) => void;

  /** @param tell is to tell a server where these uids are now */
  constructor(tell: (serverId: string, uids: readonly Uid[]) => void) {
    this.#tell = tell;
  }

  /** The server watches the uid. Beyond what it may, it watches no more what it has not said so of for longest: a true one has ceased to. */
  watch(serverId: string, uid: Uid, now: number): void {
    const uids = this.#until.get(serverId) ?? new Map<Uid, number>();
    this.#until.set(serverId, uids);
    uids.delete(uid);
    uids.set(uid, now + watchedForMs);
    const watchers = this.#watchers.get(uid);
    if (watchers) watchers.add(serverId);
    else this.#watchers.set(uid, new Set([serverId]));
    if (uids.size > mostKnown) this.#forget(serverId, uids, uids.keys().next().value!);
  }

  /** The uid has other sessions; its watchers hear of it at the end of the tick. */
  changed(uid: Uid): void {
    if (!this.#watchers.has(uid)) return;
    if (this.#changed.size === 0) setImmediate(() => this.#flush());
    this.#changed.add(uid);
  }

  /** Forgets those that have not said for long that they watch. */
  sweep(now: number): void {
    for (const [serverId, uids] of this.#until)
      for (const [uid, until] of uids) {
        if (until > now) break;
        this.#forget(serverId, uids, uid);
      }
  }

  #forget(serverId: string, uids: Map<Uid, number>, uid: Uid): void {
    uids.delete(uid);
    if (uids.size === 0) this.#until.delete(serverId);
    const watchers = this.#watchers.get(uid);
    watchers?.delete(serverId);
    if (watchers?.size === 0) this.#watchers.delete(uid);
  }

  #flush(): void {
    const byServer = new Map<string, Uid[]>();
    for (const uid of this.#changed)
      for (const serverId of this.#watchers.get(uid) ?? []) {
        const list = byServer.get(serverId);
        if (list) list.push(uid);
        else byServer.set(serverId, [uid]);
      }
    this.#changed.clear();
    for (const [serverId, uids] of byServer) this.#tell(serverId, uids);
  }
}
