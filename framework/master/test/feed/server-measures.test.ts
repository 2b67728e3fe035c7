import type { ToldMeasures } from '@pomelo-ts/cluster/masters';
import { codeClasses, histogramSlots } from '@pomelo-ts/common/internal';
import { expect, it } from 'vitest';
import { measuresOf } from '../../src/feed/server-measures.js';

/** A route of which so many ended in each way, in the order of the classes. */
const routeOf = (...counts: readonly number[]): Float64Array => {
  const slots = new Float64Array(codeClasses.length * histogramSlots);
  for (const [at, count] of counts.entries()) slots[at * histogramSlots] = count;
  return slots;
};

it('tells of the requests that failed how many ended in which way', () => {
  const definition = {
    ...{ kind: 'histogram', name: 'request.duration', unit: 'seconds', help: 'Of this test.' },
    closed: { label: 'codeClass', values: codeClasses },
  };
  const rows = new Map([
    ['chat.say', routeOf(6, 1, 3, 0)],
    ['chat.look', routeOf(5, 0, 0, 0)],
  ]);
  const told = { all: [{ definition, owner: 'pomelo', rows }] } as unknown as ToldMeasures;
  const [say, look] = measuresOf(told).timings;
  expect(say).toMatchObject({ name: 'chat.say', count: 10, errors: 0.4, failed: { error: 1, timeout: 3 } });
  expect(look).toMatchObject({ name: 'chat.look', count: 5, errors: 0 });
  expect(look).not.toHaveProperty('failed');
});
