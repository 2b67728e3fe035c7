import type { Application } from './application.js';
import type { AtOnce, SharedOf, SharedOptions } from './shared/shared-of.js';

/** What a factory gives, or promises. */
type Made<T> = T | Promise<T>;

/**
 * Defines a handler by a function: called once when its server starts, it gives the object whose methods clients call as
 * `type.file.method`. It only helps the compiler; a class with these methods does the same.
 *
 * @example
 * // app/servers/chat/handler/chatHandler.ts
 * export default defineHandler((app) => ({
 *   send: withInput(z.object({ text: z.string() }), ({ text }, session) => {
 *     app.channels.get('lobby')?.push('onChat', { text, from: session.uid });
 *     return { code: 200 };
 *   }),
 * }));
 */
export function defineHandler<Handler extends object>(
  make: (app: Application) => Made<Handler>,
): (app: Application) => Made<Handler> {
  return make;
}

/**
 * Defines a remote by a function: it gives the object whose methods other servers call as `app.rpc.type.file.method`.
 *
 * @example
 * // app/servers/chat/remote/chatRemote.ts
 * export default defineRemote((app) => ({
 *   members: (room: string) => app.channels.get(room)?.members ?? [],
 * }));
 */
export function defineRemote<Remote extends object>(
  make: (app: Application) => Made<Remote>,
): (app: Application) => Made<Remote> {
  return make;
}

/**
 * Defines scheduled work by a function: it gives the object whose methods `crons.json5` names as `file.method`.
 *
 * @example
 * // app/servers/chat/cron/chatCron.ts
 * export default defineCron((app) => ({
 *   sweep: () => app.logger.info(`${app.channels.names.length} rooms`),
 * }));
 */
export function defineCron<Jobs extends object>(
  make: (app: Application) => Made<Jobs>,
): (app: Application) => Made<Jobs> {
  return make;
}

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
