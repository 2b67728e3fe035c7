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

/** Something that all code of one server shares, made of what that server is. */
export interface SharedOf<App, T> extends SharedOptions<T> {
  /** What it is known by: also the code of a later reload finds the same thing under it. */
  readonly name: string;
  readonly make: (app: App) => T;
}
