import type { Application } from './application.js';

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
