// Outputs of the compiler whose sources are gone: tsc leaves them, and then a deleted handler could still be called.
import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const endings = /(?:\.d\.ts|\.js)(?:\.map)?$/;

/**
 * Removes the outputs below `outputs` that have no source at the same place below `sources`, and folders that are empty then.
 * Those named in `kept`, at the top of `outputs`, are left alone. Gives the removed files.
 */
export function removeStaleOutputs(sources, outputs, kept = []) {
  if (!existsSync(outputs)) return [];
  const removed = [];
  for (const entry of readdirSync(outputs, { withFileTypes: true })) {
    const path = join(outputs, entry.name);
    if (kept.includes(entry.name)) continue;
    if (entry.isDirectory()) {
      removed.push(...removeStaleOutputs(join(sources, entry.name), path));
      if (readdirSync(path).length === 0) rmdirSync(path);
    } else if (endings.test(entry.name) && !hasSource(join(sources, entry.name.replace(endings, '')))) {
      rmSync(path);
      removed.push(path);
    }
  }
  return removed;
}

const hasSource = (stem) => ['.ts', '.tsx'].some((ending) => existsSync(stem + ending));
