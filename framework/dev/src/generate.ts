import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';
import type { Contract } from '@pomelo-ts/common/contract';
import { readRegularFile } from '@pomelo-ts/common/internal';
import { findLayout } from './layout.js';
import { textOf } from './problems.js';
import { createProgram, SourceCache } from './read/game-program.js';
import { readContract } from './read/read-contract.js';
import { clientTypes } from './write/client-types.js';
import { header } from './write/header.js';
import { serverTypes } from './write/server-types.js';

/** A file made from the game's types. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** What a game's types give. */
export interface Generated {
  readonly contract: Contract;
  readonly files: readonly GeneratedFile[];
  /** What the game's owner should know, each as `file:line: text`. */
  readonly warnings: readonly string[];
}

/**
 * Reads the types of the game at `root` and makes the files that follow from them; it writes none. Who does so again and
 * again keeps the cache: then it takes a fraction of the time.
 *
 * @throws TYPES_UNUSABLE with every type that JSON cannot carry, CONFIG_MISSING when the sources are not found
 */
export function generate(root: string, cache: SourceCache = new SourceCache()): Generated {
  const layout = findLayout(root);
  const folder = join(layout.sourceDir, 'app', 'generated');
  const server = { path: join(folder, 'server.d.ts'), text: '' };
  server.text = serverTypes(layout, server.path);
  const { contract, problems, warnings } = readContract(createProgram(layout, server, cache), layout);
  if (problems.all.length > 0) {
    const lines = problems.all.map((problem) => `  ${textOf(problem)}`);
    throw new PomeloError('TYPES_UNUSABLE', { count: lines.length, problems: lines.join('\n') });
  }
  return {
    contract,
    files: [
      server,
      { path: join(folder, 'client.d.ts'), text: clientTypes(contract) },
      { path: join(root, 'config', 'contract.json'), text: contractText(contract) },
    ],
    warnings: warnings.all.map(textOf),
  };
}

/** Those of `files` that are not on disk as they should be, by their paths from `root`. */
export function staleFiles(root: string, files: readonly GeneratedFile[]): readonly string[] {
  return files.filter(isStale).map(({ path }) => nameOf(root, path));
}

/** Writes those of `files` that are not on disk as they should be; gives their paths from `root`. */
export function writeFiles(root: string, files: readonly GeneratedFile[]): readonly string[] {
  const stale = files.filter(isStale);
  for (const { path, text } of stale) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return stale.map(({ path }) => nameOf(root, path));
}

function isStale({ path, text }: GeneratedFile): boolean {
  return read(path) !== text;
}

/** A path from the game's root, where it is inside. */
function nameOf(root: string, path: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') ? path : inside;
}

/** The contract as it lies in `config/contract.json`. */
export function contractText(contract: Contract): string {
  return `${JSON.stringify({ $comment: header, ...contract }, null, 2)}\n`;
}

function read(path: string): string | undefined {
  try {
    return readRegularFile(path);
  } catch {
    return undefined;
  }
}
