import type { Uid } from '../session-names.js';
import { type ClaimResult, type PlaceSum, PlaceTally, type UidPlace } from './places.js';
import type { PerUidPolicy } from './uid-registrar.js';

/** Sessions that one frontend may tell of: as many as a backend has room for, and more than a frontend can have sockets for. */
export const mostTold = 1_048_576;

/** One life of a frontend that has told of uids. */
interface Teller {
  readonly frontendId: string;
  readonly bootId: string;
  readonly told: PlaceTally;
}

interface Place extends UidPlace {
  readonly teller: Teller;
}

/** Settings of a {@link DirectoryShard}. */
export interface ShardOptions {
  readonly policy: PerUidPolicy;
  /** The session is to end, as another one has its uid. */
  lost(uid: Uid, place: UidPlace): void;
  /** Other sessions have the uid now than before. */
  changed?(uid: Uid): void;
  /** A frontend tells of more than it may. */
  refused(frontendId: string, reason: string): void;
}

const nowhere: readonly Place[] = Object.freeze([]);

/** The entries of those uids whose home is this frontend: where their sessions are, as the frontends that hold them have told. */
export class DirectoryShard {
  readonly #options: ShardOptions;
  /** Most uids have one session: those have no list of their own. */
  readonly #places = new Map<Uid, Place | Place[]>();
  readonly #tellers = new Map<string, Teller>();

  constructor(options: ShardOptions) {
    this.#options = options;
  }

  /** How many uids have a session. */
  get size(): number {
    return this.#places.size;
  }

  /** Where the uid's sessions are, as it travels. */
  find(uid: Uid): readonly UidPlace[] {
    return this.#of(uid).map(({ frontendId, sessionId, boundAt }) => ({ frontendId, sessionId, boundAt }));
  }

  uids(): IterableIterator<Uid> {
    return this.#places.keys();
  }

  /**
   * Binds a session to a uid. Under `refuse` it is not when another session has the uid; under `replace` those are lost.
   *
   * @param now time of this server's clock
   * @returns when it was bound, later than all before; `elsewhere` when the frontend has told of too many
   */
  claim(uid: Uid, place: Omit<UidPlace, 'boundAt'>, bootId: string, now: number): ClaimResult {
    if (!this.#mayTell(uid, place, bootId)) return 'elsewhere';
    const others = this.#of(uid).filter((other) => !isSame(other, place));
    const { policy } = this.#options;
    if (policy === 'refuse' && others.length > 0) return 'taken';
    const boundAt = others.reduce((latest, other) => Math.max(latest, other.boundAt + 1), now);
    if (policy === 'replace') for (const other of others) this.#lose(uid, other);
    this.#put(uid, { ...place, boundAt }, bootId);
    return boundAt;
  }

  /** A frontend says that a session has the uid. Where only one may, and two do, one of them is lost: all homes choose the same. */
  put(uid: Uid, place: UidPlace, bootId: string): void {
    const known = this.#of(uid).find((other) => isSame(other, place));
    // A session that has moved was bound later where it is now: what its former frontend says comes late.
    if (known && known.frontendId !== place.frontendId && known.boundAt >= place.boundAt) return;
    if (!this.#mayTell(uid, place, bootId)) return;
    if (this.#options.policy !== 'many')
      for (const other of this.#of(uid)) {
        if (isSame(other, place)) continue;
        if (this.#isBetter(other, place)) {
          this.#options.lost(uid, place);
          return;
        }
        this.#lose(uid, other);
      }
    this.#put(uid, place, bootId);
  }

  /** A frontend says that the session has lost the uid. What it says of an earlier binding than the last one changes nothing. */
  drop(uid: Uid, { frontendId, sessionId, boundAt }: UidPlace): void {
    const place = this.#of(uid).find((known) => isSame(known, { sessionId }));
    if (place?.frontendId === frontendId && place.boundAt <= boundAt) this.#take(uid, place);
  }

  /** Whether a frontend's sum is that of what it has told. */
  agrees(frontendId: string, bootId: string, sum: PlaceSum): boolean {
    const teller = this.#tellers.get(frontendId);
    return teller?.bootId === bootId ? teller.told.equals(sum) : sum.count === 0;
  }

  /** Forgets all that a frontend has told, as it has gone or begins anew. */
  forget(frontendId: string): void {
    const teller = this.#tellers.get(frontendId);
    if (!teller) return;
    if (teller.told.count > 0) this.#takeWhere((_uid, place) => place.teller === teller);
    this.#tellers.delete(frontendId);
  }

  /** Forgets the uids whose home is another one now. */
  keep(isOwn: (uid: Uid) => boolean): void {
    this.#takeWhere((uid) => !isOwn(uid));
  }

  #of(uid: Uid): readonly Place[] {
    const places = this.#places.get(uid);
    if (!places) return nowhere;
    return Array.isArray(places) ? places : [places];
  }

  #takeWhere(isMeant: (uid: Uid, place: Place) => boolean): void {
    for (const uid of [...this.#places.keys()])
      for (const place of this.#of(uid)) if (isMeant(uid, place)) this.#take(uid, place);
  }

  /** Whether the frontend may tell of one more session; of those that it has told before it may always. */
  #mayTell(uid: Uid, place: Omit<UidPlace, 'boundAt'>, bootId: string): boolean {
    const teller = this.#tellers.get(place.frontendId);
    if (teller?.bootId !== bootId || teller.told.count < mostTold) return true;
    if (this.#of(uid).some((known) => isSame(known, place) && known.teller === teller)) return true;
    this.#options.refused(place.frontendId, `it tells of more than ${mostTold} sessions`);
    return false;
  }

  /** Of two that were bound in different places: the first under `refuse`, the last under `replace`. */
  #isBetter(one: UidPlace, other: UidPlace): boolean {
    const later =
      one.boundAt === other.boundAt ? one.frontendId > other.frontendId : one.boundAt > other.boundAt;
    return later === (this.#options.policy === 'replace');
  }

  #lose(uid: Uid, place: Place): void {
    this.#take(uid, place);
    this.#options.lost(uid, place);
  }

  #put(uid: Uid, { frontendId, sessionId, boundAt }: UidPlace, bootId: string): void {
    const teller = this.#tellerOf(frontendId, bootId);
    const place = { frontendId: teller.frontendId, sessionId, boundAt, teller };
    const known = this.#of(uid);
    const rest = known.filter((other) => !isSame(other, place));
    const former = known.find((other) => isSame(other, place))?.teller;
    this.#places.set(uid, rest.length === 0 ? place : [...rest, place]);
    if (former !== teller) {
      former?.told.take(uid, sessionId);
      teller.told.add(uid, sessionId);
    }
    this.#options.changed?.(uid);
  }

  #take(uid: Uid, place: Place): void {
    const rest = this.#of(uid).filter((other) => other !== place);
    const [first] = rest;
    if (first === undefined) this.#places.delete(uid);
    else this.#places.set(uid, rest.length === 1 ? first : rest);
    place.teller.told.take(uid, place.sessionId);
    this.#options.changed?.(uid);
  }

  /** A later life of a frontend has nothing of the former one. */
  #tellerOf(frontendId: string, bootId: string): Teller {
    const known = this.#tellers.get(frontendId);
    if (known?.bootId === bootId) return known;
    this.forget(frontendId);
    const teller = { frontendId, bootId, told: new PlaceTally() };
    this.#tellers.set(frontendId, teller);
    return teller;
  }
}

function isSame(one: Pick<UidPlace, 'sessionId'>, other: Pick<UidPlace, 'sessionId'>): boolean {
  return one.sessionId === other.sessionId;
}
