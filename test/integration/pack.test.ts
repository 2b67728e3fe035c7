import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const folders = readdirSync(join(repository, 'framework'));

interface Manifest {
  readonly name: string;
  readonly types: string;
  readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(repository, 'framework', folder, 'package.json'), 'utf8'));
}

/** The files that importers of the package are led to. */
function filesNamedIn({ types, exports }: Manifest): string[] {
  const exported = Object.values(exports).flatMap((to) =>
    typeof to === 'string' ? [to] : Object.values(to),
  );
  return [types, ...exported].map((file) => file.replace(/^\.\//, ''));
}

async function packedFiles(folder: string): Promise<string[]> {
  const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: join(repository, 'framework', folder),
  });
  const [packed] = Object.values(JSON.parse(stdout) as Record<string, { files: { path: string }[] }>);
  return packed!.files.map(({ path }) => path);
}

/** Of the command line: what it makes games of, and what their editors check their configuration with. */
const forNewGames = [
  ...['arena', 'chat', 'empty'].flatMap((template) =>
    ['js', 'ts'].map((language) => `dist/templates/${template}-${language}.json`),
  ),
  ...readdirSync(join(repository, 'config/schema')).map((file) => `schema/${file}`),
];

/** Those whose bundle has parts of zod, whose licence asks for it. */
const licenses = ['dist/bundle/LICENSES.txt'];

/** What packages ship besides code. */
const besides: Readonly<Record<string, readonly string[]>> = {
  cli: forNewGames,
  cluster: licenses,
  master: licenses,
};

/** The page of the admin: what browsers load, and the same packed. */
function expectPage(files: readonly string[]): void {
  expect(files).toContain('dist/page/index.html');
  expect(
    files.filter((file) => !/^dist\/page\/.*\.(html|css|svg)(\.gz)?$|^dist\/page\/.*\.js\.gz$/.test(file)),
  ).toEqual([]);
}

describe('every package', () => {
  it('ships what its users need and nothing that only a build needs', async () => {
    const all = await Promise.all(
      folders.map(async (folder) => ({ folder, files: await packedFiles(folder) })),
    );
    for (const { folder, files } of all) {
      expect(files, folder).toEqual(
        expect.arrayContaining(['LICENSE', 'README.md', ...filesNamedIn(manifestOf(folder))]),
      );
      const others = files.filter(
        (file) => !/^(LICENSE|README\.md|package\.json|dist\/.*\.(js|d\.ts))$/.test(file),
      );
      if (folder === 'admin') expectPage(others);
      else expect(others, folder).toEqual(besides[folder] ?? []);
    }
  });

  it.each(folders)('says who it is: %s', (folder) => {
    const read = (file: string) => readFileSync(join(repository, 'framework', folder, file), 'utf8');
    const manifest = manifestOf(folder);
    expect(manifest).toMatchObject({
      license: 'MIT',
      engines: { node: '>=20.19' },
      keywords: expect.arrayContaining(['pomelo']),
      homepage: expect.stringContaining('https://'),
      repository: { directory: `framework/${folder}` },
    });
    expect(read('LICENSE')).toBe(readFileSync(join(repository, 'LICENSE'), 'utf8'));
    expect(read('README.md')).toContain(`# ${manifest.name}\n`);
  });
});
