import type { MasterSettings } from '@pomelo-ts/cluster';
import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import { isPomeloError } from '@pomelo-ts/common';
import { elsewhere, whyElsewhere } from '../hosts/local-hosts.js';
import { type ListenerOptions, MasterListener } from './master-listener.js';

/** Where this master listens, of the addresses that masters of the cluster have. */
export interface OwnListener extends MasterAddress {
  readonly listener: MasterListener;
}

/**
 * Opens the one of `masters` that is this machine's: the one that `host` and `port` name, else the first one whose port is free.
 *
 * @throws HOST_ELSEWHERE when this machine has none of them, PORT_IN_USE
 */
export async function openOwnListener(
  settings: Pick<MasterSettings, 'host' | 'port' | 'masters'>,
  options: ListenerOptions,
): Promise<OwnListener> {
  const isNamed = ({ host, port }: MasterAddress) => host === settings.host && port === settings.port;
  const masters = [...settings.masters].sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
  const reasons = await Promise.all(masters.map(({ host }) => whyElsewhere(host)));
  const here = masters.filter((_, index) => reasons[index] === undefined);
  if (here.length === 0)
    throw elsewhere(reasons.map((reason) => `master.json: masters: ${reason} (for a master)`));
  for (const [index, { host, port }] of here.entries()) {
    try {
      return { host, port, listener: await MasterListener.open(host, port, options) };
    } catch (error) {
      if (!isPomeloError(error, 'PORT_IN_USE') || index === here.length - 1) throw error;
    }
  }
  throw new Error('unreachable');
}
