import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Modules by path, with a hash of what they say. */
export type CodeFiles = ReadonlyMap<string, string>;

const importPattern = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** The modules that `roots` lead to by relative imports, themselves included. Reads the files; runs nothing. */
export function readCode(roots: readonly string[]): CodeFiles {
  const found = new Map<string, string>();
  const waiting = [...roots];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    const text = textOf(file);
    if (text === undefined) continue;
    found.set(file, createHash('sha1').update(text).digest('base64'));
    for (const [, path] of text.matchAll(importPattern)) waiting.push(resolve(dirname(file), path!));
  }
  return found;
}

/** Undefined for what is no file: text that only looks like an import. */
function textOf(file: string): string | undefined {
  for (const path of [file, `${file}.js`]) {
    try {
      return readFileSync(path, 'utf8');
    } catch {}
  }
  return undefined;
}
