import { expect } from 'vitest';

/** As `expect.poll`, but looks every two milliseconds: servers inside the test need no longer. */
export function poll<T>(look: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(look, { interval: 2 });
}
