import type { MasterLink } from '../master-link.js';
import { DialedMasterLink } from './dialed-master-link.js';
import type { JoinOptions } from './join-options.js';

/**
 * Joins the cluster: dials the master until it answers (any start order works), and
 * waits until the master admits this server. Resolves with settings and registry at hand.
 *
 * @throws PROOF_WRONG when the master does not take our key; LINK_REFUSED when it has no place for this id or life.
 */
export function joinCluster(options: JoinOptions): Promise<MasterLink> {
  return new Promise((resolve, reject) => {
    options.signal?.throwIfAborted();
    const link = new DialedMasterLink(options, { resolve, reject });
    options.signal?.addEventListener('abort', () => link.abandon(options.signal?.reason), { once: true });
  });
}
