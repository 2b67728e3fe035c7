import { hostname, userInfo } from 'node:os';
import type { Principal } from '@pomelo-ts/cluster';

/** Who gives commands here, for the log of the master: the user of this process and its host. */
export function ownPrincipal(): Principal {
  return { name: `${userName()}@${hostname()}`, via: 'cli' };
}

/** In a container a user may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
