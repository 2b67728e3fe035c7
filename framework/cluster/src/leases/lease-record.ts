import type { StoredValue, StoreLease } from '../coordination/store.js';
import type { LeaseHolder } from './lease-messages.js';

/** What the store has of a lease that is held. */
export interface LeaseRecord {
  readonly name: string;
  readonly holder: LeaseHolder;
  readonly token: number;
  /** How long it is held without a renewal. */
  readonly ttlMs: number;
  /** The time of the store behind it, which is longer. */
  readonly time: StoreLease;
  readonly stored: StoredValue;
}

const prefix = 'leases/';

/** Where the store keeps a lease, or all whose names begin so. */
export const keyOfLease = (name: string): string => prefix + name;

/** What is written for a holder. Its token is the revision at which that is, unless it had one of a former master. */
export function textOfLease({ id, bootId }: LeaseHolder, given: Written): string {
  return JSON.stringify({ id, bootId, ...given });
}

interface Written {
  readonly ttlMs?: number;
  readonly time: StoreLease;
  readonly token?: number;
}

export function recordOf(stored: StoredValue): LeaseRecord {
  const { id, bootId, time, token, ttlMs = time.ttlMs } = JSON.parse(stored.value) as LeaseHolder & Written;
  const name = stored.key.slice(prefix.length);
  return { name, holder: { id, bootId }, token: token ?? stored.created, ttlMs, time, stored };
}
