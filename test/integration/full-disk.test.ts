import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { SmallDisk } from '../helpers/small-disk.js';

it('a master that begins while the disk is full takes over what runs, starts what crashes, and can be asked once there is room', async () => {
  const chat = [
    { id: 'chat-1', port: 6191 },
    { id: 'chat-2', port: 6192 },
  ];
  await using game = await TestGame.make({ chat }, { env: { POMELO_TS_SECRET: 'of the integration tests' } });
  using own = new SmallDisk(join(game.root, '.pomelo-ts'), 1024);
  using logs = new SmallDisk(join(game.root, 'logs'), 1024);
  const first = game.begin('start', '-e', 'production');
  await first.says('2 servers ready');
  const before = await game.rows();
  for (const disk of [own, logs]) disk.fill();
  first.child.kill('SIGKILL');
  await first.ended;
  const next = await game.run('start', '-D', '-e', 'production');
  expect(next.stdout).toContain('2 servers of a former master came back: chat-1, chat-2');
  process.kill(before['chat-1']!.pid!, 'SIGKILL');
  const pids = await eventually(() => {
    const now = game.pids().filter((pid) => pid !== before['chat-1']!.pid);
    return now.length === 3 && now; // two servers and the master
  }, 'another life of chat-1');
  expect(pids).toContain(before['chat-2']!.pid);
  for (const disk of [own, logs]) disk.makeRoom();
  const rows = await eventually(
    async () => {
      const now = await game.rows().catch(() => undefined); // the master has not told yet where it is
      return now?.['chat-1']?.state === 'ready' && now;
    },
    'a master that tells where it is',
    20_000,
  );
  expect(rows['chat-2']).toMatchObject({ state: 'ready', pid: before['chat-2']!.pid });
  expect((await game.run('stop')).code).toBe(0);
});

it('a disk that fills while the cluster runs is told of, costs no server, and is written to again once there is room', async () => {
  const chat = [
    { id: 'chat-1', port: 6191 },
    { id: 'chat-2', port: 6192 },
  ];
  const secret = { POMELO_TS_SECRET: 'of the integration tests' };
  await using game = await TestGame.make(
    { chat },
    { env: secret, master: { restart: { minBackOff: '4s' } } },
  );
  using own = new SmallDisk(join(game.root, '.pomelo-ts'), 1024);
  using logs = new SmallDisk(join(game.root, 'logs'), 1024);
  const master = game.begin('start', '-e', 'production');
  await master.says('2 servers ready');
  const before = await game.rows();
  const record = '.pomelo-ts/servers/127.0.0.1/chat-1.json';
  const isRecorded = (pid: number) =>
    existsSync(join(game.root, record)) && JSON.parse(game.read(record)).pid === pid;
  for (const disk of [own, logs]) disk.fill();
  process.kill(before['chat-1']!.pid!, 'SIGKILL');
  await eventually(() => !existsSync(join(game.root, record)), 'the end of the record');
  own.fill(); // where the record was
  const pid = await eventually(async () => {
    const row = (await game.rows())['chat-1']!;
    return row.state === 'ready' && row.pid !== before['chat-1']!.pid && row.pid!;
  }, 'another life of chat-1');
  await master.says('A host needs to be looked at.');
  expect(master.stdout).toMatch(/A host needs to be looked at\..*ENOSPC/);
  expect(isRecorded(pid)).toBe(false);
  const doctor = await game.run('doctor', '-e', 'production');
  expect(doctor.stdout).toMatch(/^✖ disk {5}nothing can be written to \.pomelo-ts\/ here: ENOSPC/m);
  expect(doctor.stdout).toContain('2 servers of 2 ready');
  expect(doctor.stdout).not.toMatch(/kill \d/);
  for (const disk of [own, logs]) disk.makeRoom();
  await eventually(() => isRecorded(pid), 'a record of the life that runs');
  expect((await game.rows())['chat-2']).toMatchObject({ pid: before['chat-2']!.pid, restarts: 0 });
  expect((await game.run('stop', '-e', 'production')).code).toBe(0);
  expect((await master.ended).code).toBe(0);
  expect(game.pids()).toEqual([]);
});

describe('a game on a full disk', () => {
  const chat = [
    { id: 'chat-1', port: 6193 },
    { id: 'chat-2', port: 6194 },
  ];

  /** A game whose disk was full before its first start. */
  async function full() {
    const game = await TestGame.ofReference({ chat });
    game.moreEnv = { POMELO_TS_SECRET: 'of the integration tests' };
    const disks = ['.pomelo-ts', 'logs'].map((folder) => new SmallDisk(join(game.root, folder), 1024));
    for (const disk of disks) disk.fill();
    return { game, disks };
  }

  it('is told of at once, and is listed, looked at and stopped as any other', async () => {
    const { game, disks } = await full();
    await using _ = game;
    using _own = disks[0]!;
    using _logs = disks[1]!;
    const started = await game.run('start', '-D', '-e', 'production');
    expect(started.code, started.stderr).toBe(0);
    for (const folder of ['.pomelo-ts', 'logs'])
      expect(started.stderr).toMatch(
        new RegExp(`warning nothing can be written to ${folder}/ on 127\\.0\\.0\\.1 \\(ENOSPC`),
      );
    const rows = await game.rows();
    expect(rows).toMatchObject({ 'chat-1': { state: 'ready' }, 'chat-2': { state: 'ready' } });
    const doctor = await game.run('doctor', '-e', 'production');
    expect(doctor.stdout).toMatch(/^✖ disk {5}nothing can be written to logs\/ here: ENOSPC/m);
    expect(doctor.stdout).toContain('2 servers of 2 ready');
    expect(doctor.stdout).not.toMatch(/kill \d/);
    expect((await game.run('stop', '-e', 'production')).code).toBe(0);
    expect(game.pids()).toEqual([]);
  });

  it('has its servers taken over by the next master, and killed by kill', async () => {
    const { game, disks } = await full();
    await using _ = game;
    using _own = disks[0]!;
    using _logs = disks[1]!;
    await game.run('start', '-D', '-e', 'production');
    const before = await game.rows();
    const servers = Object.values(before).map(({ pid }) => pid!);
    const master = () => game.pids().filter((pid) => !servers.includes(pid));
    process.kill(master()[0]!, 'SIGKILL');
    await eventually(() => master().length === 0, 'the end of the master');
    const doctor = await game.run('doctor', '-e', 'production');
    expect(doctor.stdout).not.toMatch(/kill \d/);
    expect(doctor.stdout).toMatch(/^✔ ports {4}.*2 ports of processes of this game that run already/m);
    expect((await game.run('stop', '-e', 'production')).stderr).toContain(
      '2 servers of a former one live on',
    );
    const next = await game.run('start', '-D', '-e', 'production');
    expect(next.stdout).toContain('2 servers of a former master came back: chat-1, chat-2');
    expect((await game.rows())['chat-2']!.pid).toBe(before['chat-2']!.pid);
    const killed = await game.run('kill', '-e', 'production');
    expect(killed).toMatchObject({ code: 0, stdout: '2 servers and the master killed\n' });
    expect(game.pids()).toEqual([]);
  });
});

it('an order that cannot be written down as the disk is full names the file and the cure, and leaves nothing half', async () => {
  const chat = [{ id: 'chat-1', port: 6191 }];
  await using game = await TestGame.make({ chat }, { env: { POMELO_TS_SECRET: 'of the integration tests' } });
  using own = new SmallDisk(join(game.root, '.pomelo-ts'), 1024);
  const started = await game.run('start', '-D', '-e', 'production');
  expect(started.code, started.stderr).toBe(0);
  own.fill();
  const { code, stderr } = await game.run('add', 'serverType=chat', 'id=chat-2', 'port=6192');
  expect([code, stderr]).toEqual([
    1,
    expect.stringMatching(
      /topology\.production\.json cannot be written: ENOSPC.*make room there, df -h .*\.pomelo-ts shows how much there is/,
    ),
  ]);
  expect(game.files('.pomelo-ts').filter((name) => name.endsWith('.new'))).toEqual([]);
  own.makeRoom();
  expect((await game.run('stop')).code).toBe(0);
});
