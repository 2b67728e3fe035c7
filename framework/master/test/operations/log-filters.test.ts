import { mostAround, recordLevels } from '@pomelo-ts/cluster/masters';
import { logLevels, mostLinesAround } from '@pomelo-ts/views';
import { expect, it } from 'vitest';

it('what operators type to look for in logs is what servers can look for: the same levels, as many lines around', () => {
  expect([logLevels, mostLinesAround]).toEqual([recordLevels, mostAround]);
});
