import type { ProcessRecord } from '../processes/process-records.js';

/** Of the lives of each server the one that began last: a host may tell of many, and one id has one life. */
export function newestOf(lives: readonly ProcessRecord[]): readonly ProcessRecord[] {
  const newest = new Map<string, ProcessRecord>();
  for (const life of lives) {
    const other = newest.get(life.id);
    if (!other || Number(life.start ?? 0) > Number(other.start ?? 0)) newest.set(life.id, life);
  }
  return [...newest.values()];
}
