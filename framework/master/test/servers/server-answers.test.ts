import { describe, expect, it } from 'vitest';
import {
  readCounters,
  readFacts,
  readLogAnswer,
  readReload,
  readTrial,
} from '../../src/servers/server-answers.js';

const readers = { readCounters, readFacts, readLogAnswer, readReload, readTrial };
const log = { lines: ['a'], next: { offset: 1, before: '' }, more: false };
const reload = { swapped: [], removed: [], needRestart: [], contract: 'same' };

describe('answers of servers', () => {
  it.each(Object.entries(readers))('that make no sense are no answers (%s)', (_, read) => {
    for (const answer of [undefined, null, 5, 'x', [], { toString: 1 }, { node: 5 }, { lines: 5 }])
      if (read !== readCounters || typeof answer !== 'object' || answer === null || Array.isArray(answer))
        expect(() => read(answer)).toThrow('expected');
  });

  it('are taken with what belongs there, and nothing else', () => {
    const facts = { time: 1, node: 'v20.20.2', hostname: 'h', openFiles: 5 };
    expect(readFacts({ ...facts, more: {} })).toEqual(facts);
    expect(readLogAnswer({ ...log, more: 'x', secret: 1 })).toEqual(log);
    expect(readLogAnswer({ ...log, marks: 'A' })).toEqual({ ...log, marks: 'A' });
    expect(readLogAnswer({ missing: 'none' })).toEqual({ missing: 'none' });
    expect(readReload({ ...reload, id: 'gate-1' })).toEqual(reload);
    expect(readTrial({ verdict: 'broken', reason: 'x', more: 1 })).toEqual({
      verdict: 'broken',
      reason: 'x',
    });
    expect(readCounters({ a: 1, b: 'x', c: null })).toEqual({ a: 1 });
  });

  it.each([
    ['of lines that are none', () => readLogAnswer({ ...log, lines: [5] })],
    ['of more marks than lines', () => readLogAnswer({ ...log, marks: 'Fa' })],
    ['of marks that are none', () => readLogAnswer({ ...log, marks: 'x' })],
    ['of a contract that is none', () => readReload({ ...reload, contract: 'fine' })],
    ['of a time that is none', () => readFacts({ time: '1', node: 'v20', hostname: 'h' })],
    ['of a verdict without a reason', () => readTrial({ verdict: 'broken' })],
  ])('%s are refused', (_, read) => {
    expect(read).toThrow('expected');
  });
});
