import { problemOfName } from '@pomelo-ts/common/internal';

/** Who a player is to the game: given by `bind`, compared with its type. */
export type Uid = string | number;

/** Most characters of a session's id. */
export const longestSessionId = 40;

/** Whether sessions can be bound to it. */
export function isUid(value: unknown): value is Uid {
  return typeof value === 'number' ? Number.isFinite(value) : problemOfName(value) === undefined;
}
