import { type RegistryEntry, type RegistryView, serves } from '@pomelo-ts/cluster';
import type { Clock, Logger } from '@pomelo-ts/common';
import { briefError } from '@pomelo-ts/common/internal';
import type { CoreMeasures } from '../measures.js';
import type { ServiceMethod } from '../service.js';
import type { Uid } from '../session-names.js';
import { type DirectoryCalls, DirectoryRequests } from './directory-requests.js';
import { type DirectorySessions, FrontendDirectory } from './frontend-directory.js';
import { HomesHistory } from './homes-history.js';
import type { UidPlace } from './places.js';
import { RefusedItems } from './refused-items.js';
import { UidHomes } from './uid-homes.js';
import { type FindAnswer, UidLookups } from './uid-lookups.js';
import { type UidListener, UidWatches } from './uid-watches.js';

/** Settings of a {@link UidDirectory}. */
export interface DirectoryOptions {
  readonly calls: DirectoryCalls;
  readonly registry: RegistryView;
  /** This life of this server. */
  readonly bootId: string;
  readonly clock: Clock;
  readonly counters: CoreMeasures;
  readonly logger: Logger;
}

/** Frontends that keep uids: one that stops gives its uids to others before it has gone. */
const keepsUids = (entry: RegistryEntry) => entry.frontend && serves(entry);

/** How often a frontend and the homes of its uids compare what they know, in ms, and so much less often for each frontend. */
const checkMs = 2000;
const checkMsEach = 5;

/**
 * Where uids are, as any server may ask. Each frontend keeps the entries of some, by rendezvous hashing, so that bind, unbind and find
 * ask one of them. What it keeps is what others have told it of the sessions that they hold: nothing is lost that those still
 * know. They tell it anew when another frontend becomes the home, and compare sums every two seconds.
 */
export class UidDirectory {
  /** What other servers tell one that watches uids. */
  readonly methods: Readonly<Record<string, ServiceMethod>> = {
    'sys.directory.changed': (uids: readonly Uid[], places: FindAnswer) => this.#hear(uids, places),
  };
  readonly #options: DirectoryOptions;
  readonly #requests: DirectoryRequests;
  readonly #homes = new HomesHistory();
  readonly #lookups: UidLookups;
  readonly #watches: UidWatches;
  /** As {@link #lookups}, and says to the homes that this server watches what it asks for. */
  readonly #watching: UidLookups;
  readonly #stops: readonly (() => void)[];
  #frontend: FrontendDirectory | undefined;
  #checking = false;
  #nextCheck = 0;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    const { calls, clock, registry, logger } = options;
    const requests = new DirectoryRequests(calls, logger);
    this.#requests = requests;
    const homes = this.#homes;
    this.#lookups = new UidLookups({ homes, clock, ask: (homeId, uids) => requests.find(homeId, uids) });
    this.#watching = new UidLookups({ homes, clock, ask: (homeId, uids) => this.#watchAt(homeId, uids) });
    this.#watches = new UidWatches((error) =>
      logger.error('a listener for the places of a uid failed', { error: briefError(error) }),
    );
    const unfollow = registry.onChange((change) => {
      if ('removed' in change) this.#frontend?.removed(change.removed.id);
      this.#follow();
    });
    this.#follow();
    this.#stops = [unfollow, clock.every(checkMs, () => void this.#check())];
  }

  /** Has this server, a frontend, keep its part of the entries. */
  serve(sessions: DirectorySessions): FrontendDirectory {
    const { registry, bootId, clock, counters, logger } = this.#options;
    const [requests, homes] = [this.#requests, this.#homes];
    const refused = new RefusedItems(counters, logger);
    this.#frontend = new FrontendDirectory({ sessions, requests, homes, registry, bootId, clock, refused });
    return this.#frontend;
  }

  /** Where the uids have sessions; those that have none are left out. @throws DIRECTORY_UNREACHABLE */
  find(uids: readonly Uid[]): Promise<ReadonlyMap<Uid, readonly UidPlace[]>> {
    return this.#lookups.find(uids);
  }

  /** How many uids have a session in the cluster. Rejects when a frontend does not answer. */
  async count(): Promise<number> {
    const counts = await Promise.all(this.#homes.current.ids.map((id) => this.#requests.count(id)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Calls `listener` with where the uid's sessions are, soon and each time that changes; the returned function ends that. @throws WATCHES_FULL */
  watch(uid: Uid, listener: UidListener): () => void {
    const stop = this.#watches.add(uid, listener);
    void this.#renew([uid]);
    return stop;
  }

  stop(): void {
    for (const stop of this.#stops) stop();
    this.#frontend?.end();
  }

  /** Sees who keeps uids now. */
  #follow(): void {
    const { registry, clock } = this.#options;
    const former = this.#homes.current;
    const homes = new UidHomes(registry.all.filter(keepsUids).map(({ id }) => id));
    if (this.#homes.update(homes, clock.now())) this.#frontend?.moved(former);
  }

  async #check(): Promise<void> {
    const now = this.#options.clock.now();
    if (this.#checking || now < this.#nextCheck) return;
    this.#checking = true;
    this.#nextCheck = now + checkMsEach * this.#homes.current.ids.length;
    await Promise.all([this.#frontend?.check(), this.#renew(this.#watches.uids)]);
    this.#checking = false;
  }

  /** Says again that this server watches these; of homes that do not answer it asks the next time. */
  async #renew(uids: readonly Uid[]): Promise<void> {
    await this.#watching.find(uids).catch((error: unknown) => {
      this.#options.logger.debug('homes of watched uids do not answer', { error: briefError(error) });
    });
  }

  async #watchAt(homeId: string, uids: readonly Uid[]): Promise<FindAnswer> {
    const answers = await this.#requests.watch(homeId, uids);
    this.#hear(uids, answers);
    return answers;
  }

  #hear(uids: readonly Uid[], answers: FindAnswer): void {
    for (const [at, uid] of uids.entries()) {
      const places = answers[at];
      if (places !== undefined && places !== 'elsewhere') this.#watches.heard(uid, places);
    }
  }
}
