import { type CoordinationStore, MemoryStore } from '@pomelo-ts/cluster';
import { PomeloError } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Tenure } from '../src/leadership/tenure.js';
import { Leadership } from '../src/leadership.js';
import { ProcessClock } from './process-clock.js';

const ttlMs = 3000;

/** The way of one process to the store, which can be cut; words under way may have arrived all the same. */
class Way {
  mode: 'open' | 'cut' | 'answers lost' = 'open';
  readonly store: CoordinationStore;

  constructor(store: CoordinationStore) {
    const lost = () => new PomeloError('STORE_UNREACHABLE', { store: 'test', reason: 'the way is cut' });
    this.store = new Proxy(store, {
      get: (target, name: keyof CoordinationStore) => {
        const member = target[name];
        if (typeof member !== 'function') return member;
        return async (...args: never[]) => {
          if (this.mode === 'cut') throw lost();
          const result = await (member as (...args: never[]) => unknown).apply(target, args);
          if (this.mode === 'answers lost') throw lost();
          return result;
        };
      },
    });
  }
}

/** A master's process with all it needs. */
class Candidacy {
  readonly clock: ProcessClock;
  readonly way: Way;
  readonly leadership: Leadership;
  readonly told: string[] = [];
  tenures: Tenure[] = [];

  constructor(name: string, store: CoordinationStore, world: FakeClock, wall = Date.now()) {
    this.clock = new ProcessClock(world);
    this.way = new Way(store);
    const self = { host: name, port: 3005, pid: 1, hostName: name };
    const { clock, way } = this;
    this.leadership = new Leadership({ store: way.store, self, ttlMs, clock, wallTime: () => wall });
    this.leadership.on('elected', (tenure) => {
      this.tenures.push(tenure);
      this.told.push('elected');
    });
    this.leadership.on('deposed', (reason) => this.told.push(reason));
  }

  get leads(): boolean {
    return this.leadership.tenure !== undefined;
  }
}

describe('Leadership', () => {
  let world: FakeClock;
  let store: MemoryStore;
  let one: Candidacy;
  let two: Candidacy;
  beforeEach(async () => {
    world = new FakeClock();
    store = new MemoryStore({ clock: world });
    [one, two] = [new Candidacy('one', store, world), new Candidacy('two', store, world)];
    await one.leadership.begin();
    await two.leadership.begin();
  });
  afterEach(async () => {
    for (const { way, leadership } of [one, two]) {
      way.mode = 'open';
      await leadership.resign();
    }
    await store.close();
  });

  /** Lets time pass in small steps; in none of them do both lead. */
  async function letPass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 50) {
      await world.letPass(50, 50);
      expect(one.leads && two.leads).toBe(false);
    }
  }

  it('is that of the first who asks; the others know who it is', async () => {
    expect([one.leads, two.leads]).toEqual([true, false]);
    const { term } = one.tenures[0]!;
    expect(two.leadership.leader).toEqual({ host: 'one', port: 3005, pid: 1, hostName: 'one', term });
    await letPass(20_000);
    expect([one.told, two.told]).toEqual([['elected'], []]);
  });

  it('goes to another at once when it is given up', async () => {
    await one.leadership.resign();
    await letPass(50);
    expect([one.leads, two.leads]).toEqual([false, true]);
    expect(two.tenures[0]!.term).toBeGreaterThan(one.tenures[0]!.term);
    expect(one.told).toEqual(['elected']);
  });

  it('ends before its lease does when the store cannot be reached, and another has it then', async () => {
    one.way.mode = 'cut';
    await letPass(2 * ttlMs);
    expect(one.told).toEqual(['elected', 'its lease was not extended in time']);
    expect(two.told).toEqual(['elected']);
    one.way.mode = 'open';
    await letPass(2 * ttlMs);
    expect(one.leads).toBe(false);
    expect(one.leadership.leader?.host).toBe('two');
  });

  it.each([0, 250, 499])(
    'survives when the store is away for less than the lease, %i ms after a beat',
    async (ms) => {
      await letPass(1000 + ms);
      one.way.mode = 'cut';
      await letPass(ttlMs - 1200);
      one.way.mode = 'open';
      await letPass(2 * ttlMs);
      expect([one.told, two.told]).toEqual([['elected'], []]);
    },
  );

  it('has ended for a process that was paused longer than its lease, before its first timer', async () => {
    one.clock.pause();
    await world.letPass(3 * ttlMs);
    expect(two.leads).toBe(true);
    expect(one.leads).toBe(false);
    expect(one.tenures[0]!.holds()).toBe(false);
    one.clock.goOn();
    await letPass(100);
    expect(one.told).toHaveLength(2);
    expect(one.leadership.leader?.host).toBe('two');
  });

  it('goes on after a pause shorter than its lease', async () => {
    one.clock.pause();
    await world.letPass(2000);
    one.clock.goOn();
    await letPass(2 * ttlMs);
    expect([one.told, two.told]).toEqual([['elected'], []]);
  });

  it('is found out when the answer to its own election was lost', async () => {
    await one.leadership.resign();
    await two.leadership.resign();
    const three = new Candidacy('three', store, world);
    let lostOnce = false;
    const { store: theirs } = three.way;
    const put: CoordinationStore['put'] = async (key, ...more) => {
      if (key !== 'leader' || lostOnce) return theirs.put(key, ...more);
      lostOnce = true;
      three.way.mode = 'answers lost';
      return theirs.put(key, ...more).finally(() => {
        three.way.mode = 'open';
      });
    };
    const losing = new Proxy(theirs, {
      get: (target, name) => (name === 'put' ? put : Reflect.get(target, name)),
    });
    const self = { host: 'three', port: 3005, pid: 1, hostName: 'three' };
    const leadership = new Leadership({ store: losing, self, ttlMs, clock: world });
    await leadership.begin();
    const base = Number((await store.get('term-base'))!.value);
    expect(lostOnce).toBe(true);
    expect(leadership.tenure?.term).toBe(base + (await store.get('leader'))!.created);
    await leadership.resign();
  });

  it('ends when somebody deletes its key, and there is one leader afterwards', async () => {
    await store.delete('leader');
    await letPass(2 * ttlMs);
    expect(one.told[1]).toBe('the office was taken from it');
    expect([one.leads, two.leads].filter(Boolean)).toHaveLength(1);
  });

  it('guards what only the leader may write', async () => {
    const [tenure] = one.tenures as [Tenure];
    const condition = one.leadership.guardOf(tenure);
    expect(await store.put('wanted', 'a', { condition })).toBeDefined();
    await one.leadership.resign();
    await letPass(50);
    expect(two.leads).toBe(true);
    expect(await store.put('wanted', 'b', { condition })).toBeUndefined();
    const theirs = two.leadership.guardOf(two.tenures[0]!);
    expect(await store.put('wanted', 'c', { condition: theirs })).toBeDefined();
  });

  it('has terms above those of a store that was lost', async () => {
    const [{ term }] = one.tenures as [Tenure];
    const next = new MemoryStore({ clock: world });
    const three = new Candidacy('three', next, world, Date.now() + 1000);
    await three.leadership.begin();
    expect(three.tenures[0]!.term).toBeGreaterThan(term);
    await three.leadership.resign();
  });

  it('begins with an error when the store does not answer', async () => {
    const three = new Candidacy('three', store, world);
    three.way.mode = 'cut';
    await expect(three.leadership.begin()).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });
});
