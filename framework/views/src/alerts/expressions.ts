/** Labels that say which server of which game: a job of Prometheus is one game. */
const serverLabels = 'job, server, type, host';

/**
 * One series for each server, also when its numbers are read twice: at the master, and at its own port.
 *
 * @param more further labels that are kept
 */
export function each(expression: string, ...more: string[]): string {
  return `max by (${[serverLabels, ...more].join(', ')}) (${expression})`;
}

/** The sum over all servers of a game, each counted once, by these labels of theirs. */
export function sumBy(labels: readonly string[], expression: string): string {
  const kept = labels.filter((label) => !serverLabels.split(', ').includes(label));
  return `sum by (${labels.join(', ')}) (${each(expression, ...kept)})`;
}
