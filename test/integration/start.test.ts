import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';

const six = {
  time: [{ id: 'time-1', port: 6101 }],
  chat: [
    { id: 'chat-1', port: 6102 },
    { id: 'chat-2', port: 6103 },
  ],
  connector: [{ clusterCount: 2, port: '6104++', clientPort: '6106++', frontend: true }],
  gate: [{ id: 'gate-1', clientPort: 6108, frontend: true }],
};

const secret = { POMELO_TS_SECRET: 'of the integration tests' };

describe('pomelo-ts start', () => {
  it('starts backends, then connectors, then gates, and stops all on SIGTERM', async () => {
    await using game = await TestGame.make(six);
    const start = game.begin('start');
    await start.says('Ctrl-C stops them');
    expect(start.stdout).toMatch(/6 servers ready in [\d.]+ s\nopen http:\/\/127\.0\.0\.1:6108\/\n/);
    const order = [...start.stdout.matchAll(/^ {2}(\w+)\S* ready/gm)].map(([, type]) => tierOf[type!]);
    expect(order).toEqual([0, 0, 0, 1, 1, 2]);
    const pids = game.pids();
    expect(pids).toHaveLength(6);
    start.child.kill('SIGTERM');
    const { code, stdout, stderr } = await start.ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('6 servers stopped');
    expect(stdout.indexOf('stop gates')).toBeLessThan(stdout.indexOf('stop connectors'));
    expect(stdout.indexOf('stop connectors')).toBeLessThan(stdout.indexOf('stop backends'));
    expect(game.pids()).toEqual([]);
    expect(game.leftBehind()).toEqual(['secret']);
  });

  it('keeps the secret off every command line and environment', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1' }] }, { env: secret });
    const start = game.begin('start');
    await start.says('1 server ready');
    for (const pid of game.pids()) {
      expect(readFileSync(`/proc/${pid}/cmdline`, 'latin1')).not.toContain(secret.POMELO_TS_SECRET);
      expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toContain(secret.POMELO_TS_SECRET);
    }
  });

  it('keeps the secret out of the environment of a master in the background', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1' }] }, { env: secret });
    await game.run('start', '-D');
    expect(game.pids()).toHaveLength(2);
    for (const pid of game.pids())
      expect(readFileSync(`/proc/${pid}/environ`, 'latin1')).not.toContain(secret.POMELO_TS_SECRET);
  });

  it('passes Node options and the processor on to the server', async () => {
    const server = { id: 'chat-1', args: '--max-old-space-size=77 --no-warnings', cpu: 0 };
    await using game = await TestGame.make({ chat: [server] });
    await game.begin('start').says('1 server ready');
    const [pid] = game.pids();
    const line = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    expect(line.slice(1, 3)).toEqual(['--max-old-space-size=77', '--no-warnings']);
    expect(readFileSync(`/proc/${pid}/status`, 'latin1')).toContain('Cpus_allowed_list:\t0\n');
  });

  it.each([
    [
      'throws',
      'throw',
      /chat-2 did not start: it ended with exit code 1\nIts last lines:\n(.*\n)*.*this server throws when it starts/,
    ],
    ['reports an error', 'report-error', /chat-2 did not start: the port 6050 is in use/],
    ['never gets ready', 'hang', /chat-2 did not report ready within 8000 ms; its last state was starting/],
  ])('fails when a server %s, tells why, and leaves nothing behind', async (_, behave, message) => {
    const servers = { ...six, chat: [six.chat[0]!, { ...six.chat[1]!, behave }] };
    const master = behave === 'hang' ? { startTimeout: '8s' } : {}; // long, as the others must get ready on a busy machine too
    await using game = await TestGame.make(servers, { master });
    const { code, stderr } = await game.run('start');
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('PomeloError');
    expect(code).toBe(1);
    expect(game.pids()).toEqual([]);
    expect(game.leftBehind()).toEqual(['secret']);
  });

  it('shows what Node says when it cannot even begin', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', args: ['-r', './first.cjs'] }] });
    writeFileSync(join(game.root, 'first.cjs'), "require('./nowhere.cjs');");
    const { code, stderr } = await game.run('start');
    expect(stderr).toMatch(
      /chat-1 did not start: it ended with exit code 1\nIts last lines:\n[\s\S]*Cannot find module '\.\/nowhere\.cjs'/,
    );
    expect(code).toBe(1);
  });

  it('returns from --daemon when the cluster is ready, and servers write to their own logs', async () => {
    await using game = await TestGame.make(six, { env: secret });
    const { code, stdout, stderr } = await game.run('start', '-D', '-e', 'production');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('in the background');
    expect(game.files('logs')).toContain('chat-1.log');
    expect(game.read('logs/chat-1.log')).toBe('chat-1 begins\n');
    expect(game.read('.pomelo-ts/master.pid')).toBe(
      `${JSON.parse(game.read('.pomelo-ts/master.json')).pid}\n`,
    );
    expect((await game.run('stop')).code).toBe(0);
    expect(game.pids()).toEqual([]);
  });

  it('returns from --daemon with 1 when the cluster fails', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', behave: 'throw' }] });
    const { code, stderr } = await game.run('start', '-D');
    expect(stderr).toContain(
      'error The cluster did not start: chat-1 did not start: it ended with exit code 1',
    );
    expect(code).toBe(1);
    expect(game.pids()).toEqual([]);
  });

  it.each([
    ['is wrong', '{ "chat": [', 'config/servers.json'],
    ['names an id twice', '{ "chat": [{ "id": "chat-1" }, { "id": "chat-1" }] }', 'chat-1'],
  ])('leaves no process of --daemon when the configuration %s', async (_, servers, told) => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1' }] });
    writeFileSync(join(game.root, 'config/servers.json'), servers);
    const { code, stderr } = await game.run('start', '--daemon');
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(told) });
    expect(game.pids()).toEqual([]);
    expect(game.read('logs/master.log')).toBe('');
  });

  it('leaves no process of --daemon when it is killed before it has read the configuration', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1' }] });
    rmSync(join(game.root, 'config/servers.json'));
    execFileSync('mkfifo', [join(game.root, 'config/servers.json')]); // nobody writes to it: whoever reads waits
    const start = game.begin('start', '--daemon');
    await eventually(() => game.pids().length === 1, 'the process of the master');
    start.child.kill('SIGKILL');
    await start.ended;
    await eventually(() => game.pids().length === 0, 'its end');
  });

  it('starts only the chosen types or ids, and the missing ones when called again', async () => {
    await using game = await TestGame.make(six);
    await game.begin('start', '-t', 'chat', '-i', 'gate-1').says('3 servers ready');
    expect(
      Object.values(await game.rows())
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['down', 'down', 'down', 'ready', 'ready', 'ready']);
    const more = await game.run('start', '-i', 'time-1');
    expect(more.stdout).toContain('1 server ready');
    expect(more.stdout).toMatch(
      /\nstarted by the master that runs here already \(pid \d+\); pomelo-ts stop ends all\n$/,
    );
    const rest = await game.run('start');
    expect(rest.stdout).toContain('2 servers ready');
    const again = await game.run('start');
    expect(again.code).toBe(1);
    expect(again.stderr).toMatch(/^error A master already runs for .* \(pid \d+, 127\.0\.0\.1:\d+\)\.\n$/);
    const named = await game.run('start', '-i', 'time-1', '-t', 'chat');
    expect([named.code, named.stderr]).toEqual([
      1,
      expect.stringMatching(
        /^error Nothing was started: time-1, chat of .* run already \(the master has pid/,
      ),
    ]);
    expect(game.pids()).toHaveLength(6);
  });

  it.each([
    ['SIGINT', 'SIGINT'],
    ['SIGINT', 'SIGTERM'],
    ['SIGTERM', 'SIGINT'],
    ['SIGTERM', 'SIGTERM'],
  ] as const)('kills what does not stop when %s is followed by %s', async (first, second) => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', behave: 'ignore-stop' }] });
    const start = game.begin('start');
    await start.says('1 server ready');
    start.child.kill(first);
    await start.says('stop backends');
    start.child.kill(second);
    const { code, stdout } = await start.ended;
    expect(code).toBe(130);
    expect(stdout).toMatch(/ {2}chat-1 killed \(.*\)\n1 server killed\n$/);
    expect(stdout).not.toContain('stopped');
    expect(game.pids()).toEqual([]);
  });

  it('kills a server that does not stop in time, and says so', async () => {
    await using game = await TestGame.make(
      { chat: [{ id: 'chat-1', behave: 'ignore-stop' }, { id: 'chat-2' }] },
      { master: { stopTimeout: '400ms' } },
    );
    const start = game.begin('start');
    await start.says('2 servers ready');
    start.child.kill('SIGTERM');
    const { code, stdout, stderr } = await start.ended;
    expect(stderr).toBe('killed after the time to stop was over: chat-1\n');
    expect(stdout).toMatch(/\n1 server stopped, 1 killed\n$/);
    expect(code).toBe(0);
    expect(game.pids()).toEqual([]);
  });

  it('stops a start that is under way at Ctrl-C', async () => {
    await using game = await TestGame.make({
      chat: [{ id: 'chat-1', behave: 'hang' }],
      time: [{ id: 'time-1' }],
    });
    const start = game.begin('start');
    await start.says('time-1 ready');
    start.child.kill('SIGINT');
    expect((await start.ended).code).toBe(130);
    expect(game.pids()).toEqual([]);
    expect(game.leftBehind()).toEqual(['secret']);
  });

  it('tells that the master’s port is taken', async () => {
    await using game = await TestGame.make(six);
    await using other = await TestGame.make(six, { master: JSON.parse(game.read('config/master.json')) });
    await game.begin('start', '-i', 'chat-1').says('1 server ready');
    const { code, stderr } = await other.run('start');
    expect(stderr).toMatch(
      /^error The master cannot listen on 127\.0\.0\.1:\d+: the port is in use by .* \(pid \d+\)\.\n$/,
    );
    expect(code).toBe(1);
  });

  it.each([
    ['its arguments', ''],
    ['the name that it has given itself', "process.title = 'worker\\n--token hunter2';"],
  ])(
    'tells of the process that has the port its program and pid alone, and nothing of %s',
    async (_, first) => {
      await using game = await TestGame.make(six);
      const { port } = JSON.parse(game.read('config/master.json'));
      const script = `${first} require('net').createServer().listen(${port}, '127.0.0.1', () => console.log('listens'))`;
      const words = ['-e', script, 'two\nlines\u001b[2J', '--password=hunter2'];
      const holder = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
      try {
        await once(holder.stdout!, 'data');
        const told = `The master cannot listen on 127.0.0.1:${port}: the port is in use by ${basename(process.execPath)} (pid ${holder.pid}).`;
        expect(await game.run('start')).toEqual({ code: 1, stdout: '', stderr: `error ${told}\n` });
        const daemon = await game.run('start', '-D');
        expect(daemon).toMatchObject({ code: 1, stderr: `error The cluster did not start: ${told}\n` });
      } finally {
        holder.kill('SIGKILL');
      }
    },
  );

  it('needs a secret in production', async () => {
    await using game = await TestGame.make(six);
    const { code, stderr } = await game.run('start', '-e', 'production');
    expect(stderr).toBe(
      'error No cluster secret: expected the environment variable POMELO_TS_SECRET or the file .pomelo-ts/secret (mode 0600), with a text such as openssl rand -hex 32 gives.\n',
    );
    expect(code).toBe(2);
  });

  it('needs a secret of sixteen characters in production', async () => {
    await using game = await TestGame.make(six, { env: { POMELO_TS_SECRET: 'too short' } });
    for (const more of [[], ['-D']]) {
      const { code, stderr } = await game.run('start', '-e', 'production', ...more);
      expect(stderr).toMatch(
        /^error The secret in the environment variable POMELO_TS_SECRET has 9 characters: expected at least 16 /,
      );
      expect(code).toBe(2);
    }
  });

  it('starts nothing when a host that is not this machine cannot be reached', async () => {
    const servers = { ...six, time: [{ id: 'time-1', host: '192.0.2.7' }] };
    await using game = await TestGame.make(servers, { master: { ssh: { connectTimeout: '500ms' } } });
    for (const more of [[], ['-D']]) {
      const { code, stdout, stderr } = await game.run('start', ...more);
      expect(stderr).toContain('192.0.2.7 cannot be reached over SSH at 192.0.2.7:22: ');
      expect(stdout).toBe('');
      expect(code).toBe(1);
    }
    expect(game.pids()).toEqual([]);
    const single = await game.run('start', '--single');
    expect(single.stderr).toContain(
      'config/servers.json time[0].host: 192.0.2.7 is no address of this machine (for time-1)',
    );
    expect(single.code).toBe(2);
    const start = game.begin('start', '-t', 'chat');
    await start.says('2 servers ready');
    const rest = await game.run('start');
    expect(rest.stderr).toMatch(
      /^warning 192.0.2.7 cannot be reached over SSH .*\ntime-1 will be started when that is mended.$/m,
    );
    expect((await game.rows())['time-1']).toMatchObject({ lastError: expect.stringContaining('192.0.2.7') });
  });

  it('starts twenty servers, and stops all of them', async () => {
    await using game = await TestGame.make({
      chat: [{ clusterCount: 10, port: '6200++' }],
      connector: [{ clusterCount: 9, port: '6300++', clientPort: '6320++', frontend: true }],
      gate: [{ id: 'gate-1', clientPort: 6108, frontend: true }],
    });
    const start = game.begin('start');
    await start.says('Ctrl-C stops them');
    expect(start.stdout).toMatch(/20 servers ready in [\d.]+ s/);
    start.child.kill('SIGTERM');
    await start.ended;
    expect(game.pids()).toEqual([]);
  });
});

const tierOf: Record<string, number> = { time: 0, chat: 0, cluster: 1, gate: 2 };
