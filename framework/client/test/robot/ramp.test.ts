import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rampOf } from '../../src/robot/ramp.js';
import { seededRandom } from '../../src/robot/random.js';

describe('the ramp', () => {
  it('has every user once, each in its own part of the time, however many workers there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 7 }),
        fc.integer({ min: 0, max: 60_000 }),
        (users, workers, rampMs) => {
          const starts = Array.from({ length: workers }, (_, worker) =>
            rampOf({ users, rampMs, seed: 7, worker, workers }),
          ).flat();
          starts.sort((a, b) => a.index - b.index);
          expect(starts.map(({ index }) => index)).toEqual(Array.from({ length: users }, (_, i) => i));
          for (const { index, atMs } of starts) {
            expect(atMs).toBeGreaterThanOrEqual((index * rampMs) / users);
            expect(atMs).toBeLessThanOrEqual(((index + 1) * rampMs) / users);
          }
        },
      ),
    );
  });

  it('is the same for the same seed, and another for another', () => {
    const ramp = (seed: number) => rampOf({ users: 50, rampMs: 1000, seed, worker: 0, workers: 1 });
    expect(ramp(1)).toEqual(ramp(1));
    expect(ramp(1)).not.toEqual(ramp(2));
  });

  it('begins with all at once without a time', () => {
    expect(rampOf({ users: 3, rampMs: 0, seed: 1, worker: 0, workers: 1 }).map(({ atMs }) => atMs)).toEqual([
      0, 0, 0,
    ]);
  });
});

describe('random numbers of a robot', () => {
  const draw = (n: number, ...seeds: number[]) => {
    const random = seededRandom(...seeds);
    return Array.from({ length: n }, random);
  };

  it('are the same for the same seeds, and others for a neighbour', () => {
    expect(draw(5, 1, 2)).toEqual(draw(5, 1, 2));
    for (const other of [
      [1, 3],
      [2, 2],
      [2, 1],
      [1, 2, 0],
      [1 + 2 ** 32, 2],
    ])
      expect(draw(5, ...other)).not.toEqual(draw(5, 1, 2));
  });

  it('are spread evenly from 0 up to 1, also the first ones of many robots', () => {
    const firsts = Array.from({ length: 10_000 }, (_, index) => draw(1, 42, index)[0]!);
    for (const numbers of [draw(10_000, 9), firsts]) {
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...numbers)).toBeLessThan(1);
      for (let tenth = 0; tenth < 10; tenth++) {
        const count = numbers.filter((one) => Math.floor(one * 10) === tenth).length;
        expect(count).toBeGreaterThan(850);
        expect(count).toBeLessThan(1150);
      }
    }
  });
});
