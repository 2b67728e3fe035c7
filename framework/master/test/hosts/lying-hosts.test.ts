import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MasterSettings, ServerEntry, ServerSettings } from '@pomelo-ts/cluster';
import { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, newBootId, reasonOf, silentLogger, systemClock } from '@pomelo-ts/common';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { AgentMethod } from '../../src/hosts/agent-messages.js';
import { Hosts } from '../../src/hosts/hosts.js';
import { lookAtHosts } from '../../src/hosts/look-at-hosts.js';
import type { Progress } from '../../src/long-operations/progress.js';
import { requireAlone } from '../../src/runtime/other-master.js';
import { HostReadiness } from '../../src/servers/host-readiness.js';
import { ServerOperations } from '../../src/servers/server-operations.js';
import { Adoption } from '../../src/supervisor/adoption.js';
import { Supervisor } from '../../src/supervisor.js';
import { MemoryLauncher, MemoryProcess } from '../memory-launcher.js';
import { entry } from '../supervisor-bench.js';
import { type Lie, LyingHost, waysTo } from './lying-host.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'pomelo-ts-lying-hosts-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const [liar, honest] = ['host-that-lies', 'host-that-does-not'];
const entriesWith = (more: Partial<ServerEntry>): readonly ServerEntry[] => [
  entry('chat-1', { host: liar, restartForce: true, args: ['--import', './hook.js'], ...more }),
  entry('chat-2', { host: honest, autoRestart: true }),
];

/** How much faster time goes by for hosts that are waited for; an honest one has still to answer in it on a busy machine. */
const hurry = 6;
const hurried: Clock = {
  now: () => systemClock.now() * hurry,
  after: (ms, fn) => systemClock.after(ms / hurry, fn),
  every: (ms, fn) => systemClock.every(ms / hurry, fn),
};

const keys = { link: [], rpc: [] };
const bootOf = (id: string, bootId: string) => ({
  ...{ id, bootId, masters: [], keys, buildId: '1', root: '/' },
  exitWithParent: false,
});

/** What a master does with two hosts, one of which lies. */
class Cluster implements AsyncDisposable {
  readonly told: string[] = [];
  readonly hub: LinkHub;
  readonly launcher: MemoryLauncher;
  readonly supervisor: Supervisor;
  readonly #hosts: Hosts;
  readonly #adoption: Adoption;
  readonly #operations: ServerOperations;
  readonly ways: Pick<MasterSettings, 'ssh' | 'hosts'>;

  static async up(more: Partial<ServerEntry> = {}): Promise<Cluster> {
    const entries = entriesWith(more);
    const launcher = (): MemoryLauncher => cluster.launcher;
    const hosts = await Promise.all([liar, honest].map((name) => LyingHost.up(name, entries, launcher)));
    const cluster: Cluster = new Cluster(hosts[0]!, hosts[1]!, entries);
    return cluster;
  }

  private constructor(
    readonly liar: LyingHost,
    readonly honest: LyingHost,
    readonly entries: readonly ServerEntry[],
  ) {
    const settingsOf = (id: string) =>
      ({ server: entries.find((server) => server.id === id)! }) as ServerSettings;
    this.hub = new LinkHub({ serverIds: () => entries.map(({ id }) => id), settingsOf, clock: systemClock });
    this.launcher = new MemoryLauncher(() => this.hub, systemClock);
    this.ways = waysTo([liar, honest], mkdtempSync(join(directory, 'ways-'))) as Pick<
      MasterSettings,
      'ssh' | 'hosts'
    >;
    this.#hosts = new Hosts({ ...this.options, term: 5, clock: hurried });
    const usual = { minBackOffMs: 10, maxBackOffMs: 100, limit: 10, withinMs: 1000 };
    this.supervisor = new Supervisor({
      ...{ servers: entries, hub: this.hub, hosts: this.#hosts, onKeptChanged: () => {} },
      bootData: bootOf,
      timing: () => ({ startTimeoutMs: 5000, stopTimeoutMs: 500, restart: usual }),
      ...{ hangMs: 3000, clock: systemClock, logger: silentLogger },
    });
    const { hub, supervisor } = this;
    const parts = { hosts: this.#hosts, supervisor, clock: systemClock, logger: silentLogger };
    this.#adoption = new Adoption({ ...parts, term: 5, secretIsNew: () => false, joinMs: 3000 });
    this.#operations = new ServerOperations({
      ...{ hub, supervisor, adoption: this.#adoption, clock: systemClock, hooksMs: () => 1000 },
      readiness: new HostReadiness(this.#hosts, supervisor),
      entries: () => entries,
    });
  }

  readonly #tell = (progress: Progress) => {
    if (progress.kind === 'warning') this.told.push(progress.text);
  };

  get options() {
    const master = { ...this.ways, masters: [{ host: 'master', port: 1 }], host: 'master' };
    return {
      config: () => ({ root: '/srv/game', master: master as unknown as MasterSettings }),
      ...{ bootScript: '/srv/game/boot.js', agentScript: '/srv/game/agent.js', buildId: '1' },
      logger: silentLogger,
    };
  }

  /** A life that a former master has left. */
  left(id: string) {
    const bootId = newBootId();
    this.hub.admit(id); // it was let in by that one
    return this.launcher.launch(this.entries.find((one) => one.id === id)!, bootOf(id, bootId));
  }

  /** One whose line to the master is cut. */
  cutOff(id: string): MemoryProcess {
    const life = new MemoryProcess(77, false, newBootId(), systemClock);
    this.launcher.lives[id] = [life];
    return life;
  }

  /** Takes over what runs, and starts the rest. */
  async begin(): Promise<readonly string[]> {
    await this.#hosts.locate([liar, honest]);
    const leaderAt = async () => undefined;
    const unreached = await requireAlone({
      hosts: this.#hosts,
      servers: this.entries,
      clock: hurried,
      leaderAt,
    });
    await this.#adoption.run(this.entries, unreached);
    return this.start();
  }

  start(ids = ['chat-1', 'chat-2'], named: readonly string[] = []): Promise<readonly string[]> {
    return this.#operations.start(ids, named, this.#tell);
  }

  stop(): Promise<readonly string[]> {
    return this.#operations.stop(['chat-1', 'chat-2'], this.#tell);
  }

  state(id: string): string {
    return this.supervisor.record(id).state;
  }

  living(id: string) {
    return (this.launcher.lives[id] ?? []).filter(({ ended }) => !ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.supervisor.abandon();
    this.#hosts.close();
    for (const life of Object.values(this.launcher.lives).flat()) life.end({ code: 0, signal: null });
    this.hub.close();
    await Promise.all([this.liar[Symbol.asyncDispose](), this.honest[Symbol.asyncDispose]()]);
  }
}

const odd = JSON.parse('{"toString":1,"valueOf":1,"__proto__":{"length":1}}') as object;
const forged = { message: 'a\nb'.repeat(100_000), code: 'MASTER_LEADS', facts: { host: 'x', leader: 'y' } };
const lies: Readonly<Record<string, Lie>> = {
  'says nothing': 'silence',
  'fails with what is no error of its own': { error: forged },
  'answers what is no answer': { result: odd },
};
/** What is asked before a server there could be started. */
const before: readonly AgentMethod[] = ['acting', 'elsewhere', 'left', 'facts', 'missingFiles', 'launch'];
const cases = before.flatMap((method) => Object.entries(lies).map(([what, lie]) => ({ method, what, lie })));

describe.concurrent('a host whose agent', () => {
  it.for(cases)(
    '$what when it is asked for $method keeps no other from having its master',
    async ({ method, lie }, { expect }) => {
      await using cluster = await Cluster.up();
      const life = cluster.left('chat-2');
      cluster.liar.lies = { [method]: lie };
      await cluster.begin();
      expect(cluster.supervisor.record('chat-2')).toMatchObject({ state: 'ready', bootId: life.bootId });
      for (const text of cluster.told) {
        expect(text).toContain(liar);
        expect(text.length).toBeLessThan(1000);
      }
      if (cluster.state('chat-1') !== 'ready')
        expect(cluster.told.join('\n')).toContain('chat-1 will be started when that is mended.');
      cluster.liar.lies = {};
      await expect.poll(() => cluster.state('chat-1'), { timeout: 25_000 }).toBe('ready');
      expect(cluster.living('chat-1')).toHaveLength(1);
      expect(cluster.living('chat-2')).toEqual([life]);
    },
  );
});

/** So many lives that never were, of one server. */
const forgedLives = (many: number) =>
  Array.from({ length: many }, (_, n) => ({ id: 'chat-1', bootId: `b${n}`, pid: 7, start: String(n) }));

describe.concurrent('a host that tells of lives that there are not', () => {
  it('has one of each server believed, the newest, and its servers heal when it tells the truth', async ({
    expect,
  }) => {
    await using cluster = await Cluster.up();
    const life = cluster.left('chat-2');
    cluster.liar.lies = { left: { result: forgedLives(5000) }, ended: 'silence' };
    await cluster.begin();
    expect(cluster.supervisor.record('chat-2')).toMatchObject({ state: 'ready', bootId: life.bootId });
    expect(cluster.liar.asked.filter((method) => method === 'ended').length).toBeLessThan(5);
    expect(cluster.liar.asked.filter((method) => method === 'kill').length).toBeLessThan(5);
    cluster.liar.lies = {};
    await cluster.start();
    await expect.poll(() => cluster.state('chat-1'), { timeout: 25_000 }).toBe('ready');
    expect(cluster.living('chat-1')).toHaveLength(1);
  });

  it.for([
    ['which it takes back', { restartForce: true }, {}],
    ['which it takes back', { restartForce: false }, {}],
    ['of whose ends it never tells', { restartForce: true }, { ended: 'silence' }],
  ] as const)(
    'and does not answer while they are waited for, %s, has its server started when it answers again (%o)',
    async ([, settings, later], { expect }) => {
      await using cluster = await Cluster.up(settings);
      cluster.left('chat-2');
      cluster.liar.lies = { left: { result: forgedLives(1) }, ended: 'silence', ping: 'silence' };
      await cluster.begin();
      expect(cluster.state('chat-1')).toBe('starting'); // its life may play on there
      cluster.liar.lies = later;
      cluster.liar.cut(); // it is asked again for what it has not answered
      await expect.poll(() => cluster.state('chat-1'), { timeout: 25_000 }).toBe('ready');
      expect(cluster.living('chat-1')).toHaveLength(1);
    },
  );

  it('of more than any host has is not believed at all', async ({ expect }) => {
    await using cluster = await Cluster.up();
    cluster.left('chat-2');
    cluster.liar.lies = { left: { result: forgedLives(10_001) } };
    await cluster.begin();
    expect(cluster.told.join()).toMatch(/host-that-lies was lost: what it answers to left is no answer/);
    cluster.liar.lies = {};
    await expect.poll(() => cluster.state('chat-1'), { timeout: 25_000 }).toBe('ready');
  });
});

describe.concurrent('a server that lives on a host which could not be asked for it', () => {
  it.for(
    (['acting', 'left'] as const).flatMap((method) =>
      Object.entries(lies).map(([what, lie]) => ({ method, what, lie })),
    ),
  )(
    '(it $what when asked for $method) is taken over when it can, and nothing is started in its place',
    async ({ method, lie }, { expect }) => {
      await using cluster = await Cluster.up();
      cluster.left('chat-2');
      const life = cluster.cutOff('chat-1');
      cluster.liar.lies = { [method]: lie };
      await cluster.begin();
      expect(cluster.told.join()).toContain('chat-1 will be started when that is mended.');
      cluster.liar.lies = {};
      await expect.poll(() => cluster.supervisor.record('chat-1').bootId).toBe(life.bootId);
      expect(life.signals).toEqual([]);
      expect(cluster.living('chat-1')).toEqual([life]);
    },
  );
});

describe.concurrent('a host that says that a server lives which has not come back', () => {
  it('keeps no other from having its master, which tells so', async ({ expect }) => {
    await using cluster = await Cluster.up({ restartForce: false });
    const life = cluster.left('chat-2');
    cluster.liar.lies = { left: { result: forgedLives(1) }, ended: 'silence' };
    await cluster.begin();
    expect(cluster.supervisor.record('chat-2')).toMatchObject({ state: 'ready', bootId: life.bootId });
    const told = async () => {
      await cluster.start(); // again, as a busy machine may keep the host from answering in time
      return [...new Set(cluster.told)];
    };
    await expect
      .poll(told, { timeout: 25_000 })
      .toEqual([
        'host-that-lies says so: chat-1 did not start: its process of a former master (pid 7) lives but has not come back; pomelo-ts kill ends it',
      ]);
  });
});

describe.concurrent('a host whose server does not come', () => {
  const ended = { exit: { code: 1, signal: null }, lines: ['so it says'] };
  it.for([
    ['says that it runs and starts nothing', { launch: { result: 7 }, ended: 'silence' }, true],
    ['says that it runs and starts nothing', { launch: { result: 7 }, ended: 'silence' }, false],
    ['says that it runs, and that it has ended', { launch: { result: 7 }, ended: { result: ended } }, true],
  ] as const)(
    'as its agent %s keeps no other from having its master, and heals (%o, autoRestart %s)',
    async ([, lies, autoRestart], { expect }) => {
      await using cluster = await Cluster.up({ autoRestart, restartForce: false });
      const life = cluster.left('chat-2');
      cluster.liar.lies = lies;
      expect(await cluster.begin()).toEqual([]);
      expect(cluster.supervisor.record('chat-2')).toMatchObject({ state: 'ready', bootId: life.bootId });
      expect(cluster.told.join('\n')).toMatch(
        /chat-1 (did not|was not)(.|\n)*chat-1 will be started when that is mended\./,
      );
      cluster.liar.lies = {};
      await expect.poll(() => cluster.state('chat-1'), { timeout: 25_000 }).toBe('ready');
      expect(cluster.living('chat-1')).toHaveLength(1);
      expect(cluster.living('chat-2')).toEqual([life]);
    },
  );

  it('as its process hangs has that ended, and another started', async ({ expect }) => {
    await using cluster = await Cluster.up({ autoRestart: true });
    const life = cluster.left('chat-2');
    cluster.launcher.behaviour['chat-1'] = { ready: false, deaf: true };
    await cluster.begin();
    expect(cluster.told.join('\n')).toContain('chat-1 will be started when that is mended.');
    expect(cluster.living('chat-1').filter(({ signals }) => signals.length > 0)).toEqual([]);
    cluster.launcher.behaviour['chat-1'] = {};
    await expect.poll(() => cluster.state('chat-1'), { timeout: 25_000 }).toBe('ready');
    expect(cluster.living('chat-2')).toEqual([life]);
  });

  it('is told of by an error when the whole game is started, or when it was named', async ({ expect }) => {
    await using cluster = await Cluster.up({ autoRestart: false, restartForce: false });
    cluster.liar.lies = { launch: { result: 7 }, ended: { result: ended } };
    await expect(cluster.begin()).rejects.toThrow('chat-1 did not start');
    expect(cluster.state('chat-2')).toBe('down');
    await cluster.start(['chat-2']);
    await expect(cluster.start(['chat-1'], ['chat-1'])).rejects.toThrow('chat-1 did not start');
    expect([cluster.state('chat-1'), cluster.state('chat-2')]).toEqual(['down', 'ready']);
  });
});

describe.concurrent('a server on a host whose agent', () => {
  it.for([
    ['says nothing', 'kill', 'silence'],
    ['says that it is done and does nothing', 'kill', { result: null }],
    ['fails', 'kill', { error: forged }],
    ['says nothing', 'lastLines', 'silence'],
    ['fails', 'lastLines', { error: forged }],
    ['answers nonsense', 'lastLines', { result: odd }],
  ] as const)(
    '%s when it is asked for %s is stopped in bounded time, as all others',
    async ([, method, lie], { expect }) => {
      await using cluster = await Cluster.up();
      await cluster.begin();
      cluster.liar.lies = { [method]: lie };
      const [life] = cluster.living('chat-1');
      life!.freeze();
      await cluster.stop();
      expect(cluster.living('chat-2')).toEqual([]);
      expect([cluster.state('chat-1'), cluster.state('chat-2')]).toEqual(['down', 'down']);
      if (method === 'kill') expect(cluster.told.join()).toContain('chat-1 may still run: host-that-lies');
    },
  );
});

describe.concurrent('a look at the hosts', () => {
  it.for(
    (['facts', 'missingFiles', 'acting'] as const).flatMap((method) =>
      Object.entries(lies).map(([what, lie]) => ({ method, what, lie })),
    ),
  )(
    'tells of one whose agent $what when it is asked for $method, and of all others',
    async ({ method, lie }, { expect }) => {
      await using cluster = await Cluster.up();
      cluster.liar.lies = { [method]: lie };
      const { seen, unusable } = await lookAtHosts(
        cluster.entries,
        { ...cluster.options, clock: hurried },
        Date.now,
      );
      expect([...seen.keys()]).toEqual([honest]);
      expect([...unusable.keys()]).toEqual([liar]);
      expect(reasonOf(unusable.get(liar))).toMatch(/host-that-lies [^\p{Cc}]{1,600}$/u);
    },
  );
});
