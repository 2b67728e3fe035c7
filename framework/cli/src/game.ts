import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';

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
