/**
 * The game's remotes, by server type and file name, so that the compiler knows the methods behind `app.rpc`. Empty here:
 * `pomelo-ts gen` fills it from the files in `app/servers/<type>/remote`. While it is empty any method can be called, with
 * unknown arguments; then only those that are in it.
 *
 * @example
 * // app/generated/server.d.ts
 * declare module '@pomelo-ts/core' {
 *   interface Remotes {
 *     chat: { chatRemote: RemoteOf<typeof import('../servers/chat/remote/chatRemote.js').default> };
 *   }
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: generated types add to it
export interface Remotes {}

/** What a server makes of a remote file's default export: a class's instance, what a factory gives or promises, else itself. */
export type RemoteOf<Export> = Export extends abstract new (
  ...args: never[]
) => infer Instance
  ? Instance
  : Export extends (...args: never[]) => infer Made
    ? Awaited<Made>
    : Export;
