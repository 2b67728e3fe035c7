import type { Clock } from '@pomelo-ts/common';
import type { Uid } from '../session-names.js';
import type { HeldSessions } from './directory-home.js';
import { HomeLine } from './home-line.js';
import type { HomesHistory } from './homes-history.js';
import { type ClaimResult, itemKind, type PlaceSum, type TellMessage, type ToldItem } from './places.js';
import type { UidHomes } from './uid-homes.js';
import type { UidGrant } from './uid-registrar.js';

/** How a frontend reaches the homes of uids. */
export interface HomeCalls {
  tell(homeId: string, message: TellMessage): Promise<readonly ClaimResult[] | 'unknown'>;
  /** Whether the home has the same sum of what it was told. */
  agrees(homeId: string, bootId: string, sum: PlaceSum): Promise<boolean>;
}

/** The sessions with a uid that a frontend holds. */
export interface HeldUids {
  uids(): Iterable<Uid>;
  of(uid: Uid): HeldSessions;
}

/** Settings of {@link OwnUids}. */
export interface OwnUidsOptions {
  /** This life of this frontend. */
  readonly bootId: string;
  readonly homes: HomesHistory;
  readonly calls: HomeCalls;
  readonly held: HeldUids;
  readonly clock: Clock;
}

/** Tells the homes of uids which of their sessions this frontend holds, tells it anew when homes change, and sees that they agree. */
export class OwnUids {
  readonly #options: OwnUidsOptions;
  readonly #lines = new Map<string, HomeLine>();

  constructor(options: OwnUidsOptions) {
    this.#options = options;
  }

  /** A session has a uid; resolves once its home knows, or cannot be reached. */
  async bound(uid: Uid, sessionId: string, boundAt: number): Promise<void> {
    await this.#lineOf(uid)?.tell(uid, sessionId, boundAt, itemKind.put);
  }

  /** A session has lost its uid, or ended; resolves once its home knows, or cannot be reached. */
  async unbound(uid: Uid, sessionId: string, boundAt: number): Promise<void> {
    await this.#lineOf(uid)?.tell(uid, sessionId, boundAt, itemKind.drop);
  }

  /** Asks the uid's home for it; rejects when that cannot be reached. */
  async claim(uid: Uid, sessionId: string): Promise<UidGrant | 'taken' | 'elsewhere'> {
    const homeId = this.#options.homes.current.homeOf(uid);
    if (homeId === undefined) return 'elsewhere';
    const result = await this.#line(homeId).claim(uid, sessionId);
    return typeof result === 'number' ? { boundAt: result, homeId } : result;
  }

  /** What was granted is in use now; or, when `used` is false, is given back. */
  granted(uid: Uid, sessionId: string, { boundAt, homeId }: UidGrant, used: boolean): void {
    const isHome = this.#options.homes.current.homeOf(uid) === homeId;
    if (isHome) this.#line(homeId).tally.add(uid, sessionId);
    else if (used) void this.bound(uid, sessionId, boundAt);
    if (!used && isHome) void this.unbound(uid, sessionId, boundAt);
  }

  /** Other frontends keep uids than `former` said. */
  moved(former: UidHomes): void {
    const { homes, held } = this.#options;
    const { current } = homes;
    for (const [id, line] of this.#lines) {
      if (current.ids.includes(id)) continue;
      line.end();
      this.#lines.delete(id);
    }
    const items = new Map<string, ToldItem[]>();
    for (const uid of held.uids()) {
      const [before, after] = [former.homeOf(uid), current.homeOf(uid)];
      if (before === after || after === undefined) continue;
      for (const [sessionId, boundAt] of held.of(uid)) {
        const list = items.get(after) ?? [];
        list.push([uid, sessionId, boundAt, itemKind.put]);
        items.set(after, list);
        this.#lines.get(before ?? '')?.tally.take(uid, sessionId);
      }
    }
    for (const [homeId, list] of items) this.#line(homeId).tellMany(list);
  }

  /** Compares with each home what it knows, and tells it anew where they differ. */
  async check(): Promise<void> {
    await Promise.all([...this.#lines].map(([homeId, line]) => this.#checkLine(homeId, line)));
  }

  /** This frontend ends. */
  end(): void {
    for (const line of this.#lines.values()) line.end();
  }

  async #checkLine(homeId: string, line: HomeLine): Promise<void> {
    if (!line.isIdle) return;
    const { sum } = line;
    const { calls, bootId } = this.#options;
    const agrees = await calls.agrees(homeId, bootId, sum).catch(() => true); // it is asked again the next time
    const isOld = !line.isIdle || !line.tally.equals(sum) || this.#lines.get(homeId) !== line;
    if (!agrees && !isOld) line.reset();
  }

  #lineOf(uid: Uid): HomeLine | undefined {
    const homeId = this.#options.homes.current.homeOf(uid);
    return homeId === undefined ? undefined : this.#line(homeId);
  }

  #line(homeId: string): HomeLine {
    const known = this.#lines.get(homeId);
    if (known) return known;
    const { bootId, clock, calls } = this.#options;
    const line = new HomeLine({
      bootId,
      clock,
      send: (message) => calls.tell(homeId, message),
      all: () => this.#itemsFor(homeId),
    });
    this.#lines.set(homeId, line);
    return line;
  }

  *#itemsFor(homeId: string): Iterable<ToldItem> {
    const { homes, held } = this.#options;
    for (const uid of held.uids()) {
      if (homes.current.homeOf(uid) !== homeId) continue;
      for (const [sessionId, boundAt] of held.of(uid)) yield [uid, sessionId, boundAt, itemKind.put];
    }
  }
}
