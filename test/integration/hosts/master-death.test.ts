import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeGame } from '../../chaos/game.js';
import { Players } from '../../chaos/players.js';
import { livesIn } from '../../chaos/second-lives.js';
import { eventually, type RunningCommand, type TestGame } from '../../helpers/cluster-process.js';
import { type LabHost, NetLab } from '../../helpers/netlab.js';

let lab: NetLab;
let game: TestGame;
let master: RunningCommand;
let first: LabHost;
beforeAll(async () => {
  lab = await NetLab.up(2);
  first = lab.hosts[0]!;
  game = await makeGame(lab);
  game.on = first;
  for (const folder of ['.pomelo-ts', 'logs']) {
    mkdirSync(join(game.root, folder));
    await once(
      first.begin('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', join(game.root, folder)]),
      'close',
    );
  }
  writeFileSync(join(lab.directory, 'jumping.cjs'), jumping);
  master = await begin();
});
afterAll(async () => {
  await game?.run('stop', '-e', 'production');
  await lab?.[Symbol.asyncDispose]();
  await game?.[Symbol.asyncDispose]();
});

/** A wall clock that jumps an hour back at the first SIGUSR2, and a day ahead at the next. */
const jumping = `
const now = Date.now;
let offset = 0;
const jumps = [-3_600_000, 90_000_000];
Date.now = () => now() + offset;
process.on('SIGUSR2', () => { offset += jumps.shift() ?? 0; });
`;

async function begin(): Promise<RunningCommand> {
  const started = game.begin('start', '-e', 'production');
  await started.says('servers ready');
  return started;
}

const lives = () => Object.fromEntries([...livesIn(lab)].map(([id, pids]) => [id, pids]));

/** Waits until `list` shows all servers ready. */
const allReady = (): Promise<unknown> =>
  eventually(
    async () =>
      Object.values(await game.rows().catch(() => ({ none: { state: 'none' } }))).every(
        ({ state }) => state === 'ready',
      ),
    'all servers to be ready',
    25_000,
  );

/** Waits until all servers have told this master more of themselves than at first: none has left it again, for want of trust say. */
async function goOnUnder({ stdout }: RunningCommand): Promise<void> {
  expect(stdout).toContain('servers ready');
  const before = await game.rows();
  await eventually(async () => {
    const rows = Object.entries(await game.rows());
    return rows.every(([id, { state, uptime = 0 }]) => state === 'ready' && uptime > before[id]!.uptime! + 3);
  }, 'more words of all servers');
}

describe('a master that is killed while 200 clients play', () => {
  it('is noticed by none of them, and the next one takes over the same processes', async () => {
    const count = 200;
    using players = new Players(lab, {
      count,
      rooms: 8,
      gates: [{ host: first.address, port: 7000 }],
      seed: 1,
    });
    await eventually(async () => (await players.report()).playing === count, 'all to play', 30_000);
    const before = { lives: lives(), report: await players.report() };
    master.child.kill('SIGKILL');
    await master.ended;
    await eventually(
      async () => (await players.report()).settled > before.report.settled + 5 * count,
      'five answers for each without a master',
      30_000,
    );
    const alone = await players.report();
    expect(alone).toMatchObject({
      playing: count,
      cuts: before.report.cuts,
      unasked: 0,
      leaks: 0,
      repeats: 0,
    });
    expect(alone.pushes).toBeGreaterThan(before.report.pushes);
    master = await begin();
    expect(master.stdout).toContain('6 servers of a former master came back');
    await allReady();
    expect(lives()).toEqual(before.lives);
    expect(await players.report()).toMatchObject({ playing: count, cuts: before.report.cuts });
  });
});

describe('the host of a master', () => {
  it('may lose its power: the next master has the servers of other hosts as they are, and starts its own', async () => {
    const before = lives();
    await first.off();
    await first.on();
    game.on = first;
    for (const folder of ['.pomelo-ts', 'logs'])
      await once(
        first.begin('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', join(game.root, folder)]),
        'close',
      );
    master = await begin();
    await allReady();
    await goOnUnder(master);
    expect(lives()['chat-2']).toEqual(before['chat-2']);
    expect(lives()['chat-1']).toHaveLength(1);
    expect(lives()['chat-1']).not.toEqual(before['chat-1']);
  });

  it('may have its clock set: nothing happens', async () => {
    const before = lives();
    master.child.kill('SIGKILL');
    await master.ended;
    game.moreEnv = { NODE_OPTIONS: `--require ${join(lab.directory, 'jumping.cjs')}` };
    master = await begin();
    game.moreEnv = {};
    for (const _ of ['back', 'ahead']) {
      master.child.kill('SIGUSR2');
      await eventually(
        async () => Object.values(await game.rows()).every(({ uptime }) => (uptime ?? 0) > 0),
        'a list after the jump',
      );
      await allReady();
      expect(lives()).toEqual(before);
    }
  });

  it('may have a full disk: a server that crashes is started again, and the next master finds all of them', async () => {
    const files = ['.pomelo-ts', 'logs'].map((folder) => join(game.root, folder, 'filler'));
    for (const file of files)
      await once(first.begin('dd', ['if=/dev/zero', `of=${file}`, 'bs=64k']), 'close');
    const [crashed] = lives()['chat-1']!;
    process.kill(crashed!, 'SIGKILL');
    await eventually(() => {
      const [now, ...more] = lives()['chat-1'] ?? [];
      return now !== undefined && now !== crashed && more.length === 0;
    }, 'another life of chat-1');
    await allReady();
    const before = lives();
    await once(first.begin('rm', ['-f', ...files]), 'close');
    await eventually(async () => {
      const child = first.begin('cat', [
        join(game.root, '.pomelo-ts', 'servers', first.address, 'chat-1.json'),
      ]);
      let text = '';
      for await (const chunk of child.stdout!) text += String(chunk);
      return text.includes('"id":"chat-1"');
    }, 'the record of the new life');
    master.child.kill('SIGKILL');
    await master.ended;
    master = await begin();
    expect(master.stdout).toContain('6 servers of a former master came back');
    expect(lives()).toEqual(before);
  });
});
