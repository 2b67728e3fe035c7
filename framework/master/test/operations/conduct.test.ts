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

  it('names the target in few words', () => {
    expect(targetOf(['a', 'b'], 5)).toBe('a, b');
    expect(targetOf(['a', 'b', 'c', 'd'], 5)).toBe('4 servers');
    expect(targetOf(['a', 'b'], 2)).toBe('all servers');
    expect(targetOf([], 2)).toBe('');
  });
});
