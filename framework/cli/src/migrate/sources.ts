import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { SourceFile } from './finding.js';

/** The JavaScript and TypeScript of an app: all of it, without packages and without what tsc has made. */
export function sourcesOf(root: string): SourceFile[] {
  const skipped = new Set([
    'node_modules',
    'logs',
    ...(existsSync(join(root, 'tsconfig.json')) ? ['dist'] : []),
  ]);
  return filesIn(root, skipped).map((path) => ({
    file: relative(root, path).replaceAll('\\', '/'),
    text: withoutComments(readFileSync(path, 'utf8')),
  }));
}

function filesIn(folder: string, skipped: ReadonlySet<string>): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (skipped.has(entry.name) || entry.name.startsWith('.')) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path, skipped);
    return /\.[cm]?[jt]s$/.test(entry.name) && !/\.d\.ts$/.test(entry.name) ? [path] : [];
  });
}

/** The text with blanks for comments; all else stays where it is. */
export function withoutComments(text: string): string {
  const stringOrComment =
    /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return text.replace(stringOrComment, (found) =>
    found.startsWith('/') ? found.replace(/[^\n]/g, ' ') : found,
  );
}
