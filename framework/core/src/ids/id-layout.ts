/** Where the time of ids begins: 2025-01-01T00:00:00Z, in ms since 1970. */
export const idEpochMs = 1_735_689_600_000;

/** Bits of an id: 42 of time in ms since {@link idEpochMs} (to the year 2164), 10 of the worker, 12 of a sequence within the ms. */
export const idBits = { worker: 10, sequence: 12 } as const;

/** Workers that there can be at once. */
export const workerCount = 2 ** idBits.worker;
/** Ids that one worker can make within a ms. */
export const idsPerMs = 2 ** idBits.sequence;

const lowBits = BigInt(idBits.worker + idBits.sequence);

/** The first id of a ms; `low` is what stands below the time. */
export function idAt(ms: number, low = 0): bigint {
  return (BigInt(ms - idEpochMs) << lowBits) | BigInt(low);
}

/** The ms of an id, since 1970. */
export function msOfId(id: bigint): number {
  return Number(id >> lowBits) + idEpochMs;
}
