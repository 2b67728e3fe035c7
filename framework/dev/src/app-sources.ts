import { join } from 'node:path';
import { appDirOf } from '@pomelo-ts/cluster/config';
import { findLayout } from './layout.js';
import { type CompileProblem, type SourceChanges, SourceCompiler } from './source-compiler.js';
import { watchSources } from './watch-sources.js';

/** The sources of one game, as the dev mode follows them. */
export class AppSources {
  /** Folder of the sources. */
  readonly directory: string;
  readonly #root: string;
  readonly #output: string | undefined;
  readonly #compiler: SourceCompiler | undefined;

  /** @throws CONFIG_MISSING when there is no folder of servers */
  constructor(root: string) {
    const { sourceDir, tsconfig } = findLayout(root);
    const appDir = appDirOf(root);
    this.#root = root;
    this.directory = sourceDir;
    this.#output = appDir === sourceDir ? undefined : appDir;
    this.#compiler =
      this.#output !== undefined && tsconfig !== undefined ? new SourceCompiler(root, tsconfig) : undefined;
  }

  /** Compiles what is newer than its output; gives what is wrong with it. */
  compile(): readonly CompileProblem[] {
    return this.#compiler?.compileStale() ?? [];
  }

  /** Compiles what was saved; gives what is wrong with it. */
  update(changes: SourceChanges): readonly CompileProblem[] {
    return this.#compiler?.update(changes) ?? [];
  }

  /** Calls `onChange` for every change of sources and of `config/`; gives what ends that. */
  watch(onChange: (changes: SourceChanges) => void): Promise<() => Promise<void>> {
    const paths = [this.directory, join(this.#root, 'config')];
    return watchSources({ paths, output: this.#output }, onChange);
  }
}
