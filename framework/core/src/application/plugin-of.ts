import { existsSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { PomeloError } from '@pomelo-ts/common';
import { shown } from '@pomelo-ts/common/internal';
import type { LifecycleOf } from './lifecycle-of.js';

/** A part that is added to servers: it sets the application up, and has hooks as a server type has. */
export interface PluginOf<App, Options> extends LifecycleOf<App> {
  /** Names it in messages; each once in an app. */
  readonly name: string;
  /**
   * Folder with `app/servers/<type>/{handler,remote,cron}` of its own, absolute: what is in there is as if the game had it.
   */
  readonly appDir?: string;
  /** Runs at once in `app.use`. */
  setUp?(app: App, options: Options): unknown;
}

/** The `setUp` of a plugin, as `app.use` gives it. A game that waits for it, or catches what it fails with, deals with that by itself. */
export class PluginSetUp extends Promise<void> {
  #heeded = false;

  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  static of(setUp: unknown): PluginSetUp {
    const own = new PluginSetUp((resolve, reject) => {
      Promise.resolve(setUp).then(() => resolve(), reject);
    });
    Promise.prototype.then.call(own, undefined, () => {}); // whoever starts the server is told, see `failure`
    return own;
  }

  // biome-ignore lint/suspicious/noThenProperty: it is a promise, and has to know whether anybody waits for it
  override then<A = void, B = never>(
    done?: ((value: undefined) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#heeded = true;
    return super.then(done && (() => done(undefined)), failed);
  }

  /** Waits for it in place of a game that does not. @throws what it fails with */
  async unheeded(): Promise<void> {
    if (!this.#heeded) await this;
  }
}

/** @throws PLUGIN_INVALID for what is no plugin, as a game without types can give */
export function checkPlugin(plugin: Partial<PluginOf<never, never>> | null | undefined): void {
  const reason = problemOf(plugin);
  if (reason === undefined) return;
  const name = typeof plugin?.name === 'string' ? `The plugin ${plugin.name}` : shown(plugin);
  throw new PomeloError('PLUGIN_INVALID', { plugin: name, reason });
}

function problemOf(plugin: Partial<PluginOf<never, never>> | null | undefined): string | undefined {
  const { name, appDir, setUp } = plugin ?? {};
  if (typeof name !== 'string' || name === '') return 'expected a plugin with a name';
  if (setUp !== undefined && typeof setUp !== 'function') return 'expected a function as setUp';
  if (appDir === undefined) return undefined;
  if (typeof appDir !== 'string' || !isAbsolute(appDir))
    return `expected an absolute path as appDir, got ${shown(appDir)}`;
  return existsSync(join(appDir, 'app', 'servers')) ? undefined : `there is no app/servers in ${appDir}`;
}
