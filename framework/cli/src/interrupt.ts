/** Ctrl-C at a command whose work the master does: that goes on there. */
export class Interrupted extends Error {
  constructor(command: string) {
    super(`${command} goes on in the master; pomelo-ts list shows how far it is`);
  }
}

/** Waits for what the master does for `command`. Ctrl-C ends the waiting, and once more the process at once. @throws Interrupted */
export async function unlessInterrupted<T>(command: string, work: Promise<T>): Promise<T> {
  let hear: () => void = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    hear = () => reject(new Interrupted(command));
    process.once('SIGINT', hear);
  });
  work.catch(() => {}); // nobody may wait for it any more
  try {
    return await Promise.race([work, interrupted]);
  } finally {
    process.off('SIGINT', hear); // the next one has its usual effect
  }
}
