import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** Packages that the modules reached from `file` load as soon as they are loaded themselves. */
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

const loadedBy = (file: string) => [
  ...packagesOf(fileURLToPath(new URL(`../framework/${file}`, import.meta.url))),
];

describe('what a process has to load', () => {
  it('is no zod for the doors of cluster: game servers import them', () => {
    for (const entry of ['index', 'internal'])
      expect(loadedBy(`cluster/src/${entry}.ts`)).not.toContain('zod');
    expect(loadedBy('cluster/src/config.ts')).toContain('zod');
  });

  it('is no zod, and so no table of operations, for the doors of master: commands that ask one import them', () => {
    for (const entry of ['index', 'internal'])
      expect(loadedBy(`master/src/${entry}.ts`)).not.toContain('zod');
    expect(loadedBy('master/src/operations/serve.ts')).toContain('zod');
  });

  it('is nothing that reads configuration or draws for a command that only asks the master', () => {
    const loaded = loadedBy('cli/src/main.ts');
    for (const heavy of ['@pomelo-ts/cluster/config', '@pomelo-ts/core', '@pomelo-ts/client', 'listr2'])
      expect(loaded).not.toContain(heavy);
    expect(loaded).toContain('yargs');
    expect(loadedBy('cli/src/commands/start.ts')).toContain('@pomelo-ts/cluster/config');
  });

  it('is no adapter that the settings do not name', () => {
    const adapters = (file: string) =>
      loadedBy(file).filter((name) => name.startsWith('@pomelo-ts/adapters'));
    for (const file of ['cli/src/commands/start/run-candidate.ts', 'cli/src/doctor/check-store.ts'])
      expect(adapters(file)).toEqual([]);
    for (const file of ['cli/src/commands/start.ts', 'core/src/boot/main.ts', 'core/src/index.ts'])
      expect(adapters(file)).toEqual([]);
    expect(adapters('cli/src/coordination/open-etcd.ts')).toEqual(['@pomelo-ts/adapters/coordination-etcd']);
  });
});
