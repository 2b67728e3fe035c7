import type { RegistryView } from '@pomelo-ts/cluster';
import { type Clock, delay } from '@pomelo-ts/common';
import type { ServiceMethod } from '../service.js';
import { isUid, type Uid } from '../session-names.js';
import { DirectoryHome } from './directory-home.js';
import type { DirectoryRequests } from './directory-requests.js';
import { DirectoryShard } from './directory-shard.js';
import { HeldLookups } from './held-lookups.js';
import type { HomesHistory } from './homes-history.js';
import { type HeldUids, OwnUids } from './own-uids.js';
import type { ToldItem } from './places.js';
import type { RefusedItems } from './refused-items.js';
import type { UidHomes } from './uid-homes.js';
import type { PerUidPolicy, UidGrant, UidRegistrar } from './uid-registrar.js';
import { UidWatchers } from './uid-watches.js';

/** What a frontend's sessions are to the directory. */
export interface DirectorySessions extends HeldUids {
  readonly policy: PerUidPolicy;
  /** The session has lost its uid to another one, and is to end. */
  lost(uid: Uid, sessionId: string): void;
}

/** Settings of a {@link FrontendDirectory}. */
export interface FrontendDirectoryOptions {
  readonly sessions: DirectorySessions;
  readonly requests: DirectoryRequests;
  readonly homes: HomesHistory;
  readonly registry: RegistryView;
  /** This life of this frontend. */
  readonly bootId: string;
  readonly clock: Clock;
  readonly refused: RefusedItems;
}

/** How often a claim is made anew whose home says that it is another server's, and how long after, in ms. */
const claimAttempts = 4;
const claimApartMs = 100;

/** A frontend's part of the directory: keeps the entries of some uids, and tells the homes of its sessions' uids where these are. */
export class FrontendDirectory implements UidRegistrar {
  /** What other servers may ask of it. */
  readonly methods: Readonly<Record<string, ServiceMethod>>;
  readonly #options: FrontendDirectoryOptions;
  readonly #shard: DirectoryShard;
  readonly #home: DirectoryHome;
  readonly #own: OwnUids;
  readonly #watchers: UidWatchers;
  /** What all frontends hold of a uid, this one too. */
  readonly #held: HeldLookups;

  constructor(options: FrontendDirectoryOptions) {
    this.#options = options;
    const { sessions, requests, homes, registry, bootId, clock, refused } = options;
    const shard = new DirectoryShard({
      policy: sessions.policy,
      lost: (uid, { frontendId, sessionId }) => requests.lost(frontendId, uid, sessionId),
      changed: (uid) => this.#watchers.changed(uid),
      refused: (frontendId, reason) => refused.add(frontendId, reason),
    });
    this.#shard = shard;
    this.#watchers = new UidWatchers((serverId, uids) =>
      requests.changed(
        serverId,
        uids,
        uids.map((uid) => shard.find(uid)),
      ),
    );
    this.#held = new HeldLookups({
      frontends: () => registry.all.filter(({ frontend }) => frontend).map(({ id }) => id),
      ask: (frontendId, uids) => requests.held(frontendId, uids),
    });
    this.#home = new DirectoryHome({
      self: requests.self,
      shard,
      homes,
      isLife: (id, life) => registry.get(id)?.bootId === life,
      askAll: (uid) => this.#held.of(uid),
      refused: (frontendId, reason) => refused.add(frontendId, reason),
      now: () => clock.now(),
      date: Date.now,
    });
    this.#own = new OwnUids({ bootId, homes, held: sessions, clock, calls: requests });
    this.methods = this.#methods();
  }

  /** Asks for a uid; undefined when another session has it. Where its home cannot be reached, all others are asked instead. */
  async claim(uid: Uid, sessionId: string): Promise<UidGrant | undefined> {
    for (let attempt = 0; attempt < claimAttempts; attempt++) {
      if (attempt > 0) await delay(claimApartMs, this.#options.clock);
      const result = await this.#own.claim(uid, sessionId).catch(() => 'unreached' as const);
      if (result === 'taken') return undefined;
      if (result === 'unreached') break;
      if (result !== 'elsewhere') return result;
    }
    return this.#claimOfAll(uid, sessionId);
  }

  granted(uid: Uid, sessionId: string, grant: UidGrant, used: boolean): void {
    this.#own.granted(uid, sessionId, grant, used);
  }

  /** A session has a uid, which many may have; resolves once others find it, or its home cannot be reached. */
  bound(uid: Uid, sessionId: string, boundAt: number): Promise<void> {
    return this.#own.bound(uid, sessionId, boundAt);
  }

  unbound(uid: Uid, sessionId: string, boundAt: number): void {
    void this.#own.unbound(uid, sessionId, boundAt);
  }

  /** A frontend has left the cluster. */
  removed(frontendId: string): void {
    this.#shard.forget(frontendId);
    this.#options.refused.removed(frontendId);
  }

  /** Other frontends keep uids than `former` said. */
  moved(former: UidHomes): void {
    const { homes, requests } = this.#options;
    this.#shard.keep((uid) => homes.current.homeOf(uid) === requests.self);
    this.#own.moved(former);
  }

  /** Compares with the homes what they know; to be called again and again. */
  async check(): Promise<void> {
    this.#watchers.sweep(this.#options.clock.now());
    await this.#own.check();
  }

  end(): void {
    this.#own.end();
  }

  #methods(): Record<string, ServiceMethod> {
    const { sessions, registry, bootId, clock } = this.#options;
    const [home, shard, watchers] = [this.#home, this.#shard, this.#watchers];
    const find = (uids: readonly Uid[]) => Promise.all(uids.map((uid) => home.find(uid)));
    return {
      'sys.directory.tell': (from: string, life: string, reset: boolean, items: readonly ToldItem[]) =>
        home.tell(from, { bootId: life, reset, items }),
      'sys.directory.check': (from: string, life: string, count: number, mark: number) =>
        home.agrees(from, life, { count, mark }),
      'sys.directory.find': find,
      'sys.directory.watch': (from: string, uids: readonly Uid[]) => {
        if (registry.get(from))
          for (const uid of uids) if (isUid(uid)) watchers.watch(from, uid, clock.now());
        return find(uids);
      },
      'sys.directory.held': (uids: readonly Uid[]) => [bootId, uids.map((uid) => sessions.of(uid))],
      'sys.directory.lost': (uid: Uid, sessionId: string) => sessions.lost(uid, sessionId),
      'sys.directory.count': () => shard.size,
    };
  }

  /** Binds without the uid's home, which is told when it can be. */
  async #claimOfAll(uid: Uid, sessionId: string): Promise<UidGrant | undefined> {
    const { requests, sessions } = this.#options;
    for (const [frontendId, { held }] of await this.#held.of(uid))
      for (const [other] of held) {
        if (other === sessionId) continue;
        if (sessions.policy === 'refuse') return undefined;
        requests.lost(frontendId, uid, other);
      }
    return { boundAt: Date.now(), homeId: '' };
  }
}
