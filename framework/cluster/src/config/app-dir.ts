import { existsSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';
import { readJson } from '@pomelo-ts/common/config';
import { appFileOf } from '../app-file.js';

/**
 * The folder of a game's compiled app, whether or not it is there: the one that package.json names in
 * `"pomelo-ts": {"app": …}`, else `game-server` where there is one, else `root`.
 * @throws CONFIG_INVALID when package.json is no JSON
 */
export function appDirOf(root: string): string {
  return resolve(root, namedApp(root) ?? (existsSync(join(root, 'game-server')) ? 'game-server' : '.'));
}

/**
 * As {@link appDirOf}, and it is there.
 * @throws CONFIG_MISSING when that folder has no `app.js`, `app.mjs` or `app.cjs`.
 */
export function resolveAppDir(root: string): string {
  const appDir = appDirOf(root);
  if (appFileOf(appDir)) return appDir;
  throw new PomeloError('CONFIG_MISSING', {
    file: 'app.js',
    directory: relative(root, appDir) || root,
    cure: 'Build the app first (npm run build), or name its compiled folder in package.json as "pomelo-ts": { "app": "…" }.',
  });
}

function namedApp(root: string): string | undefined {
  const file = join(root, 'package.json');
  if (!existsSync(file)) return undefined;
  const manifest = readJson(file, 'package.json') as { 'pomelo-ts'?: { app?: unknown } } | null;
  const app = manifest?.['pomelo-ts']?.app;
  return typeof app === 'string' ? app : undefined;
}
