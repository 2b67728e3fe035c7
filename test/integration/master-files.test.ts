import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  commandLine,
  eventually,
  fixtureServer,
  repositoryRoot,
  TestGame,
} from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { RawClient } from '../helpers/raw-client.js';

const secret = { env: { POMELO_TS_SECRET: 'of the integration tests' } };
const chat = [{ id: 'chat-1', port: 6195 }];

describe('the files of a master', () => {
  it('are for its user alone, logs too, and follow no link that somebody has put in their place', async () => {
    await using game = await TestGame.make({ chat }, secret);
    const precious = join(game.root, 'precious');
    writeFileSync(precious, 'of somebody else');
    mkdirSync(join(game.root, '.pomelo-ts'), { mode: 0o700 });
    for (const name of ['master.pid', 'master.json.new', 'term.new'])
      symlinkSync(precious, join(game.root, '.pomelo-ts', name));
    const started = await game.run('start', '-D', '-e', 'production');
    expect(started.code, started.stderr).toBe(0);
    expect(readFileSync(precious, 'utf8')).toBe('of somebody else');
    const modeOf = (file: string) => (statSync(join(game.root, file)).mode & 0o777).toString(8);
    const files = ['logs/master.log', 'logs/chat-1.log', '.pomelo-ts/master.pid', '.pomelo-ts/master.json'];
    expect(files.map(modeOf)).toEqual(['600', '600', '600', '600']);
    expect(modeOf('logs')).toBe('700');
    expect((await game.run('stop')).code).toBe(0);
  });
});

describe('two starts at once', () => {
  it('begin one master, and the other says that a start is under way', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', port: 6195 }] }, secret);
    const starts = await Promise.all([1, 2].map(() => game.run('start', '-D', '-e', 'production')));
    const [fine, late] = starts.sort((a, b) => a.code! - b.code!);
    expect(fine).toMatchObject({ code: 0 });
    expect(late!.code).toBe(1);
    expect(late!.stderr).toMatch(/^error (A start of .* is under way \(pid \d+\)|A master already runs)/m);
    expect(late!.stderr).not.toContain('    at ');
    expect((await game.run('stop')).code).toBe(0);
  });
});

describe('a master that hangs', () => {
  it('is named with its pid and what ends it, by commands and by doctor', async () => {
    await using game = await TestGame.make({ chat }, secret);
    const master = game.begin('start', '-e', 'production');
    await master.says('1 server ready');
    const { pid } = master.child;
    master.child.kill('SIGSTOP');
    const [list, doctor] = await Promise.all([game.run('list'), game.run('doctor', '-e', 'production')]);
    master.child.kill('SIGCONT');
    const told = new RegExp(
      `The master \\(pid ${pid}\\) lives but does not answer at .*kill -9 ${pid} ends it`,
    );
    expect(list.code).toBe(1);
    expect(list.stderr).toMatch(told);
    expect(doctor.stdout).toMatch(new RegExp(`^✖ master {3}the master \\(pid ${pid}\\) lives but`, 'm'));
    expect(doctor.stdout).toContain(`kill -9 ${pid} and pomelo-ts start -e production`);
    expect((await game.run('stop')).code).toBe(0);
  });
});

describe('too few files', () => {
  /** A shell that lets its commands open no more than this many. */
  const limited = (game: TestGame, most: number) => {
    const node = join(game.root, 'limited-node');
    writeFileSync(node, `#!/bin/sh\nulimit -n ${most}\nexec ${process.execPath} "$@"\n`);
    chmodSync(node, 0o755);
    return node;
  };

  it('of doctor itself are no fault of the servers, which their master starts', async () => {
    const gate = [{ id: 'gate-1', clientPort: await freePort(), frontend: true, 'max-connections': 1000 }];
    await using game = await TestGame.make({ chat, gate }, secret);
    const started = await game.run('start', '-D', '-e', 'production', '-i', 'chat-1');
    expect(started.code, started.stderr).toBe(0);
    game.node = limited(game, 600);
    const { stdout } = await game.run('doctor', '-e', 'production');
    expect(stdout).toMatch(/^✔ limits/m);
    game.node = undefined;
    await game.run('stop');
    game.node = limited(game, 600);
    const without = await game.run('doctor', '-e', 'production');
    expect(without.stdout).toMatch(
      /^✖ limits {3}gate-1 lets 1000 clients in, but ulimit -n of this shell is 600/m,
    );
  });

  it('are no reason for a frontend to let idle strangers keep out others; doctor says how many it has room for', async () => {
    const clientPort = await freePort();
    await using game = await TestGame.ofReference({ gate: [{ id: 'gate-1', clientPort, frontend: true }] });
    game.moreEnv = secret.env;
    game.node = limited(game, 200);
    const master = game.begin('start', '-e', 'production');
    await master.says('1 server ready');
    const doctor = await game.run('doctor', '-e', 'production');
    expect(doctor.stdout).toMatch(
      /^! limits {3}gate-1 has room for 134 clients only, as ulimit -n of it is 200\n +→ ulimit -n 65536/m,
    );
    const idle: Socket[] = [];
    for (let i = 0; i < 400; i++) idle.push(createConnection(clientPort, '127.0.0.1').on('error', () => {}));
    for (let i = 0; i < 100; i++) await (await RawClient.join(clientPort))[Symbol.asyncDispose]();
    // nor do those that do their handshake and no more
    const joined = () => RawClient.join(clientPort, { transport: 'tcp' }).catch(() => undefined);
    for (let i = 0; i < 400; i++) {
      const client = await joined();
      if (client) idle.push(client.socket);
    }
    const elsewhere = { transport: 'tcp', localAddress: '127.0.0.2' } as const;
    for (let i = 0; i < 10; i++) idle.push((await RawClient.join(clientPort, elsewhere)).socket);
    for (const socket of idle) socket.destroy();
    game.node = undefined;
    expect((await game.run('stop', '-e', 'production')).code).toBe(0);
    await master.ended;
    expect(master.stdout).not.toContain('no more files may be open');
  });

  it('of a master are not taken up by strangers: operators are answered', async () => {
    await using game = await TestGame.make({ chat }, secret);
    game.node = limited(game, 400);
    const master = game.begin('start', '-e', 'production');
    await master.says('1 server ready');
    const port = JSON.parse(game.read('config/master.json')).port as number;
    const sockets: Socket[] = [];
    for (let i = 0; i < 500; i++) sockets.push(createConnection(port, '127.0.0.1').on('error', () => {}));
    game.node = undefined;
    const list = await game.run('list');
    expect(list.stdout, list.stderr).toMatch(/^chat-1 .*ready/m);
    for (const socket of sockets) socket.destroy();
    expect((await game.run('stop')).code).toBe(0);
    await master.ended;
    expect(master.stdout).not.toContain('no more files may be open');
  });
});

describe('a start that has just begun', () => {
  /** The processes of the command and of its daemon, by a word of their command lines. */
  const running = (game: TestGame, word: string) =>
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => {
        try {
          const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
          return (
            words.includes(word) &&
            (words.includes(game.root) || readlinkSync(`/proc/${pid}/cwd`) === game.root)
          );
        } catch {
          return false; // it has ended
        }
      });

  it.each([
    ['its command has begun', '\0start\0'],
    ['the process of its master has begun', 'daemon-main'],
  ])('is ended by kill when %s, and comes up no more', async (_when, word) => {
    await using game = await TestGame.make({ chat }, secret);
    const start = game.begin('start', '-D', '-e', 'production');
    await eventually(() => running(game, word).length > 0, `a process with ${word}`);
    const kill = await game.run('kill', '-e', 'production');
    expect(kill.stdout).toMatch(/servers? and the master killed/);
    expect(kill.code, kill.stderr).toBe(0);
    await start.ended;
    expect([...running(game, 'daemon-main'), ...running(game, '\0start\0')]).toEqual([]);
    const list = await game.run('list', '-e', 'production');
    expect(list.stderr).toContain('No master runs');
  });

  it('is found too when it runs the file that the package names as its command', async () => {
    await using game = await TestGame.make({ chat }, secret);
    const { bin } = JSON.parse(readFileSync(join(repositoryRoot, 'framework/cli/package.json'), 'utf8'));
    const file = join(repositoryRoot, 'framework/cli', bin['pomelo-ts']);
    const words = [file, 'start', '-d', game.root, '-e', 'production', '--boot-script', fixtureServer];
    const start = spawn(process.execPath, words, { env: { ...process.env, ...secret.env }, stdio: 'ignore' });
    const ended = once(start, 'exit');
    await eventually(() => running(game, '\0start\0').length > 0, 'the command');
    const kill = await game.run('kill', '-e', 'production');
    expect(kill.stdout, kill.stderr).toMatch(/servers? and the master killed/);
    await ended;
  });

  it('is not what has started it, such as timeout or another program of node', async () => {
    await using game = await TestGame.make({ chat }, secret);
    const words = [
      process.execPath,
      commandLine,
      'start',
      '-D',
      '-e',
      'production',
      '--boot-script',
      fixtureServer,
    ];
    const options = { cwd: game.root, env: { ...process.env, ...secret.env }, encoding: 'utf8' } as const;
    const byTimeout = spawnSync('timeout', ['60', ...words], options);
    expect([byTimeout.status, byTimeout.stderr]).toEqual([0, '']);
    expect((await game.run('stop', '-e', 'production')).code).toBe(0);
    const wrapper = `require('child_process').execFileSync(${JSON.stringify(words[0])}, process.argv.slice(1))`;
    const byNode = spawnSync(process.execPath, ['-e', wrapper, ...words.slice(1)], options);
    expect([byNode.status, byNode.stderr]).toEqual([0, '']);
    expect((await game.run('stop', '-e', 'production')).code).toBe(0);
  });

  it('is named by a second one, which ends without harm: the servers of the first are those that run', async () => {
    await using game = await TestGame.make({ chat }, secret);
    const first = game.begin('start', '-D', '-e', 'production');
    await eventually(() => running(game, '\0start\0').length > 0, 'the first command');
    const [pid] = running(game, '\0start\0');
    process.kill(Number(pid), 'SIGSTOP');
    const second = await game.run('start', '-D', '-e', 'production');
    process.kill(Number(pid), 'SIGCONT');
    expect(second).toEqual({
      code: 1,
      stdout: '',
      stderr: `error A start of ${game.root} is under way (pid ${pid}): wait for its end, or end it alone with kill ${pid}.\n`,
    });
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await game.rows()).toMatchObject({ 'chat-1': { state: 'ready', restarts: 0 } });
    expect(game.pids()).toHaveLength(2); // the master and its server
    expect((await game.run('stop')).code).toBe(0);
  });

  it('is told of by other commands', async () => {
    await using game = await TestGame.make({ chat }, secret);
    const start = game.begin('start', '-D', '-e', 'production');
    await eventually(() => running(game, '\0start\0').length > 0, 'the command');
    const [pid] = running(game, '\0start\0');
    process.kill(Number(pid), 'SIGSTOP');
    for (const command of ['list', 'stop', 'restart']) {
      const { code, stderr } = await game.run(command, '-e', 'production');
      expect([code, stderr]).toEqual([1, expect.stringContaining(`is under way (pid ${pid})`)]);
    }
    process.kill(Number(pid), 'SIGCONT');
    expect((await start.ended).code).toBe(0);
    expect((await game.run('stop', '-e', 'production')).code).toBe(0);
  });

  it('and a process that a false record or a false file of a master names: kill leaves that alone', async () => {
    await using game = await TestGame.make({ chat }, secret);
    const stranger = spawn('sleep', ['1000'], { cwd: game.root });
    try {
      const folder = join(game.root, '.pomelo-ts', 'servers', '127.0.0.1');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      const { pid } = stranger;
      const [boot, ticks] = [
        readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim(),
        readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[19],
      ];
      const record = { id: 'chat-9', bootId: 'x', pid };
      writeFileSync(join(folder, 'chat-9.json'), JSON.stringify(record));
      writeFileSync(join(folder, 'chat-8.json'), JSON.stringify({ ...record, start: `${boot} ${ticks}` }));
      for (const more of [{}, { commandLine: readFileSync(`/proc/${pid}/cmdline`, 'latin1') }]) {
        const state = { pid, host: '127.0.0.1', port: 1, env: 'production', ...more };
        writeFileSync(join(game.root, '.pomelo-ts', 'master.json'), JSON.stringify(state));
        const { code, stdout, stderr } = await game.run('kill', '-e', 'production');
        expect([code, stdout, stderr]).toEqual([0, 'nothing runs\n', '']);
      }
      expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    } finally {
      stranger.kill('SIGKILL');
    }
  });
});

describe('a master whose file is lost', () => {
  it('is found by its process, in the environment that it runs in, and writes its file again', async () => {
    await using game = await TestGame.make({ chat: [] }, secret);
    game.write('config/servers.json', { production: { chat } });
    const { port } = JSON.parse(game.read('config/master.json'));
    game.write('config/master.json', { production: { port } });
    const started = await game.run('start', '-D', '-e', 'production');
    expect(started.code, started.stderr).toBe(0);
    const file = join(game.root, '.pomelo-ts', 'master.json');
    const written = JSON.parse(readFileSync(file, 'utf8'));
    rmSync(file);
    const list = await game.run('list');
    expect(list.stderr).toBe('');
    expect(list.stdout).toMatch(/^chat-1 .*ready/m);
    rmSync(file, { force: true });
    expect((await game.run('list', '-e', 'test')).stderr).toMatch(
      new RegExp(`The master \\(pid ${written.pid}\\) runs in the environment production, not in test`),
    );
    await eventually(() => existsSync(file), 'a file that is written again');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(written);
    rmSync(file);
    expect(await game.run('stop')).toMatchObject({ code: 0, stderr: '' });
    expect(game.pids()).toEqual([]);
  });
});
