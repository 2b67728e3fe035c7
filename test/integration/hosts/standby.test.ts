import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../helpers/cluster-process.js';
import { EtcdCluster } from '../../helpers/etcd.js';
import { LeaderClaims } from '../../helpers/leader-claims.js';
import { type LabHost, NetLab } from '../../helpers/netlab.js';
import { goOn, livesOn, type Pids, patienceMs, ThreeMasters } from '../../helpers/three-masters.js';

let lab: NetLab;
let etcd: EtcdCluster;
beforeAll(async () => {
  lab = await NetLab.up(3);
  etcd = await EtcdCluster.onHosts(lab.hosts);
});
afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
  await etcd?.[Symbol.asyncDispose]();
});

describe('masters on three hosts, with an etcd on each', () => {
  let three: ThreeMasters;
  let games = 0;

  beforeEach(async () => {
    three = await ThreeMasters.begin(lab, etcd, `game-${++games}/`);
  });
  afterEach(async () => {
    await three?.[Symbol.asyncDispose]();
  });

  it('have one leader at any time when the leader’s host is cut off, which stops acting and stands by afterwards', async () => {
    const before = await three.pidsOn(0);
    const [host] = lab.hosts as [LabHost];
    const since = LeaderClaims.now();
    host.cut();
    const next = await three.takenOver('leader cut off', since);
    await three.masters[0]!.says('this master leads no more: its lease was not extended in time');
    // Its own server may die now: it must leave that to the one that leads, which cannot reach this host.
    const [pid] = livesOn(host);
    process.kill(pid!, 'SIGKILL');
    await three.masters[next]!.says('taken over');
    expect(livesOn(host)).toEqual([]);
    host.heal();
    await three.joinedAgain();
    const started = await eventually(() => livesOn(host)[0], 'chat-1 again, once', patienceMs);
    expect(started).not.toBe(pid);
    await three.allReady(next, { ...before, 'chat-1': undefined });
    expect(three.claims.overlaps).toEqual([]);
  });

  it('have one leader at any time when the leader hears nobody but is heard', async () => {
    const before = await three.pidsOn(0);
    const [host] = lab.hosts as [LabHost];
    const since = LeaderClaims.now();
    host.drop({ share: 1 });
    const next = await three.takenOver('leader deaf', since);
    await three.masters[0]!.says('this master leads no more');
    host.dropNothing();
    await three.joinedAgain();
    await three.allReady(next, before);
    expect(three.claims.overlaps).toEqual([]);
  });

  it('have one leader at any time when the leader is paused and goes on', async () => {
    const before = await three.pidsOn(0);
    const since = LeaderClaims.now();
    three.masters[0]!.child.kill('SIGSTOP');
    const next = await three.takenOver('leader paused', since);
    await three.allReady(next, before);
    goOn(three.masters[0]!);
    await three.masters[0]!.says('this master leads no more');
    await three.joinedAgain();
    await three.allReady(next, before);
    expect(three.claims.overlaps).toEqual([]);
  });

  it('take over when the leader is killed, and end together when an operator stops the cluster', async () => {
    const before = await three.pidsOn(0);
    const since = LeaderClaims.now();
    three.masters[0]!.child.kill('SIGKILL');
    const next = await three.takenOver('leader killed', since);
    await three.allReady(next, before);
    expect((await three.run(0, 'stop')).stdout) // where no master runs
      .toContain('3 servers and the master stopped');
    await Promise.all(three.masters.slice(1).map(({ ended }) => ended));
    expect(lab.hosts.flatMap(livesOn)).toEqual([]);
    expect(three.claims.overlaps).toEqual([]);
  });

  it('let one of them lead at once when the leader is told to end, and servers run on', async () => {
    const before = await three.pidsOn(0);
    const since = LeaderClaims.now();
    three.masters[0]!.child.kill('SIGTERM');
    expect(await three.masters[0]!.ended).toMatchObject({ code: 0 });
    expect(three.masters[0]!.stdout).toContain('this master has ended; 3 servers run on for the next one');
    const next = await three.takenOver('leader told to end', since);
    await three.allReady(next, before);
    expect(three.claims.overlaps).toEqual([]);
  });

  it('go on with a rolling restart that the leader was in the midst of when it was killed', async () => {
    const before = await three.pidsOn(0);
    const restart = three.beginOn(1, 'restart', '-t', 'chat', '--watch', '10s');
    const under = await eventually(
      async () => newLives(before, await three.pidsOn(1)),
      'the first server in its new life, which is watched',
      patienceMs,
    );
    expect(under).toEqual(['chat-1']);
    const since = LeaderClaims.now();
    three.masters[0]!.child.kill('SIGKILL');
    const next = await three.takenOver('leader killed in a rolling restart', since);

    const done = 'operation 1 (servers.restart) is done\n  done: chat-1, chat-2, chat-3';
    await eventually(
      async () => (await three.run(next, 'operations', 'watch', '1')).stdout.includes(done),
      'the end of the restart under the next master',
      120_000,
    );
    await three.allReady(next, {});
    expect(newLives(before, await three.pidsOn(next))).toEqual(['chat-1', 'chat-2', 'chat-3']);
    const operations = JSON.parse((await three.run(next, 'operations', '--json')).stdout);
    expect(operations).toMatchObject([{ id: 1, verb: 'servers.restart', state: 'done', left: [] }]);
    // Whoever had begun it was told where to look.
    expect((await restart.ended).stderr).toContain('pomelo-ts operations watch 1');
    expect(three.claims.overlaps).toEqual([]);
  }, 240_000);
});

/** Ids of servers that have another process now, in order; undefined while there is none. */
function newLives(before: Pids, now: Pids): readonly string[] | undefined {
  const ids = Object.keys(before).filter((id) => now[id] !== undefined && now[id] !== before[id]);
  return ids.length > 0 ? ids.sort() : undefined;
}
