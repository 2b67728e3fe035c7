import type { RegistryEntry } from '@pomelo-ts/cluster';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, PomeloError } from '@pomelo-ts/common';

/** Longest wait for the server's word that it has heard, in ms. */
const heardWithinMs = 5000;

/**
 * Lets a server be sent new work again, or has it drain: it keeps what it has, and gates and routers send what is new to others. Resolves
 * when the registry tells it to all; with false when the server has no link, so that it cannot be told.
 *
 * @throws SERVER_SILENT when it does not say within 5 s that it has heard
 */
export async function tellTakesNew(
  { hub, clock }: { readonly hub: LinkHub; readonly clock: Clock },
  id: string,
  takes: boolean,
): Promise<boolean> {
  const wanted: RegistryEntry['state'] = takes ? 'ready' : 'draining';
  const hasHeard = (): boolean => hub.registry.get(id)?.state === wanted;
  if (!hub.takeNew(id, takes)) return false;
  await new Promise<void>((resolve, reject) => {
    const end = (settle: () => void): void => {
      undo();
      cancel();
      settle();
    };
    const look = (): void => {
      if (hasHeard()) end(resolve);
    };
    const undo = hub.registry.onDelta(look);
    const cancel = clock.after(heardWithinMs, () => end(() => reject(silent(id, takes))));
    look(); // inside one process the answer has come already
  });
  return true;
}

function silent(serverId: string, takes: boolean): PomeloError {
  const reason = takes
    ? 'it did not answer in time; it takes new work once it hears of it'
    : 'it did not answer in time; it drains once it hears of it';
  return new PomeloError('SERVER_SILENT', { serverId, command: takes ? 'undrain' : 'drain', reason });
}
