import { describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

const two = {
  chat: [{ id: 'chat-1', port: 6102 }],
  gate: [{ id: 'gate-1', clientPort: 6108, frontend: true }],
};
/** Servers that the master leaves as they are when they end or hang. */
const leftAlone = {
  chat: [{ ...two.chat[0], 'auto-restart': false }],
  gate: [{ ...two.gate[0], 'auto-restart': false }],
};
const production = { env: { POMELO_TS_SECRET: 'of the integration tests' } };
const daemon = ['-D', '-e', 'production'];

describe('a server that crashes', () => {
  it('is shown as gone, with how it ended, where auto-restart is off', async () => {
    await using game = await TestGame.make(leftAlone, production);
    await game.run('start', ...daemon);
    process.kill((await game.rows())['chat-1']!.pid!, 'SIGKILL');
    const row = await eventually(async () => {
      const rows = await game.rows();
      return rows['chat-1']!.state === 'gone' && rows['chat-1'];
    }, 'the crash');
    expect(row).toMatchObject({ exit: 'signal SIGKILL', restarts: 0 });
    const line = game.read('logs/master.log').match(/^.*A server has ended by itself.*$/m)![0];
    expect(JSON.parse(line)).toMatchObject({ server: 'master', serverId: 'chat-1', signal: 'SIGKILL' });
    expect(line.match(/"[a-zA-Z]+":/g)!.length).toBe(Object.keys(JSON.parse(line)).length);
    expect(row).not.toHaveProperty('pid');
    expect((await game.run('start')).stdout).toContain('1 server ready');
  });

  it('comes back by itself in production, and in development with auto-restart', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1' }] }, production);
    await game.run('start', ...daemon);
    const { pid } = (await game.rows())['chat-1']!;
    process.kill(pid!, 'SIGKILL');
    const row = await eventually(async () => {
      const { 'chat-1': now } = await game.rows();
      return now!.state === 'ready' && now!.pid !== pid && now;
    }, 'the restart');
    expect(row).toMatchObject({ restarts: 1 });
  });

  it('is failed after too many crashes, shown with what its log says, and runs again when an operator starts it', async () => {
    const restart = { minBackOff: '50ms', maxBackOff: '50ms', limit: 2 };
    const servers = { chat: [{ id: 'chat-1', behave: 'crash-later' }] };
    await using game = await TestGame.make(servers, { ...production, master: { restart } });
    await game.run('start', ...daemon);
    const row = await eventually(async () => {
      const { 'chat-1': now } = await game.rows();
      return now!.state === 'failed' && now;
    }, 'the end of the restarts');
    const lastError = 'exit code 1: Error: this server crashes a while after its start';
    expect(row).toMatchObject({ restarts: 1, end: 'exit', lastError });
    expect(row).not.toHaveProperty('pid');
    expect((await game.run('list')).stdout).toContain(lastError);
    expect((await game.run('start', '-i', 'chat-1')).stdout).toContain('1 server ready');
  });

  it('is told from one whose heap was full', async () => {
    const servers = { chat: [{ id: 'chat-1', behave: 'eat-memory', args: '--max-old-space-size=24' }] };
    await using game = await TestGame.make(servers, {
      ...production,
      master: { restart: { limit: 1 } },
    });
    await game.run('start', ...daemon);
    const row = await eventually(
      async () => {
        const { 'chat-1': now } = await game.rows();
        return now!.state === 'failed' && now;
      },
      'its end',
      30_000,
    );
    expect(row).toMatchObject({ end: 'memory', lastError: 'out of memory (heap limit of Node)' });
  });

  it('is not started again while it is being stopped', async () => {
    const restart = { minBackOff: '1m', maxBackOff: '1m' };
    await using game = await TestGame.make(
      { chat: [{ id: 'chat-1', 'auto-restart': true }] },
      { ...production, master: { restart } },
    );
    await game.run('start', ...daemon);
    process.kill((await game.rows())['chat-1']!.pid!, 'SIGKILL');
    await eventually(async () => (await game.rows())['chat-1']!.state === 'gone', 'the crash');
    expect((await game.run('stop')).code).toBe(0);
    expect(game.pids()).toEqual([]);
  });
});

describe('when the master is killed', () => {
  it('servers in production play on, and the next master adopts them', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const before = await game.rows();
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
    const orphaned = await eventually(async () => {
      const { stderr } = await game.run('list');
      return stderr.includes('live on') && stderr;
    }, 'the end of the master');
    expect(orphaned).toContain(
      '2 servers of a former one live on (pomelo-ts start -e production -D adopts them, pomelo-ts kill ends them)',
    );
    const { code, stdout, stderr } = await game.run('start', ...daemon);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('2 servers of a former master came back: chat-1, gate-1\n');
    const after = await game.rows();
    for (const id of ['chat-1', 'gate-1'])
      expect(after[id]).toMatchObject({ state: 'ready', pid: before[id]!.pid });
    expect((await game.run('stop')).code).toBe(0);
    expect(game.pids()).toEqual([]);
  });

  it('servers in production are not taken over by a start in development, which says what takes them over', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const before = await game.rows();
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
    await eventually(
      async () => (await game.run('list')).stderr.includes('live on'),
      'the end of the master',
    );
    const { code, stderr } = await game.run('start', '-D');
    expect(stderr).toMatch(/(?:chat|gate)-1, .* of the environment production run here/);
    expect(stderr).toMatch(/would take them over for development.*Start with -e production/);
    expect(code).toBe(1);
    expect((await game.run('start', ...daemon)).code).toBe(0);
    const after = await game.rows();
    for (const id of ['chat-1', 'gate-1']) expect(after[id]!.pid).toBe(before[id]!.pid);
    expect((await game.run('stop')).code).toBe(0);
  });

  it('servers in production are not taken over by a start in development after one of theirs has failed, either', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const before = game.pids();
    const master = Number(game.read('.pomelo-ts/master.pid'));
    process.kill(master, 'SIGKILL');
    await eventually(
      async () => (await game.run('list')).stderr.includes('live on'),
      'the end of the master',
    );
    const broken = { id: 'chat-2', port: 6112, behave: 'throw' };
    const servers = JSON.parse(game.read('config/servers.json')) as { chat: object[] };
    game.write('config/servers.json', { ...servers, chat: [...servers.chat, broken] });
    expect(await game.run('start', ...daemon)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('chat-2 did not start'),
    });
    const { code, stderr } = await game.run('start', '-D');
    expect(stderr).toMatch(/(?:chat|gate)-1, .* of the environment production run here/);
    expect(code).toBe(1);
    expect(game.pids().sort()).toEqual(before.filter((pid) => pid !== master).sort());
    expect((await game.run('kill', '-e', 'production')).stdout).toContain('2 servers killed');
    expect(game.pids()).toEqual([]);
  });

  it('servers in development end with it', async () => {
    await using game = await TestGame.make(two);
    const start = game.begin('start');
    await start.says('2 servers ready');
    start.child.kill('SIGKILL');
    await eventually(() => game.pids().length === 0, 'the end of the servers');
  });

  it('a server of the former one that cannot come back is told of, and not started twice', async () => {
    await using game = await TestGame.make(leftAlone, production);
    await game.run('start', ...daemon);
    const stuck = (await game.rows())['chat-1']!.pid!;
    process.kill(stuck, 'SIGSTOP');
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
    const { code, stderr } = await game.run('start', ...daemon);
    expect(stderr).toContain(
      `chat-1 did not start: its process of a former master (pid ${stuck}) lives but has not come back; pomelo-ts kill ends it`,
    );
    expect(code).toBe(1);
    expect((await game.run('kill')).code).toBe(0);
    expect(game.pids()).toEqual([]);
  });

  it('a hanging server with restart-force is ended and started anew', async () => {
    const servers = { chat: [{ id: 'chat-1', 'restart-force': true }] };
    await using game = await TestGame.make(servers, {
      ...production,
      master: { heartbeat: '100ms', heartbeatTimeout: '1500ms' },
    });
    await game.run('start', ...daemon);
    const { pid } = (await game.rows())['chat-1']!;
    process.kill(pid!, 'SIGSTOP');
    const row = await eventually(async () => {
      const { 'chat-1': now } = await game.rows();
      return now!.state === 'ready' && now!.pid !== pid && now;
    }, 'the new process');
    expect(row).toMatchObject({ restarts: 1 });
    expect(game.pids()).not.toContain(pid);
  });
});
