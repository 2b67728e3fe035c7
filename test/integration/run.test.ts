import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@pomelo-ts/client';
import { describe, expect, it } from 'vitest';
import { eventually, TestGame, type TestRow } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const chat = (n: number, more: object = {}) => ({ id: `chat-${n}`, port: 6150 + n, ...more });
const gate = { id: 'gate-1', clientPort: 6158, frontend: true };
const external = { external: true };
const production = { env: { POMELO_TS_SECRET: 'of the integration tests' } };
const daemon = ['-D', '-e', 'production'];

const inState = (game: TestGame, id: string, state: string): Promise<TestRow> =>
  eventually(async () => {
    const { [id]: row } = await game.rows();
    return row?.state === state && row;
  }, `${id} ${state}`);

const killMaster = async (game: TestGame) => {
  process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
  await eventually(async () => (await game.run('list')).code === 1, 'the master’s end');
};

describe('run', () => {
  it('waits for a master, joins through the link, and ends with 0 when an operator stops it', async () => {
    await using game = await TestGame.make({ chat: [chat(1, external)], gate: [gate] }, production);
    const run = game.begin('run', '--server', 'chat-1', '-e', 'production');
    await run.says('waits: no master answers at 127.0.0.1:');
    const start = await game.run('start', ...daemon);
    expect(start.stdout).toContain('1 server ready');
    const row = await inState(game, 'chat-1', 'ready');
    expect(row).toMatchObject({ external: true, restarts: 0 });
    expect((await game.run('list')).stdout).toMatch(/^chat-1 .* ready, external/m);
    expect((await game.run('stop', 'chat-1')).stdout).toContain('1 server stopped');
    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
    expect((await game.rows())['chat-1']).toMatchObject({ state: 'down' });
  });

  it('is never done by the master for a server that is external', async () => {
    await using game = await TestGame.make({ chat: [chat(1, external)], gate: [gate] }, production);
    const { stdout } = await game.run('start', ...daemon);
    expect(stdout).toContain('to be run by others (pomelo-ts run --server …): chat-1\n');
    const named = await game.run('start', '-i', 'chat-1');
    expect(named.stderr).toContain('chat-1 is marked as external in servers.json');
    expect(named.code).toBe(2);
    expect((await game.run('restart')).stdout).toContain(
      '1 server restarted\nasked to end, to be started again',
    );
    expect((await game.rows())['chat-1']).toMatchObject({ state: 'down' });
  });

  it('leaves a server that it ran to whoever runs it, also after a crash', async () => {
    await using game = await TestGame.make({ chat: [chat(1), chat(2)] }, production);
    await game.run('start', '-i', 'chat-2', ...daemon);
    const run = game.begin('run', '--server', 'chat-1', '-e', 'production');
    const { pid } = await inState(game, 'chat-1', 'ready');
    process.kill(pid!, 'SIGKILL');
    expect((await run.ended).code).toBe(128 + 9);
    const again = game.begin('run', '--server', 'chat-1', '-e', 'production');
    await eventually(async () => (await inState(game, 'chat-1', 'ready')).pid !== pid, 'the next life');
    const { pid: next } = (await game.rows())['chat-1']!;
    process.kill(next!, 'SIGKILL');
    await again.ended;
    expect(await inState(game, 'chat-1', 'gone')).toMatchObject({ exit: 'its link was lost', restarts: 0 });
    await game.run('start');
    expect((await game.rows())['chat-1']!.state).toBe('gone');
    expect((await game.run('start', '-i', 'chat-1')).stdout).toContain('1 server ready');
  });

  it('gives each of several that ask for a type another server, and lets the last one wait', async () => {
    const chats = [1, 2, 3].map((n) => chat(n, external));
    await using game = await TestGame.make({ chat: chats, gate: [gate] }, production);
    await game.run('start', ...daemon);
    const runs = [1, 2, 3, 4].map(() => game.begin('run', '--type', 'chat', '-e', 'production'));
    const waiting = await eventually(
      () => runs.find(({ stdout }) => stdout.includes('waits:')),
      'one that waits',
    );
    expect(waiting.stdout).toContain('all 3 servers of type chat are taken: chat-1, chat-2, chat-3');
    for (const { id } of chats) await inState(game, id, 'ready');
    const rows = await game.rows();
    expect(new Set(chats.map(({ id }) => rows[id]!.pid)).size).toBe(3);
    await game.run('stop', 'chat-2');
    await eventually(async () => {
      const { 'chat-2': row } = await game.rows();
      return row!.state === 'ready' && row!.pid !== rows['chat-2']!.pid;
    }, 'its turn');
  });

  it('tells that the master runs it, or that there is no such server', async () => {
    await using game = await TestGame.make({ chat: [chat(1)] }, production);
    await game.run('start', ...daemon);
    const { pid } = (await game.rows())['chat-1']!;
    const run = game.begin('run', '--server', 'chat-1', '-e', 'production');
    await run.says(
      `waits: the master runs chat-1 (pid ${pid} on 127.0.0.1); pomelo-ts stop chat-1 leaves it to others`,
    );
    await game.run('stop', 'chat-1');
    expect(await inState(game, 'chat-1', 'ready')).toMatchObject({ external: true });
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(0);
    const unknown = await game.run('run', '--server', 'chat-9', '-e', 'production');
    expect(unknown.stderr).toContain('no server, type or host chat-9 in the topology; known are: chat-1.');
    expect(unknown.code).toBe(2);
  });

  it('ends when it is told to stop while it waits, also for a master that hangs', async () => {
    await using game = await TestGame.make({ chat: [chat(1, external)], gate: [gate] }, production);
    const alone = game.begin('run', '--server', 'chat-1', '-e', 'production');
    await alone.says('waits: no master answers');
    alone.child.kill('SIGTERM');
    expect(await alone.ended).toMatchObject({ code: 0 });
    await game.run('start', ...daemon);
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGSTOP');
    const stuck = game.begin('run', '--server', 'chat-1', '-e', 'production');
    await stuck.says('waits for a master');
    stuck.child.kill('SIGTERM');
    expect(await stuck.ended).toMatchObject({ code: 0 });
  });

  it('plays on when the master dies, and the next one takes it over and starts no copy', async () => {
    await using game = await TestGame.make({ chat: [chat(1)], gate: [gate] }, production);
    await game.run('start', '-t', 'gate', ...daemon);
    const run = game.begin('run', '--server', 'chat-1', '-e', 'production');
    const { pid } = await inState(game, 'chat-1', 'ready');
    await killMaster(game);
    expect(run.child.exitCode).toBeNull();
    expect((await game.run('start', ...daemon)).code).toBe(0);
    expect(await inState(game, 'chat-1', 'ready')).toMatchObject({ pid, external: true });
    expect((await game.run('stop')).code).toBe(0);
    expect((await run.ended).code).toBe(0);
  });

  it('ends its server when it is killed itself', async () => {
    await using game = await TestGame.make({ chat: [chat(1, external)], gate: [gate] }, production);
    await game.run('start', ...daemon);
    const run = game.begin('run', '--server', 'chat-1', '-e', 'production');
    const { pid } = await inState(game, 'chat-1', 'ready');
    run.child.kill('SIGKILL');
    await eventually(() => !game.pids().includes(pid!), 'the end of the server');
  });

  it('finishes requests that are under way when it gets SIGTERM', async () => {
    const clientPort = await freePort();
    const connector = [
      { id: 'connector-1', port: await freePort(), clientPort, frontend: true, ...external },
    ];
    await using game = await TestGame.make({ connector }, { ...production, ownBoot: true });
    const handlers = join(game.root, 'app', 'servers', 'connector', 'handler');
    mkdirSync(handlers, { recursive: true });
    game.write('package.json', { type: 'module' });
    writeFileSync(join(game.root, 'app.js'), 'export default { setUp: () => {} };');
    const slow = `export default class { async wait() { await new Promise((resolve) => setTimeout(resolve, 1500)); return { done: true }; } }`;
    writeFileSync(join(handlers, 'slowHandler.js'), slow);
    await game.run('start', ...daemon);
    const run = game.begin('run', '--server', 'connector-1', '-e', 'production');
    await inState(game, 'connector-1', 'ready');
    await using client = await connect({ host: '127.0.0.1', port: clientPort });
    const answer = client.request('connector.slowHandler.wait', {});
    await client.request('connector.slowHandler.nothing', {}).catch(() => {}); // the first one is there by now
    run.child.kill('SIGTERM');
    expect(await answer).toEqual({ done: true });
    expect((await run.ended).code).toBe(0);
    expect(await inState(game, 'connector-1', 'gone')).toMatchObject({ exit: 'it left the cluster' });
  });
});
