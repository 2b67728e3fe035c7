import { createRequire } from 'node:module';
import { join } from 'node:path';
import { newBootId } from '@pomelo-ts/common';
import { importFile, loadAlone, ownCode, useCode } from '@pomelo-ts/core/internal';

/**
 * The modules of an old app in one server. In single mode each server has its own copy of the CommonJS ones, as it would have
 * in a process of its own: old apps keep things in modules.
 */
export class AppCode {
  /** `require` as the app's own files have it. */
  readonly require: NodeJS.Require;
  readonly #root: string;
  readonly #shared: boolean;
  readonly #life = newBootId();
  #own: ReadonlyMap<string, NodeJS.Module> = new Map();

  constructor(root: string, appDir: string, mode: 'process' | 'single') {
    this.#root = root;
    this.#shared = mode === 'single';
    this.require = createRequire(join(appDir, 'app.js'));
  }

  /** Keeps what has been loaded now as this server's. */
  keep(): void {
    if (this.#shared) this.#own = ownCode(this.#root);
  }

  /** Gives what a file exports; another `version` loads the file as it is now. */
  load(file: string, version: number): Promise<Readonly<Record<string, unknown>>> {
    return loadAlone(async () => {
      if (this.#shared) useCode(this.#root, this.#own);
      if (version > 0) delete this.require.cache[this.require.resolve(file)];
      const query = [this.#shared && `life=${this.#life}`, version > 0 && `version=${version}`].filter(
        Boolean,
      );
      const module = await importFile<unknown>(file, query.length > 0 ? `?${query.join('&')}` : '');
      this.keep();
      return module as Readonly<Record<string, unknown>>;
    });
  }
}
