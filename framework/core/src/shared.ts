import type { Application } from './application.js';
import type { AtOnce, SharedOf, SharedOptions } from './shared/shared-of.js';

export type { AtOnce, SharedOptions } from './shared/shared-of.js';

/** Something that all code of one server shares. Made by {@link defineShared}, had by `app.shared`. */
export interface Shared<T> extends SharedOf<Application, T> {}

/**
 * Defines state of a server: what handlers, remotes, crons and filters of one server have in common. Each server makes its
 * own, when it is first asked for; it stays when code is reloaded, and ends with the server.
 *
 * @param name unique in the game; begin it with what it belongs to, as `arena.rooms`
 * @param make at once: what must be waited for is opened in `onStarted` or a lifecycle hook
 * @example
 * // app/rooms.ts
 * export const rooms = defineShared('arena.rooms', (app) => new Rooms(app), { dispose: (rooms) => rooms.close() });
 * // app/servers/arena/handler/arenaHandler.ts
 * export default defineHandler((app) => ({
 *   enter: (_msg: object, session: Session) => app.shared(rooms).enter(session),
 * }));
 */
export function defineShared<T>(
  name: string,
  make: (app: Application) => AtOnce<T>,
  options: SharedOptions<T> = {},
): Shared<T> {
  return { ...options, name, make: make as (app: Application) => T };
}
