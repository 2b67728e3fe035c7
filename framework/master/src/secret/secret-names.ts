import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '@pomelo-ts/common/internal';
import { isNoRoom } from '../processes/no-room.js';

const fileOf = (root: string): string => join(root, '.pomelo-ts', 'secret-names');

/**
 * The names of the secrets that the last master here has taken: they tell nothing of the secrets, and that the one of a new master is
 * none of them. Undefined where nobody could write them down.
 */
function formerSecretNames(root: string): readonly string[] | undefined {
  try {
    const names = JSON.parse(readFileSync(fileOf(root), 'utf8')) as unknown;
    return Array.isArray(names) ? names.map(String) : undefined;
  } catch {
    return undefined; // no master has been here, or its disk was full
  }
}

/** Writes down which secrets are taken from now on. */
export function noteSecretNames(root: string, names: readonly string[]): void {
  try {
    replaceFile(fileOf(root), `${JSON.stringify(names)}\n`);
  } catch (error) {
    if (!isNoRoom(error)) throw error; // it is told of elsewhere, and only helps who replaces a secret
  }
}

/** Whether servers of the last master here cannot know any of these secrets, as far as is known. */
export function isAbrupt(root: string, names: readonly string[]): boolean {
  const former = formerSecretNames(root);
  return former !== undefined && !former.some((name) => names.includes(name));
}
