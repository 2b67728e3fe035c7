/** Where the time of ids begins: 2025-01-01T00:00:00Z, in ms since 1970. */
export const idEpochMs = 1_735_689_600_000;

/** Bits of an id: 42 of time in ms since {@link idEpochMs} (to the year 2164), 10 of the worker, 12 of a sequence within the ms. */
export const idBits = { worker: 10, sequence: 12 } as const;

/** The worker number of rising ids: the highest, so that they are never those of a server. */
export const risingWorker = 2 ** idBits.worker - 1;
/** Worker numbers that servers lease, from 0. */
export const workerCount = risingWorker;
/** Ids that one worker can make within a ms. */
export const idsPerMs = 2 ** idBits.sequence;

const lowBits = BigInt(idBits.worker + idBits.sequence);

/** The id of a ms, since 1970, a worker and a number below {@link idsPerMs}. */
export function idAt(ms: number, worker: number, sequence: number): bigint {
  return (BigInt(ms - idEpochMs) << lowBits) | BigInt(worker * idsPerMs + sequence);
}

/** The ms of an id, since 1970. */
export function msOfId(id: bigint): number {
  return Number(id >> lowBits) + idEpochMs;
}
