import { PomeloError } from '@pomelo-ts/common';
import { longestName, problemOfName, shown } from '@pomelo-ts/common/internal';
import { isUid, type Uid } from '../session-names.js';

/** Gives `value` back when it can be a uid. It travels with every push list. */
export function checkUid(value: unknown): Uid {
  if (isUid(value)) return value;
  throw new PomeloError('UID_INVALID', { got: gotOf(value) });
}

/** Gives `name` back when the cluster can know something by it. `what` says of what: `a channel`. @throws NAME_INVALID */
export function checkName(name: unknown, what: string): string {
  const reason = problemOfName(name);
  if (reason === undefined) return name as string;
  throw new PomeloError('NAME_INVALID', { name: gotOf(name), what, reason });
}

function gotOf(value: unknown): string {
  if (typeof value !== 'string') return shown(value);
  if (value === '' || value.length > longestName) return `a string of ${value.length} characters`;
  return JSON.stringify(value); // escapes what is no whole character
}
