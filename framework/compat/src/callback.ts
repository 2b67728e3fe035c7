/** What old code is given to tell the end of its work by: an error or nothing, then what it has. */
export type OldCallback = (error?: unknown, ...results: never[]) => unknown;

type Call = (...args: unknown[]) => unknown;

/**
 * Tells a callback what comes of `outcome`. Without one (pomelo's callbacks may be left out) the promise that it gives may
 * be waited for, and need not.
 */
export function tell<T>(outcome: Promise<T>, callback: unknown): Promise<T> {
  if (typeof callback === 'function') {
    const call = callback as Call;
    void outcome.then(
      (value) => call(null, value),
      (error: unknown) => call(error),
    );
  } else outcome.catch(ignore);
  return outcome;
}

/**
 * Calls `fn` with `args` and a callback, and waits for its end: for the callback when it takes one, else for what it
 * returns. An error that it throws, or gives to its callback, rejects.
 */
export function untilDone(fn: Call, self: unknown, args: readonly unknown[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const takesCallback = fn.length > args.length;
    const done = (error?: unknown, value?: unknown): void => (error ? reject(error) : resolve(value));
    const returned = fn.call(self, ...args, done);
    if (isThenable(returned)) returned.then((value) => takesCallback || resolve(value), reject);
    else if (!takesCallback) resolve(returned);
  });
}

/** Whether there is something to wait for. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as PromiseLike<unknown>).then === 'function'
  );
}

function ignore(): void {
  // Nobody asked: pomelo leaves such an error untold, too.
}

/** Fails with what `late` makes when `promise` takes longer than `ms`. */
export async function within<T>(promise: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
