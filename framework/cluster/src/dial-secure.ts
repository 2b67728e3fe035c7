import type { TLSSocket } from 'node:tls';
import { isPomeloError } from '@pomelo-ts/common';
import { type NamedKey, secureDial } from '@pomelo-ts/common/internal';
import { type DialOptions, dialTcp } from './dial-tcp.js';

/** How long the proof may take when nothing else is said, in ms. */
const proofMs = 5000;

/**
 * Opens a connection over which both ends have proved to have a key, and which nobody can read or change.
 *
 * @param keys the one to dial with first; the next where that is not known, while the secret changes
 * @throws PROOF_WRONG when the other end takes none of the keys; the error of the system when it does not answer
 */
export async function dialSecure(options: DialOptions, keys: readonly NamedKey[]): Promise<TLSSocket> {
  const { timeoutMs = proofMs } = options;
  for (const [index, key] of keys.entries()) {
    const socket = await dialTcp(options);
    try {
      return await secureDial(socket, key, timeoutMs);
    } catch (error) {
      if (!isPomeloError(error, 'PROOF_WRONG') || index === keys.length - 1) throw error;
    }
  }
  throw new Error('there is no key to dial with');
}
