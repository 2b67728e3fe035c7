import { readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One file of the page. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  /** The same, packed; there where that is worth it. */
  readonly gzip?: Buffer;
  /** Whether its name has a hash of what is in it, so that it never changes. */
  readonly lasts: boolean;
}

/** All files of the page, by their path from `/`: nothing else of the disk can be asked for. */
export type Page = ReadonlyMap<string, PageFile>;

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/** Reads the page; an empty one where it was not built. */
export function readPage(folder = fileURLToPath(new URL('../page/', import.meta.url))): Page {
  const page = new Map<string, PageFile>();
  for (const name of namesIn(folder)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const gzip = gzipOf(join(folder, name));
    const lasts = name.startsWith('assets/');
    page.set(`/${name}`, { type, body: readFileSync(join(folder, name)), lasts, ...(gzip && { gzip }) });
  }
  return page;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function gzipOf(file: string): Buffer | undefined {
  try {
    return readFileSync(`${file}.gz`);
  } catch {
    return undefined;
  }
}
