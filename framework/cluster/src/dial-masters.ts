import type { Duplex } from 'node:stream';
import { reasonOf } from '@pomelo-ts/common';
import { type DialOptions, dialTcp } from './dial-tcp.js';

/** Where a master may be. */
export type MasterAddress = Pick<DialOptions, 'host' | 'port'>;

/** Finds the master that leads, among several; spread it into the options of `joinCluster`. */
export interface MasterDialer {
  /** Opens a connection to the master that led last, else to the next one that answers. */
  dial(): Promise<Duplex>;
  /** What was dialed last does not lead, or is silent: goes on with `leader`, or with the next one. */
  onMissed(leader?: MasterAddress): void;
}

/** How long one of several masters may take to answer, in ms. */
const timeoutMs = 1500;

/**
 * Dials the masters of a cluster in turn.
 *
 * @param dialOne opens one connection
 * @example const agent = await joinCluster({ ...dialMasters(boot.masters), id, bootId, buildId, secret, onStop });
 */
export function dialMasters(
  masters: readonly MasterAddress[],
  dialOne: (options: DialOptions) => Promise<Duplex> = dialTcp,
): MasterDialer {
  let turn = 0;
  let told: MasterAddress | undefined; // one that the list does not have, as it is older
  const limit = masters.length > 1 ? { timeoutMs } : {};
  return {
    async dial() {
      const reasons: string[] = [];
      const first = told;
      told = undefined;
      if (first)
        try {
          return await dialOne({ ...first, timeoutMs });
        } catch (error) {
          reasons.push(reasonOf(error));
        }
      for (let left = masters.length; left > 0; left--) {
        try {
          return await dialOne({ ...masters[turn % masters.length]!, ...limit });
        } catch (error) {
          reasons.push(reasonOf(error));
          turn++;
        }
      }
      throw new Error(reasons.join('; '));
    },
    onMissed(leader) {
      const at = leader
        ? masters.findIndex(({ host, port }) => host === leader.host && port === leader.port)
        : turn + 1;
      if (at >= 0) turn = at % masters.length;
      else told = leader;
    },
  };
}
