/**
 * The bodies of the game's pushes, by route. Empty here: `pomelo-ts gen` fills it from the interface `Pushes` in the game's
 * `app/contract.ts`. While it is empty any route and body goes.
 *
 * @example
 * export interface Pushes {
 *   onChat: { from: string; text: string };
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: generated types add to it
export interface Pushes {}

/** A route of {@link Pushes}; any text while the game declares none. */
export type PushRoute = keyof Pushes extends never ? string : keyof Pushes & string;

/** The body of a push. */
export type PushBody<Route extends PushRoute> = Route extends keyof Pushes ? Pushes[Route] : unknown;
