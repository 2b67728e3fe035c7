import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const production = { env: { POMELO_TS_SECRET: 'of the integration tests, and long enough' } };
const daemon = ['-D', '-e', 'production'];

/** A game that runs, and what another folder needs to be the next release of it. */
async function started() {
  const chat = [
    { id: 'chat-1', port: await freePort() },
    { id: 'chat-2', port: await freePort() },
  ];
  const make = async () => {
    const game = await TestGame.make({ chat }, { ownBoot: true, ...production });
    game.write('package.json', { type: 'module' });
    writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
    return game;
  };
  const [first, next] = await Promise.all([make(), make()]);
  cpSync(join(first.root, 'config'), join(next.root, 'config'), { recursive: true });
  expect(await first.run('start', ...daemon)).toMatchObject({ code: 0 });
  const master = Number(first.read('.pomelo-ts/master.pid'));
  return { first, next, chat, master, before: await first.rows() };
}

async function crash(game: TestGame, master: number): Promise<void> {
  process.kill(master, 'SIGKILL');
  await eventually(() => !game.pids().includes(master), 'the end of the master');
}

it('a game that is started from another folder leaves the servers that run alone, and names them and their folder', async () => {
  const { first, next, chat, master, before } = await started();
  await using _ = first;
  await using __ = next;
  const beside = await next.run('doctor', '-e', 'production');
  expect(beside.stdout).toContain(
    `which the master of the game in the folder ${first.root} has (pid ${master})`,
  );
  expect(beside.stdout).toContain(`pomelo-ts stop in ${first.root} ends that game`);
  expect(beside.stdout).not.toContain('if nobody needs it');
  await crash(first, master);
  const refused = await next.run('start', ...daemon);
  expect(refused.code).toBe(1);
  for (const { id, port } of chat)
    expect(refused.stderr).toContain(`${id} (pid ${before[id]!.pid}, port ${port})`);
  expect(refused.stderr).toContain(`run already, from the folder ${first.root}. Nothing was touched`);
  expect(next.pids()).toEqual([]);
  const { stdout } = await next.run('doctor', '-e', 'production');
  for (const { id, port } of chat)
    expect(stdout).toContain(
      `${id} will want 127.0.0.1:${port}, which ${id} of the game in the folder ${first.root} has (pid ${before[id]!.pid})`,
    );
  expect(stdout).toContain(`pomelo-ts kill in ${first.root} ends it`);
  expect(stdout).not.toContain('if nobody needs it');
  const again = await first.run('start', ...daemon);
  expect(again.stdout).toContain('2 servers of a former master came back: chat-1, chat-2');
  const pidsOf = (rows: typeof before) => Object.values(rows).map(({ pid }) => pid);
  expect(pidsOf(await first.rows())).toEqual(pidsOf(before));
  expect((await first.run('kill')).code).toBe(0);
  expect(await next.run('start', ...daemon)).toMatchObject({ code: 0 });
  expect((await next.run('stop')).code).toBe(0);
});

it('kill in a copy of a game’s folder ends nothing of the original', async () => {
  const { first, next, master } = await started();
  await using _ = first;
  await using __ = next;
  cpSync(join(first.root, '.pomelo-ts'), join(next.root, '.pomelo-ts'), { recursive: true });
  const killed = await next.run('kill', '-e', 'production');
  expect(killed).toMatchObject({ code: 0, stdout: 'nothing runs\n' });
  const rows = await first.rows();
  expect(rows).toMatchObject({ 'chat-1': { state: 'ready' }, 'chat-2': { state: 'ready' } });
  expect(first.pids()).toContain(master);
  expect(existsSync(join(first.root, '.pomelo-ts/master.json'))).toBe(true);
  expect((await first.run('stop')).code).toBe(0);
});
