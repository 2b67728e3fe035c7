import type { Application } from './application.js';

/** What is made at once: a promise cannot be shared. */
export type AtOnce<T> = T extends PromiseLike<unknown> ? never : T;

/** Settings of what is shared. */
export interface SharedOptions<T> {
  /**
   * Ends it when the server stops; may give a promise. Without it `Symbol.asyncDispose` or `Symbol.dispose` of the value is
   * called, if it has one.
   */
  readonly dispose?: (value: T) => unknown;
}

/** Something that all code of one server shares. Made by {@link defineShared}, had by `app.shared`. */
export interface Shared<T> extends SharedOptions<T> {
  /** What it is known by: also the code of a later reload finds the same thing under it. */
  readonly name: string;
  readonly make: (app: Application) => T;
}

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
