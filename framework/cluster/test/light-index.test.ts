import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Packages that the modules reached from `file` load when they run. */
function packagesOf(file: string, seen = new Set<string>(), packages = new Set<string>()): Set<string> {
  if (seen.has(file)) return packages;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, clause, from] of source.matchAll(/^(?:im|ex)port ([^;]*?)from '([^']+)'/gms)) {
    if (clause!.startsWith('type ')) continue;
    if (from!.startsWith('.'))
      packagesOf(resolve(dirname(file), from!.replace(/\.js$/, '.ts')), seen, packages);
    else packages.add(from!);
  }
  return packages;
}

const source = (name: string) => fileURLToPath(new URL(`../src/${name}`, import.meta.url));

describe('the index of cluster', () => {
  it('loads no zod: game servers import it', () => {
    expect([...packagesOf(source('index.ts'))]).not.toContain('zod');
    expect([...packagesOf(source('config.ts'))]).toContain('zod');
  });
});
