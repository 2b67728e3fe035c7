import { describe, expect, it } from 'vitest';
import type { UidPlace } from '../../src/directory/places.js';
import type { PerUidPolicy } from '../../src/directory/uid-registrar.js';
import { ClusterOfUids } from './cluster-of-uids.js';

function clusterOf(count: number, policy: PerUidPolicy): ClusterOfUids {
  const cluster = new ClusterOfUids(policy);
  for (let n = 1; n <= count; n++) cluster.join(`connector-${n}`);
  return cluster;
}

const uidsOf = (count: number) => Array.from({ length: count }, (_, n) => `uid-${n}`);

/** Long enough after anything for all to agree. */
const healMs = 5000;

async function expectTruth(cluster: ClusterOfUids, uids: readonly string[]): Promise<void> {
  await cluster.clock.letPass(healMs);
  const { connected } = cluster;
  for (const frontend of cluster.frontends.values()) {
    const told = await cluster.settled(cluster.told(frontend, uids));
    expect([frontend.id, await frontend.directory.count()]).toEqual([frontend.id, connected.size]);
    expect([frontend.id, [...told].sort()]).toEqual([frontend.id, [...connected].sort()]);
  }
}

describe('the directory of uids', () => {
  it.each([3, 30])('costs one call a bind, unbind or find, with %i frontends', async (count) => {
    for (const policy of ['many', 'refuse', 'replace'] as const) {
      const cluster = clusterOf(count, policy);
      await cluster.clock.letPass(healMs); // nobody is in doubt any more
      cluster.calls.clear();
      const frontend = cluster.frontends.get('connector-2')!;
      for (const uid of uidsOf(20)) {
        const session = await frontend.login(uid);
        expect([...(await cluster.told(frontend, [uid]))]).toEqual([[uid, [`connector-2 ${session!.id}`]]]);
        session!.link.drop('gone');
        await cluster.clock.letPass(1, 1);
      }
      const {
        'sys.directory.tell': told = 0,
        'sys.directory.find': found = 0,
        ...others
      } = Object.fromEntries(cluster.calls);
      expect(told).toBeLessThanOrEqual(2 * 20);
      expect(found).toBeLessThanOrEqual(20);
      expect(others).toEqual({});
    }
  });

  it('lets one of those have a uid under `refuse` who ask for it at once', async () => {
    const cluster = clusterOf(5, 'refuse');
    for (const uid of uidsOf(30)) {
      const logins = [...cluster.frontends.values()].map((frontend) => frontend.login(uid));
      const sessions = await cluster.settled(Promise.all(logins));
      expect([uid, sessions.filter(Boolean).length]).toEqual([uid, 1]);
    }
    await expectTruth(cluster, uidsOf(30));
  });

  it('leaves the last one with a uid under `replace`', async () => {
    const cluster = clusterOf(5, 'replace');
    for (const uid of uidsOf(30)) {
      const logins = [...cluster.frontends.values()].map((frontend) => frontend.login(uid));
      await cluster.settled(Promise.all(logins));
    }
    await cluster.clock.letPass(healMs);
    expect([...cluster.connected.values()].every((places) => places.length === 1)).toBe(true);
    expect(cluster.connected.size).toBe(30);
    const last = await cluster.settled(cluster.frontends.get('connector-4')!.login('uid-7'));
    await cluster.clock.letPass(250);
    expect(cluster.connected.get('uid-7')).toEqual([`connector-4 ${last!.id}`]);
    await expectTruth(cluster, uidsOf(30));
  });

  it('knows all again five seconds after a frontend has crashed, and after one has joined', async () => {
    const cluster = clusterOf(4, 'many');
    const uids = uidsOf(200);
    for (const [n, uid] of uids.entries())
      await cluster.frontends.get(`connector-${1 + (n % 4)}`)!.login(uid);
    cluster.crash('connector-3');
    await expectTruth(cluster, uids);
    cluster.join('connector-5');
    await expectTruth(cluster, uids);
    cluster.join('connector-3');
    await expectTruth(cluster, uids);
  });

  it('is told of more sessions than may wait, once, while others come and go', async () => {
    const cluster = clusterOf(2, 'many');
    const one = cluster.frontends.get('connector-1')!;
    const uids = uidsOf(45_000);
    for (let first = 0; first < uids.length; first += 5000)
      await cluster.settled(Promise.all(uids.slice(first, first + 5000).map((uid) => one.login(uid))));
    cluster.resets = 0;
    cluster.crash('connector-2');
    const more: Promise<unknown>[] = [];
    cluster.join('connector-3');
    for (let n = 0; n < 200; n++) {
      more.push(one.login(`late-${n}`));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await cluster.settled(Promise.all(more));
    await cluster.clock.letPass(healMs);
    expect([await one.directory.count(), cluster.resets]).toEqual([45_200, 0]);
  });

  it('asks all others for many uids at once, and not for each, where a home is in doubt of them', async () => {
    for (const policy of ['many', 'refuse', 'replace'] as const) {
      const cluster = clusterOf(5, policy);
      await cluster.clock.letPass(healMs);
      const uids = uidsOf(5000);
      const frontend = cluster.frontends.get('connector-1')!;
      await frontend.login('uid-0');
      cluster.crash('connector-5');
      cluster.calls.clear();
      expect([...(await cluster.settled(cluster.told(frontend, uids))).keys()]).toEqual(['uid-0']);
      // 4 homes ask 3 others, for a thousand uids at a time
      expect(cluster.calls.get('sys.directory.held')).toBeLessThanOrEqual(2 * 4 * 3);
      cluster.calls.clear();
      await cluster.settled(Promise.all(uids.slice(1, 1001).map((uid) => frontend.login(uid))));
      expect(cluster.calls.get('sys.directory.held') ?? 0).toBeLessThanOrEqual(2 * 4 * 3);
      await expectTruth(cluster, uids.slice(0, 1001));
    }
  });

  it('refuses a uid whose new home has not been told of it yet', async () => {
    const cluster = clusterOf(3, 'refuse');
    const uids = uidsOf(60);
    for (const uid of uids) await cluster.settled(cluster.frontends.get('connector-1')!.login(uid));
    // What the one with the sessions tells is lost, what it is asked is not.
    cluster.isCut = (from) => from === 'connector-1';
    const joined = cluster.join('connector-4');
    cluster.isCut = (from, to) =>
      from === 'connector-1' && to === 'connector-4' && cluster.calls.get('sys.directory.held') === undefined;
    const sessions = await cluster.settled(Promise.all(uids.map((uid) => joined.login(uid))));
    expect(sessions.filter(Boolean)).toEqual([]);
  });

  it('goes on without a home that cannot be reached, and is right once it can', async () => {
    for (const policy of ['refuse', 'replace', 'many'] as const) {
      const cluster = clusterOf(4, policy);
      const uids = uidsOf(80);
      await cluster.clock.letPass(healMs);
      cluster.isCut = (from, to) => from === 'connector-4' || to === 'connector-4';
      const frontends = ['connector-1', 'connector-2', 'connector-3'].map((id) => cluster.frontends.get(id)!);
      for (const [n, uid] of uids.entries())
        expect(await cluster.settled(frontends[n % 3]!.login(uid))).toBeDefined();
      if (policy === 'refuse')
        for (const [n, uid] of uids.entries())
          expect(await cluster.settled(frontends[(n + 1) % 3]!.login(uid))).toBeUndefined();
      cluster.isCut = () => false;
      await expectTruth(cluster, uids);
    }
  });

  it('leaves one session of each uid after a cut through the cluster, on both sides of which all have logged in', async () => {
    for (const policy of ['refuse', 'replace'] as const) {
      const cluster = clusterOf(4, policy);
      const uids = uidsOf(60);
      const side = (id: string) => id < 'connector-3';
      cluster.isCut = (from, to) => side(from) !== side(to);
      for (const uid of uids)
        for (const id of ['connector-1', 'connector-4'])
          expect(await cluster.settled(cluster.frontends.get(id)!.login(uid))).toBeDefined();
      cluster.isCut = () => false;
      await expectTruth(cluster, uids);
      expect([...cluster.connected.values()].every((places) => places.length === 1)).toBe(true);
      expect(cluster.connected.size).toBe(60);
    }
  });

  it.each(['many', 'replace', 'refuse'] as const)(
    'lets players in as long as a home is cut off, however many have come and gone meanwhile (%s)',
    async (policy) => {
      const cluster = clusterOf(2, policy);
      const one = cluster.frontends.get('connector-1')!;
      await cluster.clock.letPass(healMs);
      cluster.isCut = () => true;
      const uids: string[] = [];
      for (let round = 0; round < 40; round++) {
        const batch = Array.from({ length: 100 }, (_, n) => `uid-${round}-${n}`);
        let settled = 0;
        for (const uid of batch) void one.login(uid).then((session) => session && settled++);
        await cluster.clock.letPass(2000, 50);
        expect([round, settled]).toEqual([round, 100]);
        uids.push(...batch);
      }
      cluster.isCut = () => false;
      await expectTruth(cluster, uids);
    },
  );

  it.each(['many', 'replace', 'refuse'] as const)(
    'lets a player in within two seconds whenever it comes, though the home hangs (%s)',
    async (policy) => {
      const cluster = clusterOf(2, policy);
      const one = cluster.frontends.get('connector-1')!;
      await cluster.clock.letPass(healMs);
      cluster.hung = 'connector-2';
      const waits: number[] = [];
      for (const uid of uidsOf(100)) {
        const begun = cluster.clock.now();
        void one.login(uid).then((session) => session && waits.push(cluster.clock.now() - begun));
        await cluster.clock.letPass(50, 50);
      }
      await cluster.clock.letPass(2000, 50);
      expect(waits.length).toBe(100);
      expect(Math.max(...waits)).toBeGreaterThan(500); // some had to wait
      expect(Math.max(...waits)).toBeLessThanOrEqual(2000);
      cluster.hung = undefined;
      await expectTruth(cluster, uidsOf(100));
    },
  );

  it('mends by itself whatever was lost between a frontend and a home', async () => {
    const cluster = clusterOf(3, 'many');
    const uids = uidsOf(100);
    let n = 0;
    cluster.isCut = () => n++ % 3 === 0;
    const sessions = await Promise.all(
      uids.map((uid) => cluster.settled(cluster.frontends.get('connector-2')!.login(uid))),
    );
    for (const session of sessions.slice(0, 50)) session!.link.drop('gone');
    await cluster.clock.letPass(1000);
    cluster.isCut = () => false;
    await expectTruth(cluster, uids);
  });

  it('believes no server what cannot be said of a uid, counts it, and keeps its own order of bindings', async () => {
    const cluster = clusterOf(2, 'replace');
    const [one, two] = [...cluster.frontends.values()];
    await cluster.clock.letPass(healMs);
    const uid = uidsOf(100).find((each) => cluster.homeOf(each) === 'connector-1')!;
    await cluster.settled(two!.login(uid));
    const tell = (item: readonly unknown[]) =>
      cluster.call(two!, 'connector-1', 'sys.directory.tell', [two!.id, two!.bootId, false, [item]]);
    for (const [told, sessionId, boundAt] of [
      [uid, 's', 2 ** 53],
      [uid, 's', -1],
      [uid, 's', Number.NaN],
      [uid, 's'.repeat(41), 1],
      [{ length: 1 }, 's', 1],
      ['u'.repeat(257), 's', 1],
      ['', 's', 1],
    ])
      await tell([told, sessionId, boundAt, 0]);
    expect(await tell([uid, 7, 0, 2])).toEqual(['elsewhere']);
    expect([one!.counters.directoryRefused.value, await one!.directory.count()]).toEqual([8, 1]);
    const last = await cluster.settled(one!.login(uid));
    await expectTruth(cluster, [uid]);
    expect(cluster.connected.get(uid)).toEqual([`connector-1 ${last!.id}`]);
  });

  it('counts uids, and tells who watches one where it goes', async () => {
    const cluster = clusterOf(3, 'many');
    const [one, two, three] = [...cluster.frontends.values()];
    const seen: string[][] = [];
    const listener = (places: readonly UidPlace[]) =>
      seen.push(places.map(({ frontendId }) => frontendId).sort());
    const stop = one!.directory.watch('uid-1', listener);
    await cluster.clock.letPass(250);
    const first = await two!.login('uid-1');
    await cluster.clock.letPass(250);
    await three!.login('uid-1');
    await two!.login('uid-2');
    expect(await one!.directory.count()).toBe(2);
    await cluster.clock.letPass(250);
    first!.link.drop('gone');
    await cluster.clock.letPass(250);
    cluster.crash('connector-3');
    await cluster.clock.letPass(healMs);
    expect(seen).toEqual([[], ['connector-2'], ['connector-2', 'connector-3'], ['connector-3'], []]);
    stop();
    await two!.login('uid-1');
    await cluster.clock.letPass(healMs);
    expect(seen.length).toBe(5);
  });

  it('equals who is connected after any mixture of logins, ends, crashes, joins and cuts', async () => {
    for (const policy of ['many', 'refuse', 'replace'] as const)
      for (let seed = 1; seed <= 6; seed++) {
        const random = randomOf(seed);
        const cluster = clusterOf(5, policy);
        const uids = uidsOf(40);
        const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
        const logins: Promise<unknown>[] = [];
        for (let step = 0; step < 150; step++) {
          const frontend = pick([...cluster.frontends.values()]);
          const chance = random();
          if (chance < 0.55) logins.push(frontend.login(pick(uids)).catch(() => undefined));
          else if (chance < 0.8) {
            pick([...frontend.table.all()])?.link.drop('gone');
          } else if (chance < 0.84 && cluster.frontends.size > 2) cluster.crash(frontend.id);
          else if (chance < 0.88 && cluster.frontends.size < 7) cluster.join(`connector-${10 + step}`);
          else if (chance < 0.94) {
            const cut = random();
            cluster.isCut = (from, to) => from !== to && (from.length * 7 + to.length + cut * 100) % 3 < 1;
          } else cluster.isCut = () => false;
          if (random() < 0.5) await cluster.clock.letPass(250 * Math.ceil(random() * 4));
        }
        cluster.isCut = () => false;
        await cluster.settled(Promise.all(logins));
        await expectTruth(cluster, uids);
        if (policy !== 'many')
          for (const [uid, places] of cluster.connected)
            expect([policy, seed, uid, places.length]).toEqual([policy, seed, uid, 1]);
      }
  });
});

/** Mulberry32, a small generator of numbers that a seed gives again. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
