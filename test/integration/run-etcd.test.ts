import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, freePort, TestGame, type TestRow } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';

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

const master = async (prefix: string) => {
  const port = await freePort();
  const store = { kind: 'etcd', endpoints: etcd.endpoints, ttl: '2s', prefix };
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
});
