import type { Server } from 'node:net';
import { lacksAddress } from '@pomelo-ts/common/internal';

/** Where a server could not listen, and why. */
export interface ListenFailure {
  readonly host: string;
  readonly error: NodeJS.ErrnoException;
}

/** Listens at the first of `hosts` that this machine has; gives what is in the way where it cannot. */
export async function listenAtFirst(
  server: Server,
  hosts: readonly string[],
  options: { readonly port: number; readonly backlog: number },
): Promise<ListenFailure | undefined> {
  let failure: ListenFailure | undefined;
  for (const host of hosts) {
    const error = await listenAt(server, { host, ...options });
    if (!error) return undefined;
    failure = { host, error };
    if (!lacksAddress(error)) break;
  }
  return failure;
}

function listenAt(server: Server, options: object): Promise<NodeJS.ErrnoException | undefined> {
  return new Promise((resolve) => {
    server.once('error', resolve);
    server.listen(options, () => {
      server.off('error', resolve);
      resolve(undefined);
    });
  });
}
