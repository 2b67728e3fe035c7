import { PomeloError } from '@pomelo-ts/common';
import type { Uid } from '../session.js';

/** Longest uid in characters; it travels with every push list. */
const longestUid = 256;

/** Gives `value` back when it can be a uid. */
export function checkUid(value: unknown): Uid {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (typeof value === 'string' && value.length > 0 && value.length <= longestUid) return value;
  const got = typeof value === 'string' ? `a string of ${value.length} characters` : String(value);
  throw new PomeloError('UID_INVALID', { got });
}
