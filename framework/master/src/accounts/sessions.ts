import { randomBytes } from 'node:crypto';
import { type Clock, PomeloError } from '@pomelo-ts/common';
import { Bucket } from './bucket.js';
import { endOfMany } from './end-of-many.js';
import { hashOfToken, newToken } from './tokens.js';

/** A session is over after so long in all, in ms. */
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
/** Ended ones of which it is known why, so that whoever comes back is told. */
const mostEnded = 1000;

/** One signed-in browser. */
export interface AdminSession {
  /** Shown in tables; nobody gets in by it. */
  readonly id: string;
  readonly name: string;
  readonly address: string;
  /** Of who has signed in at a provider, and has no account here: the role that their groups have given. */
  readonly role?: string;
  /** In ms since 1970. */
  readonly begun: number;
  lastUse: number;
  /** Until when it need not prove again who it is. */
  provedUntil: number;
  /** Aborted when it is over. */
  readonly over: AbortSignal;
}

/** Why a session is over: nothing was done for too long, 12 hours have passed, or somebody ended it. */
export type SessionEnd = 'idle' | 'expired' | 'ended';

/** How long a session lasts yet, in ms: when nothing is done in it, and whatever is done. */
export interface SessionTime {
  readonly idleMs: number;
  readonly leftMs: number;
}

/** @throws OIDC_PROVES for who has signed in at a provider: neither a password nor a second factor is kept of them */
export function requireAccount(session: AdminSession | undefined): void {
  if (session?.role !== undefined) throw new PomeloError('OIDC_PROVES', {});
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
  readonly #idleMs: () => number;
  /** By the hash of their token. */
  readonly #kept = new Map<string, Kept>();
  /** By the hash of their token, too. */
  readonly #ended = new Map<string, SessionEnd>();
  /** Looks no more which ones are over. */
  readonly close: () => void;

  /** @param idleMs after how long in which nothing was done a session is over, in ms */
  constructor(clock: Clock, wallTime: () => number, idleMs: () => number) {
    this.#clock = clock;
    this.#wallTime = wallTime;
    this.#idleMs = idleMs;
    this.close = clock.every(sweepMs, () => this.#sweep()); // who watches a feed asks for nothing by which it would show
  }

  /**
   * Begins a session; gives the token by which it is known.
   *
   * @param standing see {@link standingOf}
   * @param role of somebody without an account
   */
  open(
    name: string,
    address: string,
    standing = '',
    role?: string,
    provedAt = this.#wallTime(),
  ): { readonly token: string; readonly session: AdminSession } {
    this.#sweep();
    this.#makeRoom(name);
    const token = newToken();
    const over = endOfMany();
    const now = this.#wallTime();
    const session = {
      id: randomBytes(6).toString('hex'),
      name,
      address,
      ...(role !== undefined && { role }),
      begun: now,
      lastUse: now,
      provedUntil: Math.min(now, provedAt) + proofMs,
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

  /**
   * The session of a token.
   *
   * @param asked whether somebody has asked for something, by which the session is in use; a page that only looks does not
   * @throws KEY_RATE
   */
  of(token: string, asked = true): AdminSession | undefined {
    const hash = hashOfToken(token);
    const kept = this.#kept.get(hash);
    const end = kept && this.#endOf(kept);
    if (end !== undefined) this.#end(hash, kept!, end);
    if (!kept || end !== undefined) return undefined;
    kept.bucket.take();
    if (!asked) return kept.session;
    kept.used = this.#clock.now();
    kept.session.lastUse = this.#wallTime();
    return kept.session;
  }

  /** Why the session of a token is over; undefined where there was none that is remembered. */
  whyOver(token: string): SessionEnd | undefined {
    return this.#ended.get(hashOfToken(token));
  }

  timeOf(session: AdminSession): SessionTime {
    const now = this.#clock.now();
    const kept = [...this.#kept.values()].find((one) => one.session === session);
    if (!kept) return { idleMs: 0, leftMs: 0 };
    const left = (ms: number, from: number) => Math.max(0, Math.round(from + ms - now));
    return { idleMs: left(this.#idleMs(), kept.used), leftMs: left(wholeMs, kept.began) };
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
    for (const [hash, kept] of meant) this.#end(hash, kept, 'ended');
    return meant.length;
  }

  #makeRoom(name: string): void {
    const oldestFirst = [...this.#kept].sort(([, a], [, b]) => a.used - b.used);
    const own = oldestFirst.filter(([, { session }]) => session.name === name);
    const [first] = own.length >= mostOfOne ? own : oldestFirst.length >= mostOfAll ? oldestFirst : [];
    if (first) this.#end(...first, 'ended');
  }

  #sweep(): void {
    for (const [hash, kept] of this.#kept) {
      const end = this.#endOf(kept);
      if (end !== undefined) this.#end(hash, kept, end);
    }
  }

  #endOf({ used, began }: Kept): SessionEnd | undefined {
    const now = this.#clock.now();
    if (now - began >= wholeMs) return 'expired';
    return now - used >= this.#idleMs() ? 'idle' : undefined;
  }

  #end(hash: string, { over }: Kept, why: SessionEnd): void {
    this.#kept.delete(hash);
    this.#ended.set(hash, why);
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > mostEnded) this.#ended.delete(oldest!);
    over.abort();
  }
}
