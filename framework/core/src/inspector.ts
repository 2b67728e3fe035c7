/**
 * Lets operators look at things of one kind that the game has on this server: rooms, matches, parties. They see what {@link inspect} gives, and
 * nothing else of its memory.
 *
 * @example
 * app.inspector('room', {
 *   ids: () => rooms.keys(),
 *   inspect: (id) => rooms.get(id)?.summary(),
 *   redact: ['cards'],
 * });
 */
export interface Inspector {
  /** The ids of all that are there now, each a text. */
  ids(): Iterable<string>;
  /**
   * What is shown of one: plain data that JSON can hold, 64 KiB of it. Undefined where there is none of this id. A promise may take half a second.
   */
  inspect(id: string): unknown;
  /** Names of members that are never shown, at any depth, beside those that look like secrets (`password`, `token` …). */
  readonly redact?: readonly string[];
}
