import { basename, relative } from 'node:path';
import { watch } from 'chokidar';
import type { SourceChanges } from './source-compiler.js';

/**
 * How long to wait for more after a change, in ms: editors and version control write several files at once. More than the 50 ms
 * in which chokidar tells no second change of a file: what is read afterwards is then the file's last content.
 */
const settleMs = 70;

/** Folders that no source of a game is in. */
const skipped = new Set(['node_modules', 'dist', 'generated', 'logs', 'coverage']);

/** What is watched. */
export interface WatchOptions {
  /** Folders and files. */
  readonly paths: readonly string[];
  /** A folder that is left out: the compiler's output. */
  readonly output: string | undefined;
}

/**
 * Calls `onChange` with what was saved or deleted, all of one moment together. Resolves when it watches, with what ends it.
 */
export function watchSources(
  { paths, output }: WatchOptions,
  onChange: (changes: SourceChanges) => void,
): Promise<() => Promise<void>> {
  const changed = new Set<string>();
  const removed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const tell = (): void => {
    timer = undefined;
    const changes = { changed: [...changed], removed: [...removed] };
    changed.clear();
    removed.clear();
    onChange(changes);
  };
  const note = (to: Set<string>, from: Set<string>) => (file: string) => {
    from.delete(file);
    to.add(file);
    clearTimeout(timer);
    timer = setTimeout(tell, settleMs);
  };
  const watcher = watch([...paths], {
    ignoreInitial: true,
    ignored: (path) => isSkipped(path, paths, output),
  });
  watcher.on('add', note(changed, removed));
  watcher.on('change', note(changed, removed));
  watcher.on('unlink', note(removed, changed));
  return new Promise((resolve) => {
    watcher.once('ready', () =>
      resolve(async () => {
        clearTimeout(timer);
        await watcher.close();
      }),
    );
  });
}

function isSkipped(path: string, watched: readonly string[], output: string | undefined): boolean {
  if (watched.includes(path)) return false;
  if (output !== undefined && !relative(output, path).startsWith('..')) return true;
  const name = basename(path);
  return name.startsWith('.') || skipped.has(name);
}
