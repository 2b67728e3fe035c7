import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, TestGame, type TestRow } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { freePort } from '../helpers/free-port.js';

let etcd: EtcdCluster;
beforeAll(async () => {
  etcd = await EtcdCluster.up(1);
});
afterAll(() => etcd?.[Symbol.asyncDispose]());

const inState = (game: TestGame, id: string, state: string): Promise<TestRow> =>
  eventually(
    async () => {
      const rows = await game.rows().catch(() => undefined); // no master leads yet
      return rows?.[id]?.state === state && rows[id];
    },
    `${id} ${state}`,
    25_000,
  );

/** A short time of the lease has who is killed be followed soon; on a busy machine a longer one is needed to keep it. */
const master = async (prefix: string, ttl = '2s') => {
  const port = await freePort();
  const store = { kind: 'etcd', endpoints: etcd.endpoints, ttl, prefix };
  return { port, masters: [{ host: '127.0.0.1', port }], store };
};
const env = { POMELO_TS_SECRET: 'of the integration tests' };

describe('masters that share an etcd', () => {
  it('end when they come to lead and cannot, so that another one may', async () => {
    const chat = [{ id: 'chat-1', port: 6176 }];
    await using game = await TestGame.make({ chat }, { env, master: await master('a/') });
    const first = game.begin('start', '-e', 'production');
    await first.says('1 server ready');
    await game.run('add', 'serverType=chat', 'id=chat-2', 'host=127.0.0.1', 'port=6177');
    first.child.kill('SIGKILL');
    await first.ended;
    game.write('config/servers.json', { chat: [...chat, { id: 'chat-3', port: 6177 }] });
    const { code, stderr } = await game.run('start', '-e', 'production');
    expect(stderr).toContain('chat-2 wants 127.0.0.1:6177, which port of chat-3 has');
    expect(code).not.toBe(0);
    game.write('config/servers.json', { chat });
    const next = game.begin('start', '-e', 'production');
    await next.says('2 servers taken over: chat-1, chat-2');
    expect((await game.run('stop')).code).toBe(0);
    await next.ended;
  });

  it('leave the servers of another folder alone, and name them and that folder', async () => {
    const chat = [{ id: 'chat-1', port: await freePort() }];
    const shared = await master('d/', '8s');
    const make = async () => {
      const game = await TestGame.make({ chat }, { ownBoot: true, env, master: shared });
      game.write('package.json', { type: 'module' });
      writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
      return game;
    };
    await using game = await make();
    await using copy = await make();
    const first = game.begin('start', '-e', 'production');
    await first.says('1 server ready');
    const { pid } = await inState(game, 'chat-1', 'ready');
    first.child.kill('SIGKILL');
    await first.ended;
    const { code, stderr } = await copy.run('start', '-e', 'production');
    expect(stderr).toContain(`run already, from the folder ${game.root}. Nothing was touched`);
    expect(code).not.toBe(0);
    const again = game.begin('start', '-e', 'production');
    await again.says('1 server taken over: chat-1');
    expect(await inState(game, 'chat-1', 'ready')).toMatchObject({ pid });
    expect((await game.run('stop')).code).toBe(0);
    await again.ended;
  });

  it('leave servers to those who run them: at a start, and when another one takes over', async () => {
    const chat = [
      { id: 'chat-1', port: 6171 },
      { id: 'chat-2', port: 6172 },
      { id: 'chat-3', port: 6173, external: true },
    ];
    await using game = await TestGame.make({ chat }, { env, master: await master('b/') });
    const first = game.begin('start', '-e', 'production');
    await first.says('2 servers ready');
    await game.run('stop', 'chat-2');
    const runs = ['chat-2', 'chat-3'].map((id) => game.begin('run', '--server', id, '-e', 'production'));
    const { pid } = await inState(game, 'chat-2', 'ready');
    const { pid: marked } = await inState(game, 'chat-3', 'ready');
    // Both do not come back before the next master leads and has started what is missing.
    for (const paused of [pid!, marked!]) process.kill(paused, 'SIGSTOP');
    first.child.kill('SIGKILL');
    await first.ended;
    const next = game.begin('start', '-e', 'production');
    await next.says('this master leads');
    await next.says('1 server taken over: chat-1');
    const rows = await game.rows();
    expect([rows['chat-2']!.pid, rows['chat-3']!.pid]).toEqual([undefined, undefined]);
    for (const paused of [pid!, marked!]) process.kill(paused, 'SIGCONT');
    expect(await inState(game, 'chat-2', 'ready')).toMatchObject({ pid, external: true });
    expect(await inState(game, 'chat-3', 'ready')).toMatchObject({ pid: marked, external: true });
    expect(next.stderr).not.toContain('external');
    expect((await game.run('stop')).code).toBe(0);
    for (const run of runs) expect((await run.ended).code).toBe(0);
    await next.ended;
  });

  it('go on with a restart that the one before has begun, and tell who began it', async () => {
    const chat: object[] = [];
    for (const n of [1, 2, 3]) chat.push({ id: `chat-${n}`, port: await freePort() });
    await using game = await TestGame.make({ chat }, { env, master: await master('c/') });
    const first = game.begin('start', '-e', 'production');
    await first.says('3 servers ready');
    const before = await game.rows();
    const restart = game.begin('restart', '--watch', '5s');
    const { pid } = await eventually(async () => {
      const { 'chat-1': row } = await game.rows();
      return row!.state === 'ready' && row!.pid !== before['chat-1']!.pid && row!;
    }, 'the new life of chat-1');
    first.child.kill('SIGKILL');
    await first.ended;
    expect((await restart.ended).stderr).toContain('restart goes on as operation 1');
    expect(game.files('.pomelo-ts')).not.toContain('operations.production'); // it is in etcd
    const next = game.begin('start', '-e', 'production');
    await next.says('3 servers taken over');
    const watched = await game.run('operations', 'watch', '1');
    expect(watched.stdout).toContain('operation 1 (servers.restart) is done\n  done: chat-1, chat-2, chat-3');
    const after = await game.rows();
    expect(after['chat-1']!.pid).toBe(pid);
    for (const id of ['chat-2', 'chat-3']) expect([id, after[id]!.pid]).not.toEqual([id, before[id]!.pid]);
    expect((await game.run('stop')).code).toBe(0);
    await next.ended;
  });
});
