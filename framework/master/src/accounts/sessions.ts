import { randomBytes } from 'node:crypto';
import type { Clock } from '@pomelo-ts/common';
import { Bucket } from './bucket.js';
import { hashOfToken, newToken } from './tokens.js';

/** A session is over after so long without a request, and after so long in all, in ms. */
const idleMs = 30 * 60_000;
const wholeMs = 12 * 60 * 60_000;
/** How long a proof of who one is stands for what asks for it again, in ms. */
const proofMs = 10 * 60_000;
/** Requests that one session may make a second, and for a moment: no person does, and what some look at is written to the disk. */
const requests = [50, 200] as const;
/** How often it is looked which sessions are over, in ms. */
const sweepMs = 60_000;
/** Most sessions of one account, and in all; the one without a request for longest gives way. */
const mostOfOne = 20;
const mostOfAll = 1000;

/** One signed-in browser. */
export interface AdminSession {
  /** Shown in tables; nobody gets in by it. */
  readonly id: string;
  readonly name: string;
  readonly address: string;
  /** In ms since 1970. */
  readonly begun: number;
  lastUse: number;
  /** Until when it need not prove again who it is. */
  provedUntil: number;
  /** Aborted when it is over. */
  readonly over: AbortSignal;
}

interface Kept {
  readonly session: AdminSession;
  readonly standing: string;
  readonly over: AbortController;
  /** By the clock. */
  used: number;
  readonly began: number;
  readonly bucket: Bucket;
}

/** Who has signed in. They are in memory alone: a master that begins anew asks all to sign in again. */
export class AdminSessions {
  readonly #clock: Clock;
  readonly #wallTime: () => number;
  /** By the hash of their token. */
  readonly #kept = new Map<string, Kept>();
  /** Looks no more which ones are over. */
  readonly close: () => void;

  constructor(clock: Clock, wallTime: () => number) {
    this.#clock = clock;
    this.#wallTime = wallTime;
    this.close = clock.every(sweepMs, () => this.#sweep()); // who watches a feed asks for nothing by which it would show
  }

  /**
   * Begins a session; gives the token by which it is known.
   *
   * @param standing see {@link standingOf}
   */
  open(
    name: string,
    address: string,
    standing = '',
  ): { readonly token: string; readonly session: AdminSession } {
    this.#sweep();
    this.#makeRoom(name);
    const token = newToken();
    const over = new AbortController();
    const now = this.#wallTime();
    const session = {
      id: randomBytes(6).toString('hex'),
      name,
      address,
      begun: now,
      lastUse: now,
      provedUntil: now + proofMs,
      over: over.signal,
    };
    const began = this.#clock.now();
    this.#kept.set(hashOfToken(token), {
      session,
      standing,
      over,
      used: began,
      began,
      bucket: new Bucket(this.#clock, ...requests),
    });
    return { token, session };
  }

  /** The session of a token, which is in use by that. @throws KEY_RATE */
  of(token: string): AdminSession | undefined {
    const hash = hashOfToken(token);
    const kept = this.#kept.get(hash);
    if (!kept) return undefined;
    if (this.#isOver(kept)) {
      this.#end(hash, kept);
      return undefined;
    }
    kept.bucket.take();
    kept.used = this.#clock.now();
    kept.session.lastUse = this.#wallTime();
    return kept.session;
  }

  /** Counts a request that came by something that the session has opened, such as the feed. @throws KEY_RATE */
  count(session: AdminSession): void {
    for (const kept of this.#kept.values()) if (kept.session === session) kept.bucket.take();
  }

  /** Whoever holds this session has just proved again who they are. */
  proved(session: AdminSession): void {
    session.provedUntil = this.#wallTime() + proofMs;
  }

  get all(): readonly AdminSession[] {
    this.#sweep();
    return [...this.#kept.values()].map(({ session }) => session);
  }

  /** Ends those that are meant; gives their number. */
  end(which: (session: AdminSession, standing: string) => boolean): number {
    const meant = [...this.#kept].filter(([, { session, standing }]) => which(session, standing));
    for (const [hash, kept] of meant) this.#end(hash, kept);
    return meant.length;
  }

  #makeRoom(name: string): void {
    const oldestFirst = [...this.#kept].sort(([, a], [, b]) => a.used - b.used);
    const own = oldestFirst.filter(([, { session }]) => session.name === name);
    const [first] = own.length >= mostOfOne ? own : oldestFirst.length >= mostOfAll ? oldestFirst : [];
    if (first) this.#end(...first);
  }

  #sweep(): void {
    for (const [hash, kept] of this.#kept) if (this.#isOver(kept)) this.#end(hash, kept);
  }

  #isOver({ used, began }: Kept): boolean {
    const now = this.#clock.now();
    return now - used >= idleMs || now - began >= wholeMs;
  }

  #end(hash: string, { over }: Kept): void {
    this.#kept.delete(hash);
    over.abort();
  }
}
