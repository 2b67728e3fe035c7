/** What the numbers of a column are, which decides how they are shown and compared. */
export type ColumnKind =
  | 'text'
  /** The state of a server, an operation or a problem: shown as a sign and a word. */
  | 'state'
  /** A whole number. */
  | 'count'
  /** Each second. */
  | 'rate'
  | 'seconds'
  | 'bytes'
  /** A part of a whole, from 0; above 1 where there are several wholes, such as processors. */
  | 'share'
  /** Seconds since. */
  | 'age'
  /** Milliseconds since 1970. */
  | 'time';

/** One column of a view. */
export interface Column {
  /** Head of the column, in capitals on a terminal. */
  readonly title: string;
  readonly kind: ColumnKind;
  /** Key that sorts by it. */
  readonly letter: string;
  /** One sentence for people. */
  readonly help: string;
}

/** What one cell holds; null where nothing is known. */
export type Cell = string | number | null;

/** One line of a view. */
export interface Row {
  /** Names the line in its view: the id of a server, a route. */
  readonly key: string;
  readonly cells: Readonly<Record<string, Cell>>;
  /** How much is wrong with it: 0 for nothing. Lines with more come first, if nothing else is asked for. */
  readonly trouble: number;
  /** How much the numbers have grown in the window, by column; only where that was asked for. */
  readonly growth?: Readonly<Record<string, number>>;
}
