import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { ofOwnPackage } from '../../own-package.js';

/** Where the repository would be whose own build this command is. */
const clone = ofOwnPackage('../../');

interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The clone of the repository that this command is run from; undefined when it was installed as a package. */
export function ownClone(): string | undefined {
  const manifest = join(clone, 'package.json');
  return existsSync(manifest) && read(manifest).name === 'pomelo-ts-repository' ? clone : undefined;
}

/**
 * The `package.json` of a new game at `root` that has its packages from `clone`, as folders beside it: a clone may be ahead of what is
 * published, and of some versions nothing is.
 */
export function withPackagesOf(clone: string, manifest: string, root: string): string {
  const folders = packagesIn(join(clone, 'framework'));
  const placed = (versions: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(
      Object.entries(versions).map(([name, version]) => {
        const folder = folders.get(name);
        return [name, folder === undefined ? version : `file:${relative(root, folder).replaceAll(sep, '/')}`];
      }),
    );
  const { dependencies, devDependencies, ...others } = JSON.parse(manifest) as Manifest;
  const all = { ...others, dependencies: placed(dependencies), devDependencies: placed(devDependencies) };
  return `${JSON.stringify(all, null, 2)}\n`;
}

/** The folders of packages, by their names. */
function packagesIn(folder: string): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(folder).flatMap((entry) => {
      const manifest = join(folder, entry, 'package.json');
      const name = existsSync(manifest) ? read(manifest).name : undefined;
      return name === undefined ? [] : [[name, join(folder, entry)]];
    }),
  );
}

const read = (file: string): Manifest => JSON.parse(readFileSync(file, 'utf8')) as Manifest;
