import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Modules by path, with a hash of what they say. */
export type CodeFiles = ReadonlyMap<string, string>;

const importPattern = /(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** The modules that `roots` lead to by relative imports, themselves included. Reads the files; runs nothing. */
export function readCode(roots: readonly string[]): CodeFiles {
  const found = new Map<string, string>();
  const waiting = [...roots];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    const module = moduleAt(file);
    if (module === undefined || found.has(module.path)) continue;
    const { path, text } = module;
    found.set(path, createHash('sha1').update(text).digest('base64'));
    for (const [, imported] of text.matchAll(importPattern)) waiting.push(resolve(dirname(path), imported!));
  }
  return found;
}

/** What a path leads to, for `require` also without an ending. Undefined for what is no file: text that only looks like an import. */
function moduleAt(file: string): { path: string; text: string } | undefined {
  for (const path of [file, `${file}.js`, join(file, 'index.js')]) {
    try {
      return { path, text: readFileSync(path, 'utf8') };
    } catch {}
  }
  return undefined;
}
