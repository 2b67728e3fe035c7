import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, freePort, TestGame } from '../helpers/cluster-process.js';

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

  it('of a master are told of in its log, once, while connections that it cannot take are closed', async () => {
    await using game = await TestGame.make({ chat }, secret);
    game.node = limited(game, 400);
    const master = game.begin('start', '-e', 'production');
    await master.says('1 server ready');
    const port = JSON.parse(game.read('config/master.json')).port as number;
    const sockets: Socket[] = [];
    for (let i = 0; i < 500; i++) sockets.push(createConnection(port, '127.0.0.1').on('error', () => {}));
    await master.says(
      'Connections are taken and closed at once, as no more files may be open: raise ulimit -n, which is 400',
    );
    for (const socket of sockets) socket.destroy();
    await master.says('This process may open files and connections again.');
    game.node = undefined;
    await eventually(async () => (await game.run('stop')).code === 0, 'a stop');
    await master.ended;
    expect(master.stdout.match(/Connections are taken and closed/g)).toHaveLength(1);
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
