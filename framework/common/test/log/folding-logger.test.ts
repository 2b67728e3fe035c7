import { describe, expect, it } from 'vitest';
import { foldingLogger } from '../../src/log/folding-logger.js';
import type { LogFacts } from '../../src/logger.js';
import { FakeClock } from '../../src/testing.js';
import { remembering } from './remembering.js';

describe('a logger that folds', () => {
  it('writes ten lines of a kind, and after ten seconds how many more there were', () => {
    const clock = new FakeClock();
    const lines: string[] = [];
    const logger = foldingLogger(remembering(lines), clock);
    for (let n = 0; n < 422; n++) logger.error('chat.send failed', { error: new Error('no room'), uid: n });
    logger.error('chat.send failed', { error: new Error('another') });
    expect(lines).toHaveLength(11);
    clock.pass(10_000);
    expect(lines.at(-1)).toBe('error chat.send failed (412 more like this in 10 s)');
    expect(lines).toHaveLength(12);
    logger.error('chat.send failed', { error: new Error('no room') });
    expect(lines).toHaveLength(13);
    clock.pass(60_000);
    expect(lines).toHaveLength(13);
  });

  it('tells each server that a mistake concerns, also from children', () => {
    const lines: string[] = [];
    const facts: LogFacts[] = [];
    const logger = foldingLogger(remembering(lines, facts), new FakeClock());
    for (let n = 0; n < 300; n++) logger.error('A server could not be started.', { serverId: `chat-${n}` });
    for (let n = 0; n < 100; n++) logger.child({ serverId: `gate-${n}` }).warn('late');
    expect(lines).toHaveLength(400);
    expect(new Set(facts.map(({ serverId }) => serverId)).size).toBe(400);
  });

  it('folds lines of more kinds than can be told apart as one kind', () => {
    const clock = new FakeClock();
    const lines: string[] = [];
    const logger = foldingLogger(remembering(lines), clock);
    for (let n = 0; n < 10_000; n++) logger.warn(`invented route ${n}`);
    expect(lines).toHaveLength(510);
    logger.flush();
    expect(lines.at(-1)).toBe('warn lines of many kinds (9490 more like this in 10 s)');
  });

  it('leaves what is no fault as it is', () => {
    const lines: string[] = [];
    const logger = foldingLogger(remembering(lines), new FakeClock());
    for (let n = 0; n < 1000; n++) logger.info('request');
    expect(lines).toHaveLength(1000);
  });
});
