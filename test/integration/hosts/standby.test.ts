import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, fixtureServer, type RunningCommand, TestGame } from '../../helpers/cluster-process.js';
import { EtcdCluster } from '../../helpers/etcd.js';
import { LeaderClaims } from '../../helpers/leader-claims.js';
import { type LabHost, NetLab, sshPort } from '../../helpers/netlab.js';

const secret = 'the secret of a game with several masters';
const port = 3005;
/** Longest wait for what takes seconds, in ms: a busy machine has its time, too. */
const patienceMs = 40_000;

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

/** Pids of the servers' processes on a host. */
function livesOn({ pids }: LabHost): number[] {
  return pids.filter((pid) => {
    try {
      const [, script] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      return script === fixtureServer && !/^.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
    } catch {
      return false; // it ended meanwhile
    }
  });
}

describe('masters on three hosts, with an etcd on each', () => {
  let game: TestGame;
  let claims: LeaderClaims;
  let masters: RunningCommand[];
  let games = 0;

  beforeEach(async () => {
    const chat = lab.hosts.map(({ address: host }, at) => ({ id: `chat-${at + 1}`, host, port: 6000 }));
    const env = { HOME: lab.home, POMELO_TS_SECRET: secret };
    game = await TestGame.make(
      { chat: chat.map((entry) => ({ ...entry, 'auto-restart': true })) },
      {
        env,
        master: {
          port,
          masters: lab.hosts.map(({ address: host }) => ({ host, port })),
          store: { kind: 'etcd', endpoints: etcd.endpoints, prefix: `game-${++games}/` },
          ssh_config_params: [`-p ${sshPort}`, '-o ConnectTimeout=2'],
        },
      },
    );
    await Promise.all(lab.hosts.map((host, at) => ownState(host, at)));
    claims = new LeaderClaims(lab.hosts, port, { POMELO_TS_SECRET: secret });
    const first = begin(0);
    await first.says('3 servers ready');
    const others = [begin(1), begin(2)];
    for (const other of others) await other.says(`standby: the master at ${lab.hosts[0]!.address}:${port}`);
    masters = [first, ...others];
  });
  afterEach(async () => {
    for (const host of lab.hosts) {
      host.heal();
      host.dropNothing();
    }
    claims?.[Symbol.dispose]();
    for (const master of masters) goOn(master);
    await game?.[Symbol.asyncDispose]();
  });

  /** Each host has a state folder of its own where the others have theirs. */
  async function ownState(host: LabHost, at: number): Promise<void> {
    const [folder, own] = [join(game.root, '.pomelo-ts'), join(game.root, `state-${at + 1}`)];
    for (const path of [folder, own]) mkdirSync(path, { recursive: true });
    await ended(host.begin('mount', ['--bind', own, folder]));
  }

  function begin(at: number): RunningCommand {
    game.on = lab.hosts[at];
    return game.begin('start', '-e', 'production');
  }

  /** What `list` says on a host, by id. */
  async function rowsOn(at: number): Promise<Record<string, { state: string; pid?: number }>> {
    game.on = lab.hosts[at];
    const { stdout, stderr } = await game.run('list', '--json', '-e', 'production');
    if (!stdout) throw new Error(stderr);
    return Object.fromEntries(JSON.parse(stdout).map((row: { id: string }) => [row.id, row]));
  }

  /** Waits until a master on another host than the first leads; gives its place, and tells how long it took. */
  async function takenOver(what: string, since: number): Promise<number> {
    const later = await eventually(
      () => claims.all.find(({ host }) => host !== lab.hosts[0]!.address),
      'the takeover',
      patienceMs,
    );
    console.log(`${what}: another master leads after ${Math.round(later.received - since)} ms`);
    return lab.hosts.findIndex(({ address }) => address === later.host);
  }

  /**
   * Waits until the master that led first stands by another one. On a busy machine the lease may pass on once more: then it is
   * enough that it was elected anew.
   */
  async function joinedAgain(): Promise<void> {
    const [own] = lab.hosts as [LabHost];
    const others = lab.hosts.slice(1).map(({ address }) => `standby: the master at ${address}:${port}`);
    const first = Math.min(...claims.of(own).map(({ term }) => term));
    await eventually(
      () =>
        others.some((text) => masters[0]!.stdout.includes(text)) ||
        claims.of(own).some(({ term }) => term > first),
      'the former leader under another one, or elected anew',
      patienceMs,
    );
  }

  /** All servers are ready with these pids, where they are given, and each of them has one process. */
  async function allReady(at: number, pids: Readonly<Record<string, number | undefined>>): Promise<void> {
    await eventually(
      async () => {
        const rows = Object.entries(await rowsOn(at).catch(() => ({}) as Awaited<ReturnType<typeof rowsOn>>));
        return (
          rows.length === 3 &&
          rows.every(([id, { state, pid }]) => state === 'ready' && pid === (pids[id] ?? pid))
        );
      },
      `the same servers under the master on host ${at + 1}`,
      patienceMs,
    );
    expect(lab.hosts.map((host) => livesOn(host).length)).toEqual([1, 1, 1]);
  }

  async function pidsOn(at: number): Promise<Record<string, number | undefined>> {
    return Object.fromEntries(Object.entries(await rowsOn(at)).map(([id, { pid }]) => [id, pid]));
  }

  it('have one leader at any time when the leader’s host is cut off, which stops acting and stands by afterwards', async () => {
    const before = await pidsOn(0);
    const [host] = lab.hosts as [LabHost];
    const since = LeaderClaims.now();
    host.cut();
    const next = await takenOver('leader cut off', since);
    await masters[0]!.says('this master leads no more: its lease was not extended in time');
    // Its own server may die now: it must leave that to the one that leads, which cannot reach this host.
    const [pid] = livesOn(host);
    process.kill(pid!, 'SIGKILL');
    await masters[next]!.says('taken over');
    expect(livesOn(host)).toEqual([]);
    host.heal();
    await joinedAgain();
    const started = await eventually(() => livesOn(host)[0], 'chat-1 again, once', patienceMs);
    expect(started).not.toBe(pid);
    await allReady(next, { ...before, 'chat-1': undefined });
    expect(claims.overlaps).toEqual([]);
  });

  it('have one leader at any time when the leader hears nobody but is heard', async () => {
    const before = await pidsOn(0);
    const [host] = lab.hosts as [LabHost];
    const since = LeaderClaims.now();
    host.drop({ share: 1 });
    const next = await takenOver('leader deaf', since);
    await masters[0]!.says('this master leads no more');
    host.dropNothing();
    await joinedAgain();
    await allReady(next, before);
    expect(claims.overlaps).toEqual([]);
  });

  it('have one leader at any time when the leader is paused and goes on', async () => {
    const before = await pidsOn(0);
    const since = LeaderClaims.now();
    masters[0]!.child.kill('SIGSTOP');
    const next = await takenOver('leader paused', since);
    await allReady(next, before);
    goOn(masters[0]!);
    await masters[0]!.says('this master leads no more');
    await joinedAgain();
    await allReady(next, before);
    expect(claims.overlaps).toEqual([]);
  });

  it('take over when the leader is killed, and end together when an operator stops the cluster', async () => {
    const before = await pidsOn(0);
    const since = LeaderClaims.now();
    masters[0]!.child.kill('SIGKILL');
    const next = await takenOver('leader killed', since);
    await allReady(next, before);
    game.on = lab.hosts[0]; // where no master runs
    expect((await game.run('stop', '-e', 'production')).stdout).toContain('3 servers and the master stopped');
    await Promise.all(masters.slice(1).map(({ ended }) => ended));
    expect(lab.hosts.flatMap(livesOn)).toEqual([]);
    expect(claims.overlaps).toEqual([]);
  });

  it('let one of them lead at once when the leader is told to end, and servers run on', async () => {
    const before = await pidsOn(0);
    const since = LeaderClaims.now();
    masters[0]!.child.kill('SIGTERM');
    expect(await masters[0]!.ended).toMatchObject({ code: 0 });
    expect(masters[0]!.stdout).toContain('this master has ended; 3 servers run on for the next one');
    const next = await takenOver('leader told to end', since);
    await allReady(next, before);
    expect(claims.overlaps).toEqual([]);
  });
});

/** Lets a process go on that was paused: nsenter, which stands before it, has paused itself with it. */
function goOn({ child }: RunningCommand): void {
  if (child.exitCode === null && child.signalCode === null) process.kill(child.pid!, 'SIGCONT');
}

async function ended(child: ReturnType<LabHost['begin']>): Promise<void> {
  let said = '';
  child.stderr!.on('data', (chunk) => {
    said += String(chunk);
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`it ended with ${code}: ${said}`);
}
