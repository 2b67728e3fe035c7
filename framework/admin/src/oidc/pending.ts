import type { Clock } from '@pomelo-ts/common';
import type { AdminSession } from '@pomelo-ts/master';
import { hashOfToken, newToken, sameHash } from '@pomelo-ts/master/internal';

/** How long somebody may take at the provider, in ms. */
export const pendingMs = 10 * 60_000;
/** Most sign-ins that have begun, in all and of one network: the oldest of that network gives way, or of the one that has most. */
const [mostOfAll, mostOfNetwork] = [500, 20];

/** A sign-in that somebody has begun, and goes on with at the provider. */
export interface PendingSignIn {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
  readonly network: string;
  /** The session whose owner proves again who they are; missing where somebody signs in. */
  readonly proves?: AdminSession;
  /** By the clock, in ms. */
  readonly begun: number;
}

/** Sign-ins that have begun. Each is known by a token that one browser holds, and ends with the first answer that is its own. */
export class PendingSignIns {
  readonly #clock: Clock;
  /** By the hash of their token, the oldest first. */
  readonly #all = new Map<string, PendingSignIn>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins one; gives the token that its browser has to hold. */
  begin(asked: Pick<PendingSignIn, 'redirectUri' | 'network' | 'proves'>): {
    readonly token: string;
    readonly pending: PendingSignIn;
  } {
    this.#makeRoom(asked.network);
    const token = newToken();
    const pending = {
      ...asked,
      state: newToken(),
      nonce: newToken(),
      verifier: newToken(),
      begun: this.#clock.now(),
    };
    this.#all.set(hashOfToken(token), pending);
    return { token, pending };
  }

  /**
   * The one that a browser comes back from, which is over by that; undefined where there is none, or none any more. One whose state is
   * another goes on: any page can send a browser here.
   */
  take(token: string | undefined, state: string | undefined): PendingSignIn | undefined {
    const hash = hashOfToken(token ?? '');
    const pending = this.#all.get(hash);
    if (!pending || state === undefined || !sameHash(hashOfToken(state), hashOfToken(pending.state)))
      return undefined;
    this.#all.delete(hash);
    return this.#isOver(pending) ? undefined : pending;
  }

  #isOver({ begun }: PendingSignIn): boolean {
    return this.#clock.now() - begun >= pendingMs;
  }

  /** Those of the network that has begun most: who comes from many networks throws out nobody who has begun once. */
  #mostOfOne(): readonly (readonly [string, PendingSignIn])[] {
    const byNetwork = new Map<string, [string, PendingSignIn][]>();
    for (const entry of this.#all) {
      const own = byNetwork.get(entry[1].network);
      if (own) own.push(entry);
      else byNetwork.set(entry[1].network, [entry]);
    }
    return [...byNetwork.values()].reduce((most, one) => (one.length > most.length ? one : most), []);
  }

  #makeRoom(network: string): void {
    for (const [hash, pending] of this.#all) if (this.#isOver(pending)) this.#all.delete(hash);
    const own = [...this.#all].filter(([, one]) => one.network === network);
    const full = own.length >= mostOfNetwork ? own : this.#all.size >= mostOfAll ? this.#mostOfOne() : [];
    const [oldest] = full;
    if (oldest) this.#all.delete(oldest[0]);
  }
}
