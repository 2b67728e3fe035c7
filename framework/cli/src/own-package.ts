import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A file of this package. Its sources, what is compiled and what is bundled lie at different depths of it. */
export const ofOwnPackage = (path: string): string => join(folder, path);

const folder = dirname(createRequire(import.meta.url).resolve('pomelo-ts/package.json'));
