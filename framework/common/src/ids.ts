import { randomBytes } from 'node:crypto';

/** A boot id: 12 random bytes in hex, new at each start of a process, so that two processes with one server id differ. */
export function newBootId(): string {
  return randomBytes(12).toString('hex');
}
