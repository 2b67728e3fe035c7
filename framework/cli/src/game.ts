import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';
import { otherOwner } from '@pomelo-ts/common/internal';

/** Options that every command has. */
export interface GlobalOptions {
  /** The game's root. */
  readonly directory: string;
  /** Undefined when none was given. */
  readonly env: string | undefined;
  readonly verbose: boolean;
}

/** The environment to start in. */
export const envOf = ({ env = 'development' }: Pick<GlobalOptions, 'env'>): string => env;

/** The absolute root of the game at `directory`. @throws CONFIG_MISSING when it has no config folder. */
export function gameRoot(directory: string): string {
  const root = resolve(directory);
  if (existsSync(join(root, 'config'))) return root;
  throw new PomeloError('CONFIG_MISSING', {
    file: 'config/servers.json5',
    directory: root,
    cure: 'Go to the folder of a game, or name it with --directory.',
  });
}

/**
 * What masters write down is for the user alone who runs them: for another one it would seem that there is nothing.
 *
 * @throws NOT_YOURS
 */
export function requireOwnGame(root: string): void {
  for (const name of ['master.json', 'secret']) {
    const other = otherOwner(join(root, '.pomelo-ts', name));
    if (other) throw new PomeloError('NOT_YOURS', { ...other });
  }
}
