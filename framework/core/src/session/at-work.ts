/** Counts handlers that have not settled, also those whose requests have been answered meanwhile. */
export interface AtWork {
  atWork: number;
}

export function countUntilSettled(work: AtWork, running: Promise<unknown>): void {
  const ended = (): void => {
    work.atWork--;
  };
  work.atWork++;
  running.then(ended, ended);
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}
