/**
 * The errors that a game answers its clients with, and the data of each, by code. Empty here: `pomelo-ts gen` fills it from
 * the interface `Errors` in the game's `app/contract.ts`. While it is empty any code goes.
 *
 * @example
 * export interface Errors {
 *   ROOM_FULL: { max: number };
 * }
 */
// biome-ignore lint/suspicious/noEmptyInterface: generated types add to it
export interface GameErrors {}
