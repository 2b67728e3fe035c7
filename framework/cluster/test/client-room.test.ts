import { describe, expect, it } from 'vitest';
import { clientRoom, openFilesFor } from '../src/client-room.js';

describe('room for clients', () => {
  it.each([
    [200, 150, 134],
    [1024, 768, 720],
    [65_536, 65_280, 61_200],
    [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY],
  ])('with %s open files: %s connections, %s of them clients', (openFiles, connections, clients) => {
    expect(clientRoom(openFiles)).toEqual({ connections, clients });
  });

  it('is what it is the other way round: so many files are enough, and one less is not', () => {
    const few = Array.from({ length: 3000 }, (_, at) => at + 1);
    for (const clients of [...few, 10_000, 300_000, 300_001, 400_000, 2 ** 31 - 1]) {
      const openFiles = openFilesFor(clients);
      expect(clientRoom(openFiles).clients).toBeGreaterThanOrEqual(clients);
      expect(clients === 1 || clientRoom(openFiles - 1).clients < clients).toBe(true);
    }
  });

  it('is told at once also for a number beyond which there is no next one', () => {
    expect(openFilesFor(Number.MAX_SAFE_INTEGER)).toBeGreaterThanOrEqual(Number.MAX_SAFE_INTEGER);
    expect(openFilesFor(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});
