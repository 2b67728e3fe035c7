import type { Uid } from '../session-names.js';
import type { DirectoryShard } from './directory-shard.js';
import type { HeldBy } from './held-lookups.js';
import type { HomesHistory } from './homes-history.js';
import {
  type ClaimResult,
  itemKind,
  type PlaceSum,
  type TellMessage,
  type ToldItem,
  type UidPlace,
} from './places.js';
import { isSessionOfUid } from './refused-items.js';

/** What another frontend holds of a uid: its sessions, and when each was bound. */
export type HeldSessions = readonly (readonly [sessionId: string, boundAt: number])[];

/** Settings of a {@link DirectoryHome}. */
export interface HomeOptions {
  /** Server id of this frontend. */
  readonly self: string;
  readonly shard: DirectoryShard;
  readonly homes: HomesHistory;
  /** Whether this life of a frontend is in the cluster, as far as this server knows. */
  isLife(frontendId: string, bootId: string): boolean;
  /** Asks every frontend of the cluster, this one too, what it holds of a uid; those that cannot be asked in time are left out. */
  askAll(uid: Uid): Promise<HeldBy>;
  /** A frontend tells what makes no sense. */
  refused(frontendId: string, reason: string): void;
  /** Of this server's clock, in ms; it never steps back. */
  now(): number;
  /** Of the wall clock, in ms since 1970. */
  date(): number;
}

/** Answers for the uids whose home is this frontend. */
export class DirectoryHome {
  readonly #options: HomeOptions;
  /** Uids of which all frontends are being asked. */
  readonly #asking = new Map<Uid, Promise<void>>();

  constructor(options: HomeOptions) {
    this.#options = options;
  }

  /** A frontend tells of its sessions; gives what became of its claims, in their order. `unknown`: this life of it is not known here yet. */
  async tell(
    frontendId: string,
    { bootId, reset, items }: TellMessage,
  ): Promise<readonly ClaimResult[] | 'unknown'> {
    const { shard, isLife } = this.#options;
    if (!isLife(frontendId, bootId)) return 'unknown';
    if (reset) shard.forget(frontendId);
    const claims: Promise<ClaimResult>[] = [];
    for (const item of items) {
      if (!this.#makesSense(frontendId, item)) {
        if (item[3] === itemKind.claim) claims.push(Promise.resolve('elsewhere'));
        continue;
      }
      if (item[3] === itemKind.claim) claims.push(this.#claim(frontendId, bootId, item));
      else this.#note(frontendId, bootId, item);
    }
    return Promise.all(claims);
  }

  /** Whether a frontend and this home agree on what it has told. */
  agrees(frontendId: string, bootId: string, sum: PlaceSum): boolean {
    return this.#options.shard.agrees(frontendId, bootId, sum);
  }

  /** Where the uid's sessions are. */
  async find(uid: Uid): Promise<readonly UidPlace[] | 'elsewhere'> {
    if (!this.#isHomeOf(uid)) return 'elsewhere';
    await this.#settle(uid);
    return this.#options.shard.find(uid);
  }

  #isHomeOf(uid: Uid): boolean {
    return this.#options.homes.current.homeOf(uid) === this.#options.self;
  }

  #makesSense(frontendId: string, [uid, sessionId, boundAt]: ToldItem): boolean {
    if (isSessionOfUid(uid, sessionId, boundAt)) return true;
    this.#options.refused(frontendId, 'it tells of what is no session of a uid');
    return false;
  }

  #note(frontendId: string, bootId: string, [uid, sessionId, boundAt, kind]: ToldItem): void {
    const place = { frontendId, sessionId, boundAt };
    if (kind === itemKind.drop) this.#options.shard.drop(uid, place);
    else if (this.#isHomeOf(uid)) this.#options.shard.put(uid, place, bootId);
  }

  async #claim(frontendId: string, bootId: string, [uid, sessionId]: ToldItem): Promise<ClaimResult> {
    if (!this.#isHomeOf(uid)) return 'elsewhere';
    await this.#settle(uid);
    const { shard, date, isLife } = this.#options;
    if (!this.#isHomeOf(uid) || !isLife(frontendId, bootId)) return 'elsewhere';
    return shard.claim(uid, { frontendId, sessionId }, bootId, date());
  }

  /** Asks all frontends about a uid that this home may not have been told all of, as it has become its home only now. */
  #settle(uid: Uid): Promise<void> | undefined {
    const { homes, self, now } = this.#options;
    if (!homes.isUnsettled(uid, self, now())) return undefined;
    return this.#asking.get(uid) ?? this.#begin(uid);
  }

  #begin(uid: Uid): Promise<void> {
    const asking = this.#ask(uid).finally(() => this.#asking.delete(uid));
    this.#asking.set(uid, asking);
    return asking;
  }

  async #ask(uid: Uid): Promise<void> {
    const { shard, askAll, isLife } = this.#options;
    for (const [frontendId, { bootId, held }] of await askAll(uid))
      if (isLife(frontendId, bootId))
        for (const [sessionId, boundAt] of held)
          if (this.#makesSense(frontendId, [uid, sessionId, boundAt, itemKind.put]))
            shard.put(uid, { frontendId, sessionId, boundAt }, bootId);
  }
}
