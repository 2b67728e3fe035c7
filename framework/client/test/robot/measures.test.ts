import { describe, expect, it } from 'vitest';
import { Measures } from '../../src/robot/measures.js';

describe('what a worker measures', () => {
  it('is taken once, with the times of what was answered and the errors by where they were', () => {
    const measures = new Measures();
    measures.done('request', 'a.b.c', 2);
    measures.done('request', 'a.b.c', 4, '500 full');
    measures.failed('request', 'a.b.c', new Error('timeout'));
    measures.failed('connect', 'connect', new Error('refused'));
    const { rows, errors } = measures.take();
    expect(rows).toEqual([
      expect.objectContaining({
        ...{ kind: 'request', name: 'a.b.c', count: 3, errors: 2 },
        times: expect.objectContaining({ count: 2, maxUs: 4000 }),
      }),
      expect.objectContaining({ kind: 'connect', count: 1, errors: 1 }),
    ]);
    expect(errors).toEqual([
      { where: 'request a.b.c', message: '500 full', count: 1 },
      { where: 'request a.b.c', message: 'timeout', count: 1 },
      { where: 'connect', message: 'refused', count: 1 },
    ]);
    expect(measures.take()).toEqual({ rows: [], counts: [], errors: [] });
  });

  it('counts an error that goes on to end the round only where it happened', () => {
    const measures = new Measures();
    const error = new Error('timeout');
    measures.failed('request', 'a.b.c', error);
    measures.failed('measure', 'whole', error);
    measures.thrown(error);
    measures.thrown('a text');
    expect(measures.take().errors).toEqual([
      { where: 'request a.b.c', message: 'timeout', count: 1 },
      { where: 'player', message: 'a text', count: 1 },
    ]);
  });

  it('stays bounded when names and messages never repeat', () => {
    const measures = new Measures();
    for (let i = 0; i < 5000; i++) {
      measures.failed('request', `room.${i}.x`, new Error(`no room ${i} ${'x'.repeat(10_000)}`));
      measures.count('counter', `kill of ${i}`);
    }
    const { rows, counts, errors } = measures.take();
    expect(rows).toHaveLength(201);
    expect(rows.at(-1)).toMatchObject({ name: '(others)', count: 4800 });
    expect(counts.at(-1)).toMatchObject({ name: '(others)', count: 4800 });
    expect(new Set(errors.map(({ where }) => where)).size).toBe(201);
    expect(errors.length).toBeLessThanOrEqual(201 + 201);
    expect(Math.max(...errors.map(({ message }) => message.length))).toBeLessThan(320);
  });
});
