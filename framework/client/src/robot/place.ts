import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This package: what stands there is never the script. */
const own = fileURLToPath(new URL('../..', import.meta.url));

/** File and line in the script, or in a file of its own that it imports, where an error was made. */
export function placeOf({ stack = '' }: Error): string | undefined {
  for (const line of stack.split('\n')) {
    const [, path, at] = /(?:\(|at (?:async )?)((?:file:\/\/)?\/[^()]*):(\d+):\d+\)?$/.exec(line) ?? [];
    if (path === undefined) continue;
    const file = path.startsWith('file:') ? fileURLToPath(path) : path;
    if (!file.startsWith(own) && !file.includes('/node_modules/')) return `${shortPath(file)}:${at}`;
  }
  return undefined;
}

/** As it is seen from here, where that is shorter. */
export function shortPath(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith('..') || near === '' ? file : near;
}
