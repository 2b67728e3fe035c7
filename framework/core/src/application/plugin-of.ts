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
