import { PomeloError } from '@pomelo-ts/common';
import { describe, expect, it } from 'vitest';
import { type RunningGame, startGame } from '../running-game.js';
import { LeaseBench } from './lease-bench.js';

describe('a lease of a server', () => {
  it('is held, with a token, and no other server or call gets it meanwhile', async () => {
    const bench = new LeaseBench();
    const [a, b] = [bench.server('a'), bench.server('b')];
    const lease = await a.take('arena');
    expect(lease).toMatchObject({ name: 'arena', token: 1, held: true });
    await expect(b.take('arena')).rejects.toThrow('The lease arena is held by a.');
    await expect(a.take('arena')).rejects.toThrow('The lease arena is held by a.');
    expect(bench.asked).toEqual(['lease.take', 'lease.take']);
  });

  it('goes on by itself for as long as the master answers', async () => {
    const bench = new LeaseBench();
    const lease = await bench.server('a').take('arena', { ttlMs: 3000 });
    await bench.pass(60_000);
    expect(lease.held).toBe(true);
    expect(lease.signal.aborted).toBe(false);
  });

  it('is lost when the master cannot be reached for its time, before another server can have it', async () => {
    const bench = new LeaseBench();
    const lease = await bench.server('a').take('arena');
    await bench.pass(5000); // a renewal has been answered at 3.5 s
    bench.linked = false;
    await bench.pass(8000);
    expect(lease.held).toBe(true);
    await bench.pass(1000);
    expect(lease.held).toBe(false);
    expect(lease.signal.reason).toMatchObject({
      code: 'LEASE_LOST',
      message: 'The lease arena (token 1) is lost: The link to the master was lost: it was cut',
    });
    expect(bench.lost).toBe(1);
    bench.linked = true;
    const other = bench.server('b');
    await expect(other.take('arena')).resolves.toMatchObject({ held: true });
  });

  it('survives a link that is cut for less than its time', async () => {
    const bench = new LeaseBench();
    const lease = await bench.server('a').take('arena');
    for (let turn = 0; turn < 4; turn++) {
      bench.linked = false;
      await bench.pass(6000);
      bench.linked = true;
      await bench.pass(1000);
    }
    expect(lease.held).toBe(true);
  });

  it('counts its time from when a renewal was sent, not from when its answer came', async () => {
    const bench = new LeaseBench();
    const leases = bench.server('a');
    bench.onAnswer = () => bench.clock.pass(2000);
    const lease = await leases.take('arena', { ttlMs: 10_000 });
    bench.linked = false;
    await bench.pass(7750);
    expect(lease.held).toBe(true);
    await bench.pass(250);
    expect(lease.held).toBe(false);
  });

  it('is not held after a pause of the process that was longer than its time, though no timer has run yet', async () => {
    const bench = new LeaseBench();
    const lease = await bench.server('a').take('arena');
    const now = bench.clock.now();
    bench.clock.now = () => now + 10_000; // time has passed, and nothing has been called
    expect(lease.held).toBe(false);
    expect(() => lease.ensureHeld()).toThrow(PomeloError);
  });

  it('is lost at once when the master says that another has it', async () => {
    const bench = new LeaseBench();
    const lease = await bench.server('a').take('arena');
    await bench.service.ended({ id: 'a', bootId: 'a life' });
    await bench.server('b').take('arena');
    await bench.pass(4000);
    expect(lease.held).toBe(false);
    expect(lease.signal.reason.message).toContain('b has got it since');
  });

  it('is free when it is released, and then is not told as lost', async () => {
    const bench = new LeaseBench();
    const lease = await bench.server('a').take('arena');
    await lease.release();
    expect(lease.held).toBe(false);
    expect(lease.signal.aborted).toBe(false);
    expect(() => lease.ensureHeld()).toThrow('The lease arena (token 1) is lost: it was released');
    expect(bench.lost).toBe(0);
    expect((await bench.server('b').take('arena')).token).toBeGreaterThan(lease.token);
  });

  it('can be had again by a server whose first answer was lost', async () => {
    const bench = new LeaseBench();
    const leases = bench.server('a');
    bench.answers = false;
    await expect(leases.take('arena')).rejects.toMatchObject({ code: 'LEASE_UNAVAILABLE' });
    bench.answers = true;
    expect((await leases.take('arena')).token).toBe(2);
  });

  it('is refused while no master can be reached', async () => {
    const bench = new LeaseBench();
    bench.linked = false;
    await expect(bench.server('a').take('arena')).rejects.toThrow(
      'The lease arena cannot be had now: The link to the master was lost: it was cut',
    );
  });

  it('has a name and a time within bounds', async () => {
    const leases = new LeaseBench().server('a');
    await expect(leases.take('')).rejects.toMatchObject({ code: 'LEASE_NAME_INVALID' });
    await expect(leases.take('x', { ttlMs: 999 })).rejects.toThrow(
      'expected ttlMs from 1000 to 60000, got 999',
    );
    await expect(leases.take('x', { ttlMs: Number.NaN })).rejects.toThrow(RangeError);
  });
});

describe('a lease that is waited for', () => {
  it('comes when its holder gives it back', async () => {
    const bench = new LeaseBench();
    const lease = await bench.server('a').take('arena');
    const waiting = bench.server('b').take('arena', { wait: true });
    await bench.pass(30_000);
    await lease.release();
    await bench.pass(1000);
    expect((await waiting).held).toBe(true);
  });

  it('comes when its holder is gone and its time is over, and once the master is back', async () => {
    const bench = new LeaseBench();
    const lost = await bench.server('a').take('arena');
    bench.linked = false;
    const waiting = bench.server('b').take('arena', { wait: true });
    await bench.pass(12_000);
    bench.linked = true;
    await bench.pass(1000);
    expect((await waiting).token).toBeGreaterThan(lost.token);
  });

  it('is given up when the time to wait is over, the signal aborts or the server stops', async () => {
    const bench = new LeaseBench();
    await bench.server('a').take('arena');
    const b = bench.server('b');
    const late = expect(b.take('arena', { wait: 5000 })).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
    await bench.pass(6000);
    await late;
    const abort = new AbortController();
    const aborted = expect(b.take('arena', { wait: true, signal: abort.signal })).rejects.toThrow('enough');
    const stopped = expect(b.take('arena', { wait: true })).rejects.toThrow('this server is stopping');
    await bench.pass(3000);
    abort.abort(new Error('enough'));
    await aborted;
    await b.close();
    await stopped;
  });
});

describe('the leases of a server that stops', () => {
  it('are free at once', async () => {
    const bench = new LeaseBench();
    const a = bench.server('a');
    const leases = await Promise.all(['x', 'y'].map((name) => a.take(name)));
    await a.close();
    expect(leases.map(({ held }) => held)).toEqual([false, false]);
    const b = bench.server('b');
    await Promise.all(['x', 'y'].map((name) => b.take(name)));
  });
});

describe('app.lease', () => {
  const start = (): Promise<RunningGame> =>
    startGame({ servers: { chat: [{ id: 'chat-1' }, { id: 'chat-2' }] } });

  it('goes over the link to the master, whose errors keep their code', async () => {
    await using game = await start();
    const lease = await game.app('chat-1').lease('arena');
    expect(lease.held).toBe(true);
    await expect(game.app('chat-2').lease('arena')).rejects.toMatchObject({
      code: 'LEASE_TAKEN',
      facts: { name: 'arena', holder: 'chat-1' },
    });
    await game.stop('chat-1');
    expect((await game.app('chat-2').lease('arena')).token).toBeGreaterThan(lease.token);
  });

  it('leaves the names of the framework alone', async () => {
    await using game = await start();
    for (const name of ['cron/x', 'ids/workers/1'])
      await expect(game.app('chat-1').lease(name)).rejects.toMatchObject({ code: 'LEASE_NAME_INVALID' });
  });
});
