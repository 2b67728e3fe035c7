/** Ends this process when its parent is gone. */
export function endWithParent() {
  process.stdin.on('end', () => process.exit(0));
  process.stdin.resume();
}

/**
 * Tells the parent, as one JSON line, that this process is ready.
 *
 * @param {Record<string, unknown>} facts
 */
export function announce(facts) {
  process.stdout.write(`${JSON.stringify({ ...facts, pid: process.pid })}\n`);
  endWithParent();
}

/**
 * Prints a result as one JSON line and ends.
 *
 * @param {unknown} result
 */
export function report(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
