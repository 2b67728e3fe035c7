/** The mistake in the syntax of a file that is behind an error; undefined when it is none. */
export function syntaxErrorIn(error: unknown): SyntaxError | undefined {
  if (error instanceof SyntaxError) return error;
  return error instanceof Error ? syntaxErrorIn(error.cause) : undefined;
}
