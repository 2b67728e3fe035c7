import { nearest } from '@pomelo-ts/common/internal';
import { leaseOfCron, problemOfLeaseName } from '../leases/lease-messages.js';
import type { ServerEntry } from '../settings-types.js';
import type { CronEntry } from './crons-schema.js';
import type { Path, Problems } from './problems.js';

/** Crons as the file has them, by server type or server id. */
export type CronsByOwner = Readonly<Record<string, readonly CronEntry[]>>;

/** Checks that crons belong to servers that there are, and that no id is there twice. */
export function checkCrons(
  file: string,
  path: Path,
  crons: CronsByOwner,
  servers: readonly ServerEntry[],
  problems: Problems,
): void {
  const owners = new Set(servers.flatMap(({ id, type }) => [id, type]));
  const places = new Map<string, string>();
  for (const [owner, entries] of Object.entries(crons)) {
    if (!owners.has(owner)) {
      const near = nearest(owner, [...owners]);
      const hint = near === undefined ? '' : `; did you mean ${near}?`;
      problems.add(file, [...path, owner], `expected a server type or server id of the topology${hint}`);
    }
    for (const [index, { id, serverId, once }] of entries.entries()) {
      const at = [...path, owner, index];
      const other = places.get(id);
      if (other) problems.add(file, [...at, 'id'], `the id ${id} is already that of ${other}`);
      else places.set(id, `${owner}[${index}]`);
      if (serverId !== undefined && !servers.some((one) => one.id === serverId && ownedBy(one, owner)))
        problems.add(file, [...at, 'serverId'], `${serverId} is no server of ${owner}`);
      const unusable = once && problemOfLeaseName(leaseOfCron(id));
      if (unusable)
        problems.add(file, [...at, 'id'], `its lease is ${leaseOfCron('<id>')}, for which is ${unusable}`);
      if (serverId !== undefined && once)
        problems.add(file, [...at, 'once'], `expected once or serverId, not both: ${serverId} alone runs it`);
    }
  }
}

/** The crons that one server runs. */
export function cronsOf(crons: CronsByOwner, server: ServerEntry): CronEntry[] {
  return Object.entries(crons)
    .filter(([owner]) => ownedBy(server, owner))
    .flatMap(([, entries]) => entries)
    .filter(({ serverId }) => serverId === undefined || serverId === server.id);
}

const ownedBy = ({ id, type }: ServerEntry, owner: string): boolean => owner === type || owner === id;
