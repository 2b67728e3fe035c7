import { problemOfName } from '@pomelo-ts/common/internal';
import type { Uid } from './session.js';

/** Most characters of a session's id. */
export const longestSessionId = 40;

/** Whether sessions can be bound to it. */
export function isUid(value: unknown): value is Uid {
  return typeof value === 'number' ? Number.isFinite(value) : problemOfName(value) === undefined;
}
