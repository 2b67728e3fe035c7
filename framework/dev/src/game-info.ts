import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { GameInfo } from './asyncapi.js';

/** A game's name and version, as its package.json has them. */
export function gameInfo(root: string): GameInfo {
  let manifest: { name?: unknown; version?: unknown } = {};
  try {
    manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  } catch {
    // A game without one has its folder's name.
  }
  const { name, version } = manifest;
  return {
    title: typeof name === 'string' ? name : basename(resolve(root)),
    version: typeof version === 'string' ? version : '0.0.0',
  };
}
