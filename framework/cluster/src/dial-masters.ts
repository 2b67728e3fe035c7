import type { Duplex } from 'node:stream';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import type { DialOptions } from './dial-tcp.js';

/** Where a master may be. */
export type MasterAddress = Pick<DialOptions, 'host' | 'port'>;

/** Finds the master that leads, among several; spread it into the options of `joinCluster`. */
export interface MasterDialer {
  /** Opens a connection to the master that led last, else to the next one that answers. */
  dial(): Promise<Duplex>;
  /** What was dialed last does not lead, or is silent: goes on with `leader`, or with the next one. */
  onMissed(leader?: MasterAddress): void;
  /** How long one may take to prove itself, in ms: one that is paused answers the dial and nothing else. */
  readonly handshakeMs?: number;
}

/** How long one of several masters may take to prove itself, and to answer, in ms. */
const timeoutMs = 1500;
const handshakeMs = 2000;

const isSame = (a: MasterAddress, b: MasterAddress) => a.host === b.host && a.port === b.port;

/**
 * Dials the masters of a cluster in turn.
 *
 * @param dialOne opens one connection
 * @example
 * const keys = new ServerKeyring(boot.keys);
 * const dial = dialMasters(boot.masters, (options) => dialSecure(options, keys.link()));
 * const link = await joinCluster({ ...dial, id, bootId, buildId, onStop });
 */
export function dialMasters(
  masters: readonly MasterAddress[],
  dialOne: (options: DialOptions) => Promise<Duplex>,
): MasterDialer {
  return new TurnDialer(masters, dialOne);
}

class TurnDialer implements MasterDialer {
  readonly handshakeMs?: number;
  readonly #masters: readonly MasterAddress[];
  readonly #dialOne: (options: DialOptions) => Promise<Duplex>;
  /** With one master there is nothing better to do than to wait. */
  readonly #limit: Pick<DialOptions, 'timeoutMs'>;
  #turn = 0;
  /** One that the list does not have, as it is older. */
  #told: MasterAddress | undefined;
  #last: MasterAddress | undefined;
  /** Those that were silent or down of late: a standby may still take one of them for the leader. */
  #bad: MasterAddress[] = [];
  #misses = 0;

  constructor(masters: readonly MasterAddress[], dialOne: (options: DialOptions) => Promise<Duplex>) {
    this.#masters = masters;
    this.#dialOne = dialOne;
    this.#limit = masters.length > 1 ? { timeoutMs } : {};
    if (masters.length > 1) this.handshakeMs = handshakeMs;
  }

  readonly dial = async (): Promise<Duplex> => {
    const reasons: string[] = [];
    for (let left = this.#masters.length; left >= 0; left--) {
      const address = this.#told ?? this.#masters[this.#turn % this.#masters.length]!;
      this.#told = undefined;
      this.#last = address;
      try {
        return await this.#dialOne({ ...address, ...this.#limit });
      } catch (error) {
        if (isPomeloError(error, 'PROOF_WRONG')) throw error; // whoever dials decides about that
        reasons.push(reasonOf(error));
        this.onMissed();
      }
    }
    throw new Error(reasons.join('; '));
  };

  readonly onMissed = (leader?: MasterAddress): void => {
    if (++this.#misses > this.#masters.length) {
      this.#bad = []; // all had their turn: what was silent may be back
      this.#misses = 0;
    }
    if (!leader && this.#last) this.#bad.push(this.#last);
    const follow = leader && !this.#bad.some((bad) => isSame(bad, leader)) ? leader : undefined;
    const at = follow ? this.#masters.findIndex((master) => isSame(master, follow)) : this.#turn + 1;
    if (at >= 0) this.#turn = at % this.#masters.length;
    else this.#told = follow;
  };
}
