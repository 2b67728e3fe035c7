import type { PluginOf } from './application/plugin-of.js';
import type { Application } from './application.js';

/** A part that games add to their servers: it sets the application up, and has hooks as a server type has. */
export interface Plugin<Options = void> extends PluginOf<Application, Options> {}

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
