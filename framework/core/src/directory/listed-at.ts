import type { Uid } from '../session-names.js';
import type { UidPlace } from './places.js';

/** A uid with a frontend that it is on. */
interface Listed {
  readonly uid: Uid;
  readonly frontendId: string;
}

/** Each uid once for each frontend that has a session of it. */
export function listedAt(places: ReadonlyMap<Uid, readonly UidPlace[]>): Listed[] {
  return [...places].flatMap(([uid, list]) =>
    [...new Set(list.map(({ frontendId }) => frontendId))].map((frontendId) => ({ uid, frontendId })),
  );
}
