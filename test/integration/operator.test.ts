import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

const two = {
  chat: [{ id: 'chat-1', port: 6102 }],
  gate: [{ id: 'gate-1', clientPort: 6108, frontend: true }],
};
/** Servers that nobody kills when they hang. */
const withoutForce = { chat: [{ ...two.chat[0], 'restart-force': false }], gate: two.gate };
const production = { env: { POMELO_TS_SECRET: 'of the integration tests' } };
const daemon = ['-D', '-e', 'production'];

describe('an operator', () => {
  it('lists the servers with what they tell of themselves', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const { stdout } = await game.run('list');
    expect(stdout).toMatch(/^id {6}type {2}host {7}pid +state {2}build {2}up +clients +cpu +memory\n/);
    expect(stdout).toMatch(
      /^gate-1 {2}gate {2}127\.0\.0\.1 {2}\d+ +ready {2}0\.0\.0 {2}\d+s +3 +\d+% +\d+ MiB\n?$/m,
    );
  });

  it.each(['stop', 'restart', 'remove'])(
    'who interrupts %s is told that it goes on in the master',
    async (command) => {
      const chat = [{ ...two.chat[0], behave: 'ignore-stop' }];
      await using game = await TestGame.make({ chat }, { ...production, master: { stopTimeout: '20s' } });
      await game.run('start', ...daemon);
      const { pid } = (await game.rows())['chat-1']!;
      const waiting = game.begin(command, 'chat-1');
      await eventually(() => waiting.stdout !== '', 'the first progress');
      waiting.child.kill('SIGINT');
      const { code, stderr } = await waiting.ended;
      const where =
        command === 'restart'
          ? ' as operation 1; pomelo-ts operations watch 1 shows how far it is'
          : '; pomelo-ts list shows how far it is';
      expect(stderr).toBe(`${command} goes on in the master${where}\n`);
      expect(code).toBe(130);
      process.kill(pid!, 'SIGKILL');
      const seen = { stop: 'down', restart: 'ready', remove: undefined }[command];
      await eventually(async () => (await game.rows())['chat-1']?.state === seen, `the end of ${command}`);
      await game.run('kill');
    },
  );

  it('is advised to start what was left in the environment that the configuration is for', async () => {
    await using game = await TestGame.make({ chat: [] }, production);
    game.write('config/servers.json', { production: { chat: two.chat } });
    await game.run('start', ...daemon);
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
    rmSync(join(game.root, '.pomelo-ts', 'master.json')); // as a start that fails leaves it
    const list = await eventually(async () => {
      const { stderr } = await game.run('list');
      return stderr.includes('No master runs') && stderr;
    }, 'the end of the master');
    expect(list).toContain('pomelo-ts start -e production -D adopts them');
    await game.run('kill', '-e', 'production');
  });

  it('watches the servers in a pipe, one table after the other, until it is told to stop', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const watch = game.begin('list', '--watch', '50ms');
    await eventually(() => watch.stdout.match(/^id /gm)?.length === 3, 'the third table');
    await game.run('stop', 'chat-1');
    await watch.says('down');
    watch.child.kill('SIGINT');
    expect(await watch.ended).toMatchObject({ code: 0, stderr: '' });
    const wrong = await game.run('list', '--watch', 'often');
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('such as "5s"; got often') });
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
      'error The master did not carry out servers.stop: There is no server, type or host chat-9 in the topology; known are: chat-1, gate-1.\n',
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
    expect(game.leftBehind()).toEqual(['secret']);
  });

  it('kills a master that hangs, and its servers', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGSTOP');
    const { code, stdout } = await game.run('kill');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '2 servers and the master killed\n' });
    expect(game.pids()).toEqual([]);
    expect(game.leftBehind()).toEqual([]);
  });

  it('clears up after a master that has died, and leaves the process alone that has its pid now', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const state = JSON.parse(game.read('.pomelo-ts/master.json'));
    await game.run('kill');
    game.write('.pomelo-ts/master.json', { ...state, pid: process.pid });
    const { code, stdout } = await game.run('kill');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'nothing runs\n' });
    expect(game.leftBehind()).toEqual([]);
  });

  it('sees a server that the master hears nothing of as lost, until it is back', async () => {
    await using game = await TestGame.make(withoutForce, {
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
    expect((await game.run('list')).stdout).toMatch(/^chat-1 {2}chat .* lost \d+s/m);
    process.kill(pid!, 'SIGCONT');
    await eventually(async () => (await game.rows())['chat-1']!.state === 'ready', 'its return');
  });

  it('reads the counters of servers, and with --with-master those of the links, in JSON', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    const rows = JSON.parse((await game.run('list', '--json', '--with-master')).stdout);
    expect(rows[0]).toMatchObject({ id: 'chat-1', counters: expect.any(Object) });
    expect(rows.at(-1)).toMatchObject({ id: 'master', counters: { 'link.opened': expect.any(Number) } });
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
      expect(stderr).toContain('There is no server, type or host nosuch in the topology');
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
    expect(stderr).toMatch(
      /^error The master \(pid \d+\) has another secret than this command, which took its own from the file \.pomelo-ts\/secret: put the one back that the master has \(to replace it, put that into \.pomelo-ts\/previous-secret, mode 0600\), or set POMELO_TS_SECRET to it; pomelo-ts kill needs none\.\n$/,
    );
    expect(code).toBe(2);
    expect(game.pids().length).toBeGreaterThan(0);
  });

  it('with another secret in the environment is told so', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', ...daemon);
    await using other = await TestGame.make(two, { env: { POMELO_TS_SECRET: 'another of the tests' } });
    const { code, stderr } = await other.run('list', '-d', game.root);
    expect(stderr).toMatch(
      /which took its own from the environment variable POMELO_TS_SECRET: set it to the one that the master was started with, or unset it if that is in the file \.pomelo-ts\/secret;/,
    );
    expect(code).toBe(2);
  });

  it('makes no secret where the master has its own from elsewhere', async () => {
    await using game = await TestGame.make(two, production);
    await game.run('start', '-D');
    await using other = await TestGame.make(two);
    const { code, stderr } = await other.run('list', '-d', game.root);
    expect(stderr).toContain('No cluster secret');
    expect(code).toBe(2);
    expect(game.files('.pomelo-ts')).not.toContain('secret');
  });
});

describe('two operators at once', () => {
  it('wait for each other where they mean the same server, and neither stops the whole cluster under the other', async () => {
    const servers = { ...two, chat: [{ id: 'chat-1', behave: 'hang' }] };
    await using game = await TestGame.make(servers, { ...production, master: { startTimeout: '10m' } });
    await game.run('start', ...daemon, '-i', 'gate-1');
    const first = game.begin('start', '-i', 'chat-1');
    await first.says('start backends');
    const all = await game.run('stop');
    expect(all).toMatchObject({
      code: 1,
      stderr:
        'error The master did not carry out cluster.stop: The master is busy with start of chat-1: wait for its end, or end everything with pomelo-ts kill.\n',
    });
    const second = game.begin('stop', 'chat-1');
    await second.says('waits for start of chat-1');
    const { 'chat-1': chat, 'gate-1': gate } = await game.rows();
    const { code, stdout } = await game.run('restart', 'gate-1');
    expect({ code, said: stdout.split('\n').at(-2) }).toEqual({ code: 0, said: '1 server restarted' });
    expect((await game.rows())['gate-1']!.pid).not.toBe(gate!.pid);
    process.kill(chat!.pid!, 'SIGKILL');
    expect((await first.ended).code).toBe(1);
    expect((await second.ended).code).toBe(0);
    expect((await game.run('stop')).code).toBe(0);
  });
});
