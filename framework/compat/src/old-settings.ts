import { existsSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Application } from '@pomelo-ts/core';
import type { AppCode } from './app-code.js';
import { ownInfo } from './old-servers.js';
import type { Anything } from './types.js';

/** The settings of an app, which are its own to name, and the files that it reads into them. */
export class OldSettings {
  /** All that was set, by key. */
  readonly settings: Record<string, Anything> = {};
  /** @internal keys that were also set on the application itself */
  readonly attached = new Set<string>();
  readonly #core: Application;
  readonly #code: AppCode;
  readonly #services: Readonly<Record<string, () => unknown>>;

  constructor(core: Application, code: AppCode, services: Readonly<Record<string, () => unknown>>) {
    this.#core = core;
    this.#code = code;
    this.#services = services;
    const { env, serverId, serverType, appDir } = core;
    const main = join(appDir, 'app.js');
    Object.assign(this.settings, { env, serverId, serverType, base: appDir, main, curServer: ownInfo(core) });
  }

  /** Sets a value, with `attach` also as a member of the application; with a key alone it is `get`. */
  set(...args: [key: string, value?: unknown, attach?: boolean]): Anything {
    const [key, value, attach] = args;
    if (args.length === 1) return this.get(key);
    this.settings[key] = value;
    if (attach) {
      this.attached.add(key);
      (this as Record<string, unknown>)[key] = value;
    }
    return this;
  }

  get(key: string): Anything {
    return key in this.settings ? this.settings[key] : this.#services[key]?.();
  }

  enable(key: string): this {
    return this.set(key, true) as this;
  }

  disable(key: string): this {
    return this.set(key, false) as this;
  }

  enabled(key: string): boolean {
    return Boolean(this.get(key));
  }

  disabled(key: string): boolean {
    return !this.get(key);
  }

  /** Folder of the app: where `app.js` is. */
  getBase(): string {
    return this.#core.appDir;
  }

  /** Loads a module by its path from the app's folder. */
  require(path: string): Anything {
    return this.#code.require(join(this.getBase(), path));
  }

  /** Reads a file, or its part for this environment, and sets it as `key`. */
  loadConfig(key: string, file: string): void {
    const content = this.#code.require(file) as Record<string, unknown>;
    this.set(key, content?.[this.#core.env] ?? content);
  }

  /**
   * As {@link loadConfig}, by the path from the app's folder, or `config/<env>/` for a file that is there; with `reload`
   * again whenever it changes.
   */
  loadConfigBaseApp(key: string, path: string, reload = false): void {
    const beside = join(this.getBase(), path);
    const ofEnv = join(dirname(beside), this.#core.env, basename(beside));
    const file = [beside, ofEnv].find((one) => existsSync(one));
    if (!file) {
      this.#core.logger.error(`app.loadConfigBaseApp('${key}'): there is neither ${beside} nor ${ofEnv}`);
      return;
    }
    this.loadConfig(key, file);
    if (reload) this.#watch(key, file);
  }

  #watch(key: string, file: string): void {
    // The folder: editors put another file in the place of the one that they save.
    const watcher = watch(dirname(file), { persistent: false }, (_kind, name) => {
      if (name !== basename(file) || !existsSync(file)) return;
      delete this.#code.require.cache[this.#code.require.resolve(file)];
      try {
        this.loadConfig(key, file);
      } catch (error) {
        this.#core.logger.warn(`${file} cannot be read; ${key} stays as it was`, { error });
      }
    });
    this.#core.onStop(() => watcher.close());
  }
}
