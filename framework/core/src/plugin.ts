import type { Application } from './application.js';
import type { Lifecycle } from './lifecycle.js';

/** A part that games add to their servers: it sets the application up, and has hooks as a server type has. */
export interface Plugin<Options = void> extends Lifecycle {
  /** Names it in messages; each once in an app. */
  readonly name: string;
  /**
   * Folder with `app/servers/<type>/{handler,remote,cron}` of its own, absolute: what is in there is as if the game had it.
   */
  readonly appDir?: string;
  /** Runs at once in `app.use`. */
  setUp?(app: Application, options: Options): unknown;
}

/**
 * Defines a plugin, for `app.use`.
 *
 * @example
 * export const statusPage = definePlugin<{ path: string }>({
 *   name: 'status-page',
 *   setUp(app, { path }) {
 *     app.http((request, response, url) => url.pathname === path && (response.end('up'), true));
 *   },
 *   afterStartAll: (app) => app.logger.info('everybody is there'),
 * });
 */
export function definePlugin<Options = void>(plugin: Plugin<Options>): Plugin<Options> {
  return plugin;
}
