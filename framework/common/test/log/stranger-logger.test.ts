import { describe, expect, it } from 'vitest';
import { strangerLogger } from '../../src/log/stranger-logger.js';
import type { LogFacts } from '../../src/logger.js';
import { FakeClock } from '../../src/testing.js';
import { remembering } from './remembering.js';

function make() {
  const clock = new FakeClock();
  const lines: string[] = [];
  const facts: LogFacts[] = [];
  return { clock, lines, facts, logger: strangerLogger(remembering(lines, facts), clock) };
}

describe('what strangers cause', () => {
  it('is told three times for each address, and then as a number', () => {
    const { clock, lines, facts, logger } = make();
    for (let n = 0; n < 5000; n++)
      logger.warn('refused', { from: `10.0.0.9:${1000 + n}`, error: new Error('no') });
    logger.warn('refused', { from: '10.0.0.7:99', error: new Error('wrong secret') });
    expect(lines).toHaveLength(4);
    expect(facts.at(-1)).toEqual({ from: '10.0.0.7:99', reason: 'wrong secret' });
    clock.pass(10_000);
    expect(lines.at(-1)).toBe('warn 4997 more connections that proved nothing were refused in 10 s');
    expect(facts.at(-1)).toEqual({ addresses: 2, from: '10.0.0.9: 5000, 10.0.0.7: 1' });
    logger.warn('refused', { from: '10.0.0.9:1' });
    expect(lines).toHaveLength(6);
  });

  it('is bounded over all addresses, those of one IPv6 network being one', () => {
    const { clock, lines, logger } = make();
    for (let n = 0; n < 5000; n++) logger.warn('refused', { from: `10.${n % 200}.${n >> 8}.1:5` });
    expect(lines).toHaveLength(20);
    clock.pass(10_000);
    expect(lines).toHaveLength(21);
    for (let n = 0; n < 100; n++) logger.warn('refused', { from: `2001:db8:1:2::${n.toString(16)}:80` });
    expect(lines).toHaveLength(24);
  });
});
