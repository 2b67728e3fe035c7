/**
 * The game's remotes, by server type and file name, so that the compiler knows the methods behind `app.rpc`. Empty here: a
 * game says it beside each remote. What is not said can be called all the same, with unknown arguments.
 *
 * @example
 * declare module '@pomelo-ts/core' {
 *   interface Remotes {
 *     chat: { chatRemote: ChatRemote };
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: games add to it
export interface Remotes {}
