/** The same error without its stack, which is Node's own: what Node prints of it are file, line and text. */
export function tellsPlaceAlone(error: SyntaxError): SyntaxError {
  error.stack = `${error.name}: ${error.message}`;
  return error;
}

/** The mistake in the syntax of a file that is behind an error; undefined when it is none. */
export function syntaxErrorIn(error: unknown): SyntaxError | undefined {
  if (error instanceof SyntaxError) return error;
  return error instanceof Error ? syntaxErrorIn(error.cause) : undefined;
}
