import { expect, it } from 'vitest';
import { Measures, silentLogger } from '../src/index.js';
import { processMeasures } from '../src/measures/process-measures.js';
import { FakeClock } from '../src/testing.js';
import { watchFiles } from '../src/watch-files.js';

it('a process that may open no more files says so once a minute, counts it, and says when it may again', () => {
  const clock = new FakeClock();
  const counters = new Measures().makeAll(processMeasures);
  const told: string[] = [];
  const note = (message: string) => void told.push(message);
  let code: string | undefined;
  const open = () => {
    if (code) throw Object.assign(new Error(code), { code });
  };
  const stop = watchFiles({ clock, counters, open, logger: { ...silentLogger, warn: note, error: note } });
  clock.pass(5000);
  expect(told).toEqual([]);
  code = 'EMFILE';
  clock.pass(90_000);
  expect(counters.processNoFiles.value).toBe(90);
  expect(told).toEqual(Array(2).fill(expect.stringMatching(/^Connections are taken and closed.*ulimit -n/)));
  code = undefined;
  clock.pass(2000);
  expect(told[2]).toContain('again');
  stop();
  code = 'ENFILE';
  clock.pass(2000);
  expect(told).toHaveLength(3);
});
