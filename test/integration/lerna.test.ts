import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PackageRegistry } from '../helpers/package-registry.js';
import { npm } from '../helpers/workshop.js';

/* A release as CONTRIBUTING.md says it, of a copy of this repository and to a registry of this test. */

const repository = fileURLToPath(new URL('../../', import.meta.url));
const lernaVersion = /npx lerna@([\d.]+) version/.exec(
  readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8'),
)![1]!;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const ownOf = ({ dependencies, peerDependencies }: Manifest) =>
  Object.entries({ ...dependencies, ...peerDependencies }).filter(([name]) =>
    /^(@pomelo-ts\/|pomelo-ts$)/.test(name),
  );

let work: string;
let copy: string;

const run = (program: string, ...args: string[]) =>
  promisify(execFile)(program, args, {
    cwd: copy,
    env: { ...process.env, HOME: work, NX_DAEMON: 'false', CI: 'true', NO_COLOR: '1' },
  });

/** Lerna is in no other path of this repository: it is installed here once, and kept. */
async function lerna(...args: string[]): Promise<string> {
  const folder = join(repository, 'node_modules/.cache', `lerna-${lernaVersion}`);
  const program = join(folder, 'node_modules/.bin/lerna');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{}');
    await npm(folder, 'install', '--ignore-scripts', '--no-audit', '--no-fund', `lerna@${lernaVersion}`);
  }
  const { stdout } = await run(program, ...args);
  return stdout;
}

const manifests = (): Manifest[] =>
  [...readdirSync(join(copy, 'framework')).map((name) => `framework/${name}`), 'game-server'].map((folder) =>
    JSON.parse(readFileSync(join(copy, folder, 'package.json'), 'utf8')),
  );

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'pomelo-ts-release-'));
  copy = join(work, 'repository');
  const left = /\/(node_modules|\.git|\.pomelo-ts|logs)$/;
  cpSync(repository, copy, { recursive: true, filter: (path) => !left.test(path) });
  await run('git', 'init', '--quiet', '--initial-branch=main');
  await run('git', 'config', 'user.name', 'Releaser');
  await run('git', 'config', 'user.email', 'releaser@example.com');
  await run('git', 'add', '.');
  await run('git', 'commit', '--quiet', '--message', 'as it is');
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

// npm works out the lock file anew, of all packages
describe('a release', { timeout: 300_000 }, () => {
  it('writes one version into every package, its dependencies, its peers and the lock file', async () => {
    await lerna('version', '0.2.0', '--no-push', '--yes');
    for (const manifest of manifests()) {
      expect([manifest.name, manifest.version]).toEqual([manifest.name, '0.2.0']);
      for (const own of ownOf(manifest))
        expect([manifest.name, ...own]).toEqual([manifest.name, own[0], '0.2.0']);
    }
    const lock = JSON.parse(readFileSync(join(copy, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, Manifest>;
    };
    const own = Object.entries(lock.packages).filter(([path]) => /^(framework\/|game-server$)/.test(path));
    expect(own.length).toBe(manifests().length);
    for (const [path, { version }] of own) expect([path, version]).toEqual([path, '0.2.0']);
    expect((await run('git', 'status', '--short')).stdout).toBe('');
    expect((await run('git', 'tag')).stdout).toBe('v0.2.0\n');
  });

  it('publishes every package but the game, each after those that it needs, with what was built', async () => {
    await using registry = await PackageRegistry.open();
    writeFileSync(join(work, '.npmrc'), `//${registry.address}:_authToken=of-this-test\n`);
    await lerna(
      'publish',
      'from-package',
      '--yes',
      '--no-verify-access',
      '--registry',
      `http://${registry.address}`,
    );
    const names = registry.published.map(({ manifest }) => manifest.name);
    const expected = manifests().filter((manifest) => !manifest.private);
    expect([...names].sort()).toEqual(expected.map(({ name }) => name).sort());
    for (const { manifest, files } of registry.published) {
      const { name } = manifest;
      expect([name, manifest.version]).toEqual([name, '0.2.0']);
      for (const [own, version] of ownOf(manifest as Manifest))
        expect([name, own, version]).toEqual([name, own, '0.2.0']);
      for (const needed of Object.keys((manifest as Manifest).dependencies ?? {}).filter((own) =>
        names.includes(own),
      ))
        expect([name, needed, names.indexOf(needed) < names.indexOf(name)]).toEqual([name, needed, true]);
      expect([name, files.some((file) => /^dist\/.*\.js$/.test(file))]).toEqual([name, true]);
      expect(files).toContain('package.json');
    }
  });
});
