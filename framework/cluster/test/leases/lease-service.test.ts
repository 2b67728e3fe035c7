import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryStore } from '../../src/coordination/memory-store.js';
import type { CoordinationStore, StoreCondition } from '../../src/coordination/store.js';
import { FileNotes, LeaseService, StoreNotes } from '../../src/leases.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const ann = { id: 'chat-1', bootId: 'a' };
const bob = { id: 'chat-2', bootId: 'b' };
const ttlMs = 10_000;
const name = 'arena';

/** Masters one after the other: each has a store of its own memory, and all have the files of one host. */
class Lives {
  readonly clock = new FakeClock();
  readonly root = mkdtempSync(join(tmpdir(), 'pomelo-ts-leases-'));
  #revision = 0;

  constructor() {
    folders.push(this.root);
  }

  get file(): string {
    return join(this.root, '.pomelo-ts', 'leases.json');
  }

  master(): { leases: LeaseService; notes: FileNotes } {
    const { clock, root } = this;
    const store = new MemoryStore({ clock, revisions: { next: () => ++this.#revision } });
    const notes = new FileNotes({ root });
    return { leases: new LeaseService({ store, notes, clock }), notes };
  }
}

/** A master with notes in its store. */
function master(
  guard?: () => StoreCondition['guard'],
  maxHeld = 10_000,
): {
  clock: FakeClock;
  store: CoordinationStore;
  leases: LeaseService;
} {
  const clock = new FakeClock();
  const store = new MemoryStore({ clock });
  const notes = new StoreNotes(store);
  return {
    clock,
    store,
    leases: new LeaseService({ store, notes, clock, maxHeld, ...(guard && { guard }) }),
  };
}

describe('a lease', () => {
  it('has one holder, and names it to whoever else asks', async () => {
    const { leases } = master();
    expect(await leases.take(ann, { name, ttlMs })).toEqual({ name, token: 1, ttlMs, mark: 0 });
    await expect(leases.take(bob, { name, ttlMs })).rejects.toThrow('The lease arena is held by chat-1.');
  });

  it('is told with its holder and the time that is left, until it is over', async () => {
    const { leases, clock } = master();
    await leases.take(bob, { name: 'b', ttlMs });
    clock.pass(1000);
    await leases.take(ann, { name: 'a/1', ttlMs });
    await leases.take(ann, { name: 'a/2', ttlMs });
    const told = { server: ann.id, ttlMs, leftMs: ttlMs };
    expect(await leases.held('', 2)).toEqual({
      leases: [
        { name: 'a/1', token: expect.any(Number), ...told },
        { name: 'a/2', token: expect.any(Number), ...told },
      ],
      total: 3,
    });
    expect(await leases.held('b', 9)).toMatchObject({
      leases: [{ name: 'b', server: bob.id, leftMs: ttlMs - 1000 }],
    });
    clock.pass(ttlMs - 1000);
    expect(await leases.held('b', 9)).toEqual({ leases: [], total: 0 });
  });

  it('goes to one of many that ask at once', async () => {
    const { leases } = master();
    const all = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => leases.take({ id: `s-${n}`, bootId: `${n}` }, { name, ttlMs })),
    );
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is free again when its time is over, and its next holder has a higher token', async () => {
    const { leases, clock } = master();
    const first = await leases.take(ann, { name, ttlMs });
    clock.pass(ttlMs - 1);
    await expect(leases.take(bob, { name, ttlMs })).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
    clock.pass(1);
    const second = await leases.take(bob, { name, ttlMs });
    expect(second.token).toBeGreaterThan(first.token);
    await expect(leases.renew(ann, { name, token: first.token, ttlMs })).rejects.toThrow(
      'chat-2 has got it since',
    );
  });

  it('goes on while it is renewed, and is lost when that comes too late', async () => {
    const { leases, clock } = master();
    const { token } = await leases.take(ann, { name, ttlMs });
    for (let turn = 0; turn < 5; turn++) {
      clock.pass(ttlMs - 1);
      expect(await leases.renew(ann, { name, token, ttlMs })).toEqual({ ttlMs });
    }
    clock.pass(ttlMs);
    await expect(leases.renew(ann, { name, token, ttlMs })).rejects.toThrow('its time has run out');
  });

  it('is free at once when it is given back, but only by its holder', async () => {
    const { leases } = master();
    const { token } = await leases.take(ann, { name, ttlMs });
    expect(await leases.release(bob, { name, token })).toBe(false);
    expect(await leases.release(ann, { name, token: token + 1 })).toBe(false);
    expect(await leases.release(ann, { name, token })).toBe(true);
    expect((await leases.take(bob, { name, ttlMs })).token).toBeGreaterThan(token);
  });

  it('is free at once when the process of its holder has ended; those of others stay', async () => {
    const { leases } = master();
    await leases.take(ann, { name, ttlMs });
    const other = await leases.take(bob, { name: 'other', ttlMs });
    await leases.ended(ann);
    await leases.take(bob, { name, ttlMs });
    expect(await leases.renew(bob, { name: 'other', token: other.token, ttlMs })).toEqual({ ttlMs });
  });

  it('is not that of a later life of the same server', async () => {
    const { leases } = master();
    const { token } = await leases.take(ann, { name, ttlMs });
    const later = { ...ann, bootId: 'a2' };
    await expect(leases.take(later, { name, ttlMs })).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
    await expect(leases.renew(later, { name, token, ttlMs })).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('comes with a new token when its holder asks again, for its first answer may be lost', async () => {
    const { leases } = master();
    const first = await leases.take(ann, { name, ttlMs });
    const second = await leases.take(ann, { name, ttlMs });
    expect(second.token).toBeGreaterThan(first.token);
  });

  it('hands a mark from holder to holder, which never falls', async () => {
    const { leases } = master();
    const { token } = await leases.take(ann, { name, ttlMs });
    await leases.renew(ann, { name, token, ttlMs, mark: 7 });
    await leases.renew(ann, { name, token, ttlMs, mark: 5 });
    await leases.release(ann, { name, token });
    expect(await leases.take(bob, { name, ttlMs })).toMatchObject({ mark: 7 });
  });

  it('of several that do as well is the one with the lowest mark that is free', async () => {
    const { leases } = master();
    const question = { prefix: 'n/', count: 3, ttlMs };
    const first = await leases.takeOne(ann, question);
    await leases.renew(ann, { name: first.name, token: first.token, ttlMs, mark: 9 });
    await leases.release(ann, first);
    const names = [];
    for (let turn = 0; turn < 3; turn++) names.push((await leases.takeOne(bob, question)).name);
    expect(names).toEqual(['n/1', 'n/2', 'n/0']);
    await expect(leases.takeOne(bob, question)).rejects.toThrow(
      'The lease n/* cannot be had now: all 3 of them are held',
    );
  });

  it.each([0, -1, 1.5, 65_537, 1e8, Number.NaN, '3'])('of %s that do as well is refused', async (count) => {
    const { leases } = master();
    await expect(leases.takeOne(ann, { prefix: 'n/', count: count as number, ttlMs })).rejects.toThrow(
      'expected a count from 1 to 65536',
    );
  });

  it('is not given to a server that holds as many as it may, until it has given one back', async () => {
    const { leases } = master(undefined, 100);
    const take = (n: number) => leases.take(ann, { name: `n/${n}`, ttlMs });
    const first = await take(0);
    for (let n = 1; n < 100; n++) await take(n);
    await expect(take(100)).rejects.toThrow('one server may hold 100');
    expect(await leases.take(bob, { name: 'of another', ttlMs })).toMatchObject({ name: 'of another' });
    await leases.release(ann, first);
    expect(await take(100)).toMatchObject({ name: 'n/100' });
  });
});

describe('a store that lets a lease run out too early', () => {
  /** As an etcd whose member led before, and did not know yet that it does not any more. */
  async function lose(store: CoordinationStore): Promise<void> {
    const stored = await store.get(`leases/${name}`);
    await store.revoke(JSON.parse(stored!.value).time);
  }

  it('has given it to nobody: its holder goes on with its token, and others get it after its time', async () => {
    const { leases, store, clock } = master();
    const { token } = await leases.take(ann, { name, ttlMs });
    clock.pass(5000);
    await leases.renew(ann, { name, token, ttlMs });
    await lose(store);
    clock.pass(ttlMs - 1);
    await expect(leases.take(bob, { name, ttlMs })).rejects.toThrow('The lease arena is held by chat-1.');
    expect(await leases.renew(ann, { name, token, ttlMs })).toEqual({ ttlMs });
    await lose(store);
    clock.pass(ttlMs);
    expect((await leases.take(bob, { name, ttlMs })).token).toBeGreaterThan(token);
    await expect(leases.renew(ann, { name, token, ttlMs })).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('does not keep it from being given back, or freed when its holder has ended', async () => {
    const { leases, store } = master();
    const { token } = await leases.take(ann, { name, ttlMs });
    await lose(store);
    expect(await leases.release(ann, { name, token })).toBe(true);
    await leases.take(bob, { name, ttlMs });
    await lose(store);
    await leases.ended(bob);
    await leases.take(ann, { name, ttlMs });
  });

  it('is not relied on by the next master either: it keeps what is held much longer', async () => {
    const { leases, store, clock } = master();
    const { token } = await leases.take(ann, { name, ttlMs });
    clock.pass(ttlMs);
    // it does not know whether another one has renewed it just now
    const next = new LeaseService({ store, clock, notes: new StoreNotes(store) });
    clock.pass(ttlMs - 1);
    await expect(next.take(bob, { name, ttlMs })).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
    await expect(next.takeOne(bob, { prefix: 'are', count: 1, ttlMs })).resolves.toMatchObject({
      name: 'are0',
    });
    clock.pass(1);
    await next.take(bob, { name, ttlMs });
    await expect(leases.renew(ann, { name, token, ttlMs })).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });
});

describe('what a server asks', () => {
  it('is renewed for no longer than it was taken, as the next master knows no other time', async () => {
    const { leases } = master();
    const { token } = await leases.take(ann, { name, ttlMs });
    await expect(leases.serve(ann, 'lease.renew', { name, token, ttlMs: ttlMs + 1 })).rejects.toThrow(
      'expected at most the 10000 ms it was taken for, got 10001',
    );
  });

  it.each([
    [{ name: '', ttlMs }, 'LEASE_NAME_INVALID'],
    [{ name: 'x'.repeat(201), ttlMs }, 'LEASE_NAME_INVALID'],
    [{ name: 'a\nb', ttlMs }, 'LEASE_NAME_INVALID'],
    [{ name: 7, ttlMs }, 'LEASE_NAME_INVALID'],
    [{ name, ttlMs: 999 }, 'LEASE_UNAVAILABLE'],
    [{ name, ttlMs: 60_001 }, 'LEASE_UNAVAILABLE'],
    [{ name, ttlMs: 'long' }, 'LEASE_UNAVAILABLE'],
  ])('as %j is refused', async (args, code) => {
    await expect(master().leases.serve(ann, 'lease.take', args)).rejects.toMatchObject({ code });
  });

  it('is refused while the store does not answer', async () => {
    const { leases, store } = master();
    await store.close();
    await expect(leases.serve(ann, 'lease.take', { name, ttlMs })).rejects.toThrow(
      'The lease arena cannot be had now: ',
    );
  });

  it('is refused by a master that does not lead, or has lost its office since', async () => {
    let term = 1;
    const outvoted = master(() => ({ key: 'leader', created: term }));
    const leader = await outvoted.store.put('leader', 'me');
    term = leader!.created;
    const { token } = await outvoted.leases.take(ann, { name, ttlMs });
    await outvoted.store.delete('leader');
    await outvoted.store.put('leader', 'another');
    await expect(outvoted.leases.serve(ann, 'lease.take', { name: 'more', ttlMs })).rejects.toThrow(
      'The lease more cannot be had now: this master leads no more',
    );
    // of what it lets go on, the next master would know nothing
    await expect(outvoted.leases.serve(ann, 'lease.renew', { name, token, ttlMs })).rejects.toThrow(
      'The lease arena cannot be had now: this master leads no more',
    );
    const follower = master(() => {
      throw new Error('master-2 leads');
    });
    await expect(follower.leases.serve(ann, 'lease.take', { name, ttlMs })).rejects.toThrow(
      'The lease arena cannot be had now: master-2 leads',
    );
  });
});

describe('a master that takes over', () => {
  it('goes on at once with what a shared store has', async () => {
    const { store, clock, leases } = master();
    const { token } = await leases.take(ann, { name, ttlMs });
    const next = new LeaseService({ store, clock, notes: new StoreNotes(store) });
    expect(await next.renew(ann, { name, token, ttlMs })).toEqual({ ttlMs });
    await expect(next.take(bob, { name, ttlMs })).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
    await next.take(bob, { name: 'other', ttlMs });
  });

  it('with an empty memory waits for the longest lease of the former one', async () => {
    const lives = new Lives();
    await lives.master().leases.take(ann, { name, ttlMs: 20_000 });
    const { leases } = lives.master();
    await expect(leases.take(bob, { name, ttlMs })).rejects.toThrow(
      'the master was started anew and waits 20000 ms for whoever may hold it since before',
    );
    lives.clock.pass(19_999);
    await expect(leases.take(bob, { name, ttlMs })).rejects.toMatchObject({ code: 'LEASE_UNAVAILABLE' });
    lives.clock.pass(1);
    await leases.take(bob, { name, ttlMs });
  });

  it('with an empty memory lets the holder go on meanwhile, with its token', async () => {
    const lives = new Lives();
    const { token } = await lives.master().leases.take(ann, { name, ttlMs });
    const { leases } = lives.master();
    lives.clock.pass(5000);
    expect(await leases.renew(ann, { name, token, ttlMs })).toEqual({ ttlMs });
    lives.clock.pass(5000);
    await expect(leases.take(bob, { name, ttlMs })).rejects.toMatchObject({ code: 'LEASE_TAKEN' });
    expect(await leases.renew(ann, { name, token, ttlMs })).toEqual({ ttlMs });
    lives.clock.pass(ttlMs);
    expect((await leases.take(bob, { name, ttlMs })).token).toBeGreaterThan(token);
  });

  it('with an empty memory takes no claim once it grants', async () => {
    const lives = new Lives();
    const { token } = await lives.master().leases.take(ann, { name, ttlMs });
    const { leases } = lives.master();
    lives.clock.pass(ttlMs);
    await expect(leases.renew(ann, { name, token, ttlMs })).rejects.toMatchObject({ code: 'LEASE_LOST' });
  });

  it('waits for nobody when nobody held anything', async () => {
    const lives = new Lives();
    const { leases, notes } = lives.master();
    await leases.take(ann, { name, ttlMs });
    notes.nobodyHolds();
    await lives.master().leases.take(bob, { name, ttlMs });
  });

  it('knows the marks of before', async () => {
    const lives = new Lives();
    const { leases } = lives.master();
    const { token } = await leases.take(ann, { name, ttlMs });
    await leases.renew(ann, { name, token, ttlMs, mark: 41 });
    const next = lives.master();
    lives.clock.pass(ttlMs);
    expect(await next.leases.take(bob, { name, ttlMs })).toMatchObject({ mark: 41 });
  });

  it('whose notes cannot be read waits for the longest lease that there can be', async () => {
    const lives = new Lives();
    await lives.master().leases.take(ann, { name, ttlMs });
    writeFileSync(lives.file, '{"longestMs": 10');
    const { leases } = lives.master();
    await expect(leases.take(bob, { name, ttlMs })).rejects.toThrow('waits 60000 ms');
  });

  it('has noted a lease before it is granted, and refuses when it cannot', async () => {
    const lives = new Lives();
    const { leases } = lives.master();
    writeFileSync(join(lives.root, '.pomelo-ts'), 'a file where the folder should be');
    await expect(leases.serve(ann, 'lease.take', { name, ttlMs })).rejects.toMatchObject({
      code: 'LEASE_UNAVAILABLE',
    });
    rmSync(join(lives.root, '.pomelo-ts'));
    const { token } = await leases.take(ann, { name, ttlMs });
    expect(JSON.parse(readFileSync(lives.file, 'utf8'))).toEqual({ longestMs: ttlMs, marks: {} });
    rmSync(join(lives.root, '.pomelo-ts'), { recursive: true });
    writeFileSync(join(lives.root, '.pomelo-ts'), '');
    await expect(leases.serve(ann, 'lease.renew', { name, token, ttlMs, mark: 3 })).rejects.toMatchObject({
      code: 'LEASE_UNAVAILABLE',
    });
    rmSync(join(lives.root, '.pomelo-ts'));
    await leases.release(ann, { name, token });
    expect(await leases.take(bob, { name, ttlMs })).toMatchObject({ mark: 0 });
  });
});
