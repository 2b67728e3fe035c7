import { describe, expect, it } from 'vitest';
import { openFileLimit, openFilesWarning } from '../../src/robot/open-files.js';
import { requireRun } from '../../src/robot/require-run.js';

const run = {
  ...{ users: 10, rampMs: 0, durationMs: 1000, workers: 2, seed: 1, worker: 0 },
  target: { url: 'ws://127.0.0.1:1' },
};

describe('the figures of a run', () => {
  it.each([
    [{ users: 0 }, 'expected users as a whole number from 1 on; got 0'],
    [{ users: 1.5 }, 'expected users as a whole number from 1 on; got 1.5'],
    [{ workers: 0 }, 'expected workers as a whole number from 1 on; got 0'],
    [{ seed: -1 }, 'expected seed as a whole number from 0 on; got -1'],
    [{ rampMs: -1 }, 'expected the ramp as a time from 0 to 24 days; got -1'],
    [{ durationMs: 0 }, 'expected the duration as a time up to 24 days; got 0'],
    [{ rampMs: 2000 }, 'a ramp that is over before the run: it takes 2000 ms, and the run 1000 ms'],
  ])('are refused as %j', (wrong, message) => {
    expect(() => requireRun({ ...run, ...wrong })).toThrow(message);
  });

  it('are taken where they make sense', () => {
    expect(() => requireRun(run)).not.toThrow();
    expect(() => requireRun({ ...run, durationMs: undefined, rampMs: 60_000 })).not.toThrow();
  });
});

describe('open files', () => {
  it('are warned of where a worker may not have as many as it has users, with the cure', () => {
    expect(openFilesWarning(5000, 2, 1024)).toBe(
      '5000 users in 2 workers need 2564 open files in each, and here a process may have 1024: allow more (ulimit -n 2564) or take --workers 6',
    );
    expect(openFilesWarning(100, 1, 50)).toMatch(/allow more \(ulimit -n 164\)$/);
  });

  it('are no matter where they suffice, or where the limit is unknown', () => {
    expect(openFilesWarning(5000, 6, 1024)).toBeUndefined();
    expect(openFilesWarning(5000, 1, undefined)).toBeUndefined();
  });

  it('have a limit that is told', () => {
    expect(openFileLimit()).toBeGreaterThan(0);
  });
});
