/** One row of the error table. */
export interface ErrorRow {
  /** What the error says; `{name}` stands for a fact. */
  readonly message: string;
  /** The `code` a client sees in an answer. */
  readonly status: number;
  /** Whether the same call may succeed when tried again. */
  readonly retryable: boolean;
}

/** A row: what it says, the status that an answer has, and whether the same call may succeed when tried again. */
export const row = <M extends string>(message: M, status = 500, retryable = false) =>
  ({ message, status, retryable }) as const;
