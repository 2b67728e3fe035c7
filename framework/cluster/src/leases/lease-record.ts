import type { StoredValue, StoreLease } from '../coordination/store.js';
import type { LeaseHolder } from './lease-messages.js';

/** What the store has of a lease that is held. */
export interface LeaseRecord {
  readonly holder: LeaseHolder;
  readonly token: number;
  /** The time of the store behind it. */
  readonly time: StoreLease;
  readonly stored: StoredValue;
}

const prefix = 'leases/';

/** Where the store keeps a lease, or all whose names begin so. */
export const keyOfLease = (name: string): string => prefix + name;

export const nameOfLease = (key: string): string => key.slice(prefix.length);

/** What is written for a holder. Its token is the revision at which that is, unless it had one of a former master. */
export function textOfLease({ id, bootId }: LeaseHolder, time: StoreLease, token?: number): string {
  return JSON.stringify({ id, bootId, time, ...(token !== undefined && { token }) });
}

export function recordOf(stored: StoredValue): LeaseRecord {
  const { id, bootId, time, token } = JSON.parse(stored.value) as LeaseHolder & {
    readonly time: StoreLease;
    readonly token?: number;
  };
  return { holder: { id, bootId }, token: token ?? stored.created, time, stored };
}
