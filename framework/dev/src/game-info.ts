import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { readJson } from '@pomelo-ts/common/config';
import type { GameInfo } from './asyncapi.js';

/** A game's name and version, as its package.json has them. */
export function gameInfo(root: string): GameInfo {
  const file = join(root, 'package.json');
  // A game without one has its folder's name.
  const manifest = existsSync(file) ? readJson(file, 'package.json') : {};
  const { name, version } = manifest as { name?: unknown; version?: unknown };
  return {
    title: typeof name === 'string' ? name : basename(resolve(root)),
    version: typeof version === 'string' ? version : '0.0.0',
  };
}
