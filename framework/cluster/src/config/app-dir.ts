import { existsSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';

/**
 * The folder of a game's compiled app, whether or not it is there: the one that package.json names in
 * `"pomelo-ts": {"app": …}`, else `game-server` where there is one, else `root`.
 */
export function appDirOf(root: string): string {
  return resolve(root, namedApp(root) ?? (existsSync(join(root, 'game-server')) ? 'game-server' : '.'));
}

/**
 * As {@link appDirOf}, and it is there.
 * @throws CONFIG_MISSING when that folder has no `app.js`.
 */
export function resolveAppDir(root: string): string {
  const appDir = appDirOf(root);
  if (existsSync(join(appDir, 'app.js'))) return appDir;
  throw new PomeloError('CONFIG_MISSING', {
    file: 'app.js',
    directory: relative(root, appDir) || root,
    cure: 'Build the app first (npm run build), or name its compiled folder in package.json as "pomelo-ts": { "app": "…" }.',
  });
}

function namedApp(root: string): string | undefined {
  const file = join(root, 'package.json');
  if (!existsSync(file)) return undefined;
  try {
    const app = JSON.parse(readFileSync(file, 'utf8'))?.['pomelo-ts']?.app;
    return typeof app === 'string' ? app : undefined;
  } catch {
    return undefined; // npm tells its owner about a broken package.json
  }
}
