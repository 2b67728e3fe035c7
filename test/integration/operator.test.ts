import { describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

const two = {
  chat: [{ id: 'chat-1', port: 6102 }],
  gate: [{ id: 'gate-1', clientPort: 6108, frontend: true }],
};
const production = { env: { POMELO_TS_SECRET: 'of the integration tests' } };
const daemon = ['-D', '-e', 'production'];

describe('an operator', () => {
  it('lists the servers with what they tell of themselves', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const { stdout } = await game.run('list');
    expect(stdout).toMatch(/^id {6}type {2}state {2}pid +calls +clients at +clients +memory +cpu +up\n/);
    expect(stdout).toMatch(/^gate-1 {2}gate {2}ready {2}\d+ +127\.0\.0\.1:6108 +3 +\d+ MiB +\d+% +\d+s\n?$/m);
  });

  it('stops and starts one server, and another is not touched', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const before = await game.rows();
    expect((await game.run('stop', 'chat-1')).stdout).toContain('1 server stopped');
    expect((await game.rows())['chat-1']).toMatchObject({ state: 'down' });
    expect((await game.run('start', '-i', 'chat-1')).code).toBe(0);
    expect((await game.run('restart', 'chat-1')).stdout).toContain('1 server restarted');
    const after = await game.rows();
    expect(after['chat-1']).toMatchObject({ state: 'ready' });
    expect(after['chat-1']!.pid).not.toBe(before['chat-1']!.pid);
    expect(after['gate-1']!.pid).toBe(before['gate-1']!.pid);
  });

  it('restarts all servers of a type', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const before = await game.rows();
    expect((await game.run('restart', '-t', 'gate')).code).toBe(0);
    const after = await game.rows();
    expect(after['gate-1']!.pid).not.toBe(before['gate-1']!.pid);
    expect(after['chat-1']!.pid).toBe(before['chat-1']!.pid);
  });

  it('hears which names are known when one is not', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const { code, stderr } = await game.run('stop', 'chat-9');
    expect(stderr).toBe(
      'error The master could not stop: There is no server or type chat-9 in the topology; known are: chat-1, gate-1.\n',
    );
    expect(code).toBe(2);
  });

  it('kills everything at once', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', behave: 'ignore-stop' }] }, production);
    await game.run('start', ...daemon);
    const { code, stdout } = await game.run('kill');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 server and the master killed\n' });
    expect(game.pids()).toEqual([]);
    expect((await game.run('kill')).stdout).toBe('nothing runs\n');
  });

  it('with another secret kills all the same', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', 'auto-restart': true }] });
    await game.run('start', '-D');
    game.write('.pomelo-ts/secret', 'another');
    const { code, stdout } = await game.run('kill');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '1 server and the master killed\n' });
    expect(game.pids()).toEqual([]);
    expect(game.files('.pomelo-ts')).toEqual(['secret']);
  });

  it('kills a master that hangs, and its servers', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGSTOP');
    const { code, stdout } = await game.run('kill');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2 servers and the master killed\n' });
    expect(game.pids()).toEqual([]);
    expect(game.files('.pomelo-ts')).toEqual([]);
  });

  it('clears up after a master that has died, and leaves the process alone that has its pid now', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const state = JSON.parse(game.read('.pomelo-ts/master.json'));
    await game.run('kill');
    game.write('.pomelo-ts/master.json', { ...state, pid: process.pid });
    const { code, stdout } = await game.run('kill');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'nothing runs\n' });
    expect(game.files('.pomelo-ts')).toEqual([]);
  });

  it('sees a server that the master hears nothing of as lost, until it is back', async () => {
    await using game = await TestGame.make(two, {
      ...production,
      master: { heartbeat: '100ms', heartbeatTimeout: '500ms' },
    });
    await game.run('start', ...daemon);
    const { pid } = (await game.rows())['chat-1']!;
    process.kill(pid!, 'SIGSTOP');
    const row = await eventually(async () => {
      const { 'chat-1': now } = await game.rows();
      return now!.state === 'lost' && now;
    }, 'the loss');
    expect(row).toMatchObject({ pid, lostFor: expect.any(Number) });
    expect((await game.run('list')).stdout).toMatch(/^chat-1 {2}chat {2}lost \d+s/m);
    process.kill(pid!, 'SIGCONT');
    await eventually(async () => (await game.rows())['chat-1']!.state === 'ready', 'its return');
  });

  it('reads the counters of servers, and with --master those of the links, in JSON', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const rows = JSON.parse((await game.run('list', '--json', '--master')).stdout);
    expect(rows[0]).toMatchObject({ id: 'chat-1', counters: expect.any(Object) });
    expect(rows.at(-1)).toMatchObject({ id: 'master', counters: { links: expect.any(Number) } });
    expect(Object.keys(await game.rows())).toEqual(['chat-1', 'gate-1']);
  });

  it('is told when the master runs in another environment than the one named', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    for (const command of ['list', 'stop', 'kill', 'start']) {
      const { code, stderr } = await game.run(command, '-e', 'development');
      expect(stderr).toMatch(/runs in the environment production, not in development\.\n$/);
      expect(code).toBe(2);
    }
    expect(game.pids()).toHaveLength(3);
  });

  it('reads the version of the command line, and hears when an option lacks its value', async () => {
    await using game = await TestGame.make(two);
    expect((await game.run('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, stderr } = await game.run('list', '-e');
    expect(stderr).toContain('Not enough arguments following: e');
    expect(code).toBe(2);
  });

  it('hears that --single goes with no choice of servers and no background', async () => {
    await using game = await TestGame.make(two);
    for (const more of [['-D'], ['-t', 'chat'], ['-i', 'chat-1']]) {
      const { code, stderr } = await game.run('start', '--single', ...more);
      expect(stderr).toContain('--single runs everything in the foreground: not together with -D, -t or -i');
      expect(code).toBe(2);
    }
  });

  it('gets the same exit code for a wrong call in the background as in the foreground', async () => {
    await using game = await TestGame.make(two, production);
    for (const background of [[], ['-D']]) {
      const { code, stderr } = await game.run('start', '-e', 'production', '-t', 'nosuch', ...background);
      expect(stderr).toContain('There is no server or type nosuch in the topology');
      expect(code).toBe(2);
    }
  });

  it('is told when no master runs', async () => {
    await using game = await TestGame.make(two);
    const { code, stderr } = await game.run('list');
    expect(stderr).toBe(`error No master runs for ${game.root}.\n`);
    expect(code).toBe(1);
  });

  it('with another secret is refused', async () => {
    await using game = await TestGame.make(two);
    await game.run('start', '-D');
    game.write('.pomelo-ts/secret', 'another');
    const { code, stderr } = await game.run('stop');
    expect(stderr).toBe('error This process does not know the cluster secret.\n');
    expect(code).toBe(2);
    expect(game.pids().length).toBeGreaterThan(0);
  });
});

describe('a server that crashes', () => {
  it('is shown as gone, with how it ended', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    process.kill((await game.rows())['chat-1']!.pid!, 'SIGKILL');
    const row = await eventually(async () => {
      const rows = await game.rows();
      return rows['chat-1']!.state === 'gone' && rows['chat-1'];
    }, 'the crash');
    expect(row).toMatchObject({ exit: 'signal SIGKILL', restarts: 0 });
    expect(row).not.toHaveProperty('pid');
    expect((await game.run('start')).stdout).toContain('1 server ready');
  });

  it('comes back with auto-restart', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', 'auto-restart': true }] }, production);
    await game.run('start', ...daemon);
    const { pid } = (await game.rows())['chat-1']!;
    process.kill(pid!, 'SIGKILL');
    const row = await eventually(async () => {
      const { 'chat-1': now } = await game.rows();
      return now!.state === 'ready' && now!.pid !== pid && now;
    }, 'the restart');
    expect(row).toMatchObject({ restarts: 1 });
  });

  it('is not started again while it is being stopped', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', 'auto-restart': true }] }, production);
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
      '2 servers of a former one live on (pomelo-ts start adopts them, pomelo-ts kill ends them)',
    );
    const { code, stderr } = await game.run('start', ...daemon);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const after = await game.rows();
    for (const id of ['chat-1', 'gate-1'])
      expect(after[id]).toMatchObject({ state: 'ready', pid: before[id]!.pid });
    expect((await game.run('stop')).code).toBe(0);
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
    await using game = await TestGame.make(two, production);
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
