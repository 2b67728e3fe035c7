import { silentLogger } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { OriginPolicy } from '../../src/acceptor/origin-policy.js';

describe('a page of the same host', () => {
  it.each([
    ['http://[::1]:3014', '[::1]:3050', true],
    ['http://[fd00::2]:3014', '[FD00:0::2]:3050', true],
    ['https://[fd00::2]', '[fd00::2]', true],
    ['http://[fd00::2]:3014', '[fd00::3]:3050', false],
    ['http://[::1]:3014', '127.0.0.1:3050', false],
    ['http://127.0.0.1:3014', '127.0.0.1:3050', true],
  ])('from %s at %s: %s', (origin, host, allowed) => {
    expect(new OriginPolicy('same-host', silentLogger).allows({ origin, host })).toBe(allowed);
  });
});
