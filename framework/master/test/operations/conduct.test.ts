import { type LogFacts, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/audit/audit-record.js';
import { Conduct, type Order, targetOf } from '../../src/operations/conduct.js';

const order: Order = {
  verb: 'servers.claim',
  principal: { name: 'ann@desk', via: 'cli' },
  target: 'chat-1',
  changes: true,
  needs: { servers: ['chat-1'], topology: false },
  onWait: () => {},
};

function listening() {
  const lines: [string, LogFacts | undefined][] = [];
  const clock = new FakeClock();
  const logger = {
    ...silentLogger,
    info: (message: string, facts?: LogFacts) => lines.push([message, facts]),
  };
  const audit: AuditEntry[] = [];
  const append = (entry: AuditEntry) => audit.push(entry);
  return { conduct: new Conduct({ clock, logger, audit: { append } }), lines, audit, clock };
}

describe('the conduct of operations', () => {
  it('tells how long one took', async () => {
    const { conduct, lines, clock } = listening();
    await conduct.run(order, async () => clock.pass(1234));
    expect(lines.at(-1)).toEqual(['An operation is over.', expect.objectContaining({ ms: 1234 })]);
  });

  it('leaves out of the log what is asked for again and again without an effect', async () => {
    const { conduct, lines } = listening();
    const claim = { ...order, hadEffect: (answer: unknown) => answer === 'granted' };
    await conduct.run(claim, async () => 'taken');
    expect(lines).toEqual([]);
    await conduct.run(claim, async () => 'granted');
    expect(lines).toEqual([['An operation is over.', expect.objectContaining({ by: 'ann@desk' })]]);
  });

  it('tells the number of refusals where one is refused again and again, and writes few of them', () => {
    const { conduct, audit, lines, clock } = listening();
    const eve = { ...order, principal: { name: 'eve', via: 'http' } };
    for (let n = 0; n < 1000; n++) conduct.refused(eve, new Error('no'));
    expect([audit.length, lines.length]).toEqual([30, 30]);
    conduct.refused(order, new Error('no'));
    expect(audit.at(-1)).toMatchObject({ by: 'ann@desk', reason: 'no' });
    clock.pass(2000);
    conduct.refused(eve, new Error('no'));
    expect(audit.at(-1)).toMatchObject({ by: 'eve', reason: 'no (and 970 more refusals before this one)' });
  });

  it('names the target in few words', () => {
    expect(targetOf(['a', 'b'], 5)).toBe('a, b');
    expect(targetOf(['a', 'b', 'c', 'd'], 5)).toBe('4 servers');
    expect(targetOf(['a', 'b'], 2)).toBe('all servers');
    expect(targetOf([], 2)).toBe('');
  });
});
