import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';

const longestName = 214;

/**
 * Checks that a new game can be made in the folder `root`: its name, and that nothing is there, unless that may be replaced.
 * @throws GAME_NAME_INVALID, FOLDER_NOT_EMPTY
 */
export function checkGameFolder(root: string, force: boolean): void {
  const name = basename(root);
  const why = problemOfName(name);
  if (why) throw new PomeloError('GAME_NAME_INVALID', { name, why });
  const found = contentOf(root, force);
  if (found) throw new PomeloError('FOLDER_NOT_EMPTY', { directory: root, found });
}

/** Writes files by their paths; gives how many there are. */
export function writeGame(root: string, files: Readonly<Record<string, string>>): number {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return Object.keys(files).length;
}

/** Why npm would not take a name; undefined when it does. */
function problemOfName(name: string): string | undefined {
  const better = name
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  const hint = better && better !== name ? `, such as ${better}` : '';
  if (!/^[a-z0-9][a-z0-9._-]*$/.test(name))
    return `npm wants lower-case letters, digits, dots, dashes and underscores, beginning with a letter or digit${hint}`;
  if (name.length > longestName) return `npm wants at most ${longestName} characters`;
  const taken = ['pomelo-ts', 'node_modules', 'sirv', 'esbuild', 'typescript', 'vitest'];
  return taken.includes(name) ? 'that is the name of something it uses' : undefined;
}

/** What is in the way at `root`, in words; undefined when nothing is. */
function contentOf(root: string, force: boolean): string | undefined {
  if (!existsSync(root)) return undefined;
  if (!statSync(root).isDirectory()) return 'it is a file';
  const names = readdirSync(root).filter((name) => name !== '.git');
  if (names.length === 0 || force) return undefined;
  const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
  return `it has ${names.slice(0, 3).join(', ')}${more}`;
}
