import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** A module of Node's, of either kind. */
const endings = ['.js', '.mjs', '.cjs'];

/** The file that sets a game up; undefined when the folder of its app has none. */
export function appFileOf(appDir: string): string | undefined {
  return endings.map((ending) => join(appDir, `app${ending}`)).find((file) => existsSync(file));
}
