import { type LogFacts, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../src/audit/audit-record.js';
import { Conduct, type Order, targetOf } from '../../src/operations/conduct.js';
import { Acting } from '../../src/servers/acting.js';

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

  it('has it known while it goes on, and a moment longer, who has which servers changed', async () => {
    const clock = new FakeClock();
    const acting = new Acting(clock);
    const conduct = new Conduct({ clock, logger: silentLogger, audit: { append: () => 1 }, acting });
    const named = () => ['chat-1', 'chat-2'].map((id) => acting.on(id));
    const restart = { ...order, verb: 'servers.restart' };
    await conduct.run(restart, async () => expect(named()).toEqual(['restart by ann@desk', undefined]));
    clock.pass(1999);
    expect(named()).toEqual(['restart by ann@desk', undefined]);
    clock.pass(1);
    expect(named()).toEqual([undefined, undefined]);
    const all = { ...order, verb: 'config.apply', needs: { servers: 'all', topology: true } } as const;
    const failed = conduct.run(all, async () => {
      expect(named()).toEqual(['apply by ann@desk', 'apply by ann@desk']);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    await conduct.run(restart, async () => {
      expect(named()).toEqual(['restart by ann@desk', 'apply by ann@desk']);
    });
    clock.pass(2000);
    expect(named()).toEqual([undefined, undefined]);
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

  it('writes down of a change what was before and what is afterwards, without secrets and not without end', async () => {
    const { conduct, audit } = listening();
    let role = 'viewer';
    const compare = () => {
      const was = { role, password: 'hunter2' };
      return (result: unknown) => ({ was, is: { role, result, long: 'x'.repeat(5000) } });
    };
    const change = async () => {
      role = 'operator';
      return 'fine';
    };
    await conduct.run({ ...order, compare }, change);
    const [begun, done] = audit;
    expect([begun!.was, begun!.is]).toEqual([undefined, undefined]);
    expect(done!.was).toEqual({ role: 'viewer', password: '***' });
    expect((done!.is as { cut: string }).cut).toMatch(/^\{"role":"operator","result":"fine","long":"x+$/);
    expect(JSON.stringify(done).length).toBeLessThan(2500);
  });

  it('carries out a change whose values cannot be looked at, and writes it down without them', async () => {
    const { conduct, audit } = listening();
    const compare = () => {
      throw new Error('there is none');
    };
    expect(await conduct.run({ ...order, compare }, async () => 'done')).toBe('done');
    expect(audit.at(-1)).toMatchObject({ result: 'done' });
    expect(audit.at(-1)).not.toHaveProperty('was');
  });

  describe('a look at what is somebody’s own', () => {
    const eve = { ...order, principal: { name: 'eve', via: 'http' }, needs: undefined, changes: false };
    const look = (uid: string) => ({ ...eve, verb: 'users.find', personal: true, target: '', args: { uid } });

    it('is one record with those of the same minute that are alike, and one more with their number', async () => {
      const { conduct, audit, clock } = listening();
      for (const uid of ['4', '42', '421', '421', '42']) await conduct.run(look(uid), async () => 1);
      expect(audit).toEqual([
        expect.objectContaining({ verb: 'users.find', args: { uid: '4' }, result: 'done' }),
      ]);
      clock.pass(60_000);
      const args = { others: [{ uid: '42' }, { uid: '421' }] };
      const { verb, by, via } = audit[0]!;
      expect(audit.slice(1)).toEqual([{ verb, by, via, args, result: 'done', count: 5, begun: 1 }]);
      await conduct.run(look('5'), async () => 1);
      expect(audit.at(-1)).toMatchObject({ args: { uid: '5' } });
      clock.pass(60_000);
      expect(audit).toHaveLength(3);
    });

    it('has no more written than there is room for, whatever is asked for', async () => {
      const { conduct, audit, clock } = listening();
      for (let n = 0; n < 3000; n++) await conduct.run(look(`${'x'.repeat(200)}${n}`), async () => 1);
      clock.pass(60_000);
      expect(audit[1]).toMatchObject({ count: 3000, args: { more: true } });
      expect(JSON.stringify(audit).length).toBeLessThan(5000);
    });

    it('is another one of somebody else, of another verb and of other arguments', async () => {
      const { conduct, audit } = listening();
      await conduct.run(look('4'), async () => 1);
      await conduct.run({ ...look('4'), principal: { name: 'ann', via: 'http' } }, async () => 1);
      await conduct.run({ ...look('4'), verb: 'channels.members' }, async () => 1);
      await conduct.run({ ...look('4'), args: {} }, async () => 1);
      expect(audit).toHaveLength(4);
    });

    it('is written before its master ends; what changes something is never folded', async () => {
      const { conduct, audit } = listening();
      for (let n = 0; n < 3; n++) {
        await conduct.run(look('4'), async () => 1);
        await conduct.run({ ...eve, changes: true }, async () => 1);
      }
      expect(audit).toHaveLength(7);
      conduct.close();
      expect(audit[7]).toMatchObject({ verb: 'users.find', count: 3 });
      conduct.close();
      expect(audit).toHaveLength(8);
    });

    it('is refused where the first of a minute cannot be written', async () => {
      const append = () => {
        throw new Error('the disk is full');
      };
      const conduct = new Conduct({ clock: new FakeClock(), logger: silentLogger, audit: { append } });
      for (let n = 0; n < 2; n++)
        await expect(conduct.run(look('4'), async () => 1)).rejects.toThrow('the disk is full');
    });
  });

  it('names the target in few words', () => {
    expect(targetOf(['a', 'b'], 5)).toBe('a, b');
    expect(targetOf(['a', 'b', 'c', 'd'], 5)).toBe('4 servers');
    expect(targetOf(['a', 'b'], 2)).toBe('all servers');
    expect(targetOf([], 2)).toBe('');
  });
});
