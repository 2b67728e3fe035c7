import type { Commanded } from './commanded.js';

/** What a change has changed. */
export interface Compared {
  /** As it was before; undefined where there was nothing. */
  readonly was: object | undefined;
  /** As it is afterwards. */
  readonly is: object | undefined;
}

/** Looks at what an operation is about to change; what it gives tells, once it is done, what has changed. */
export type Compare<Args, Answer> = (master: Commanded, args: Args) => (answer: Answer) => Compared;

/** Compares what `read` gives before with what it gives afterwards. */
export const stateOf =
  <Args>(
    read: (master: Commanded, args: Args, answer: unknown) => object | undefined,
  ): Compare<Args, unknown> =>
  (master, args) => {
    const was = read(master, args, undefined);
    return (answer) => ({ was, is: read(master, args, answer) });
  };

/** Compares what answers alone can tell. */
export const toldBy =
  <Answer>(read: (answer: Answer) => Compared): Compare<object, Answer> =>
  () =>
    read;
