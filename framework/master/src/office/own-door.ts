import type { MasterAddress, MasterSettings } from '@pomelo-ts/cluster';
import { isPomeloError } from '@pomelo-ts/common';
import { Door, type DoorOptions } from '../door.js';
import { elsewhere, whyElsewhere } from '../hosts/local-hosts.js';

/** Where this master listens, of the addresses that masters of the cluster have. */
export interface OwnDoor extends MasterAddress {
  readonly door: Door;
}

/**
 * Opens the one of `masters` that is this machine's: the one that `host` and `port` name, else the first one whose port is free.
 *
 * @throws HOST_ELSEWHERE when this machine has none of them, PORT_IN_USE
 */
export async function openOwnDoor(
  settings: Pick<MasterSettings, 'host' | 'port' | 'masters'>,
  options: DoorOptions,
): Promise<OwnDoor> {
  const isNamed = ({ host, port }: MasterAddress) => host === settings.host && port === settings.port;
  const masters = [...settings.masters].sort((a, b) => Number(isNamed(b)) - Number(isNamed(a)));
  const reasons = await Promise.all(masters.map(({ host }) => whyElsewhere(host)));
  const here = masters.filter((_, index) => reasons[index] === undefined);
  if (here.length === 0)
    throw elsewhere(reasons.map((reason) => `master.json: masters: ${reason} (for a master)`));
  for (const [index, { host, port }] of here.entries()) {
    try {
      return { host, port, door: await Door.open(host, port, options) };
    } catch (error) {
      if (!isPomeloError(error, 'PORT_IN_USE') || index === here.length - 1) throw error;
    }
  }
  throw new Error('unreachable');
}
