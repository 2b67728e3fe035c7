import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commandLine, eventually, TestGame } from '../helpers/cluster-process.js';

const servers = {
  chat: [{ id: 'chat-1', port: 6172 }],
  gate: [{ id: 'gate-1', clientPort: 6178, frontend: true }],
};
const production = { env: { POMELO_TS_SECRET: 'of the integration tests' } };
const daemon = ['-D', '-e', 'production'];

async function started(): Promise<TestGame> {
  const game = await TestGame.make(servers, production);
  expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
  return game;
}

const logOf = (game: TestGame, id: string) => join(game.root, 'logs', `${id}.log`);

describe('logs', () => {
  it('shows one server’s lines as they are, and all with their ids before them', async () => {
    await using game = await started();
    expect((await game.run('logs', 'chat-1')).stdout).toBe('chat-1 begins\n');
    const all = await game.run('logs');
    expect(all.stdout).toMatch(/^chat-1 │ chat-1 begins$/m);
    expect(all.stdout).toMatch(/^gate-1 │ gate-1 begins$/m);
    expect((await game.run('logs', '--raw')).stdout).toMatch(/^\[gate-1\] gate-1 begins$/m);
  });

  it('shows records of the framework as words, in the order of their time', async () => {
    await using game = await started();
    const record = (second: number, msg: string) =>
      `${JSON.stringify({ level: 'error', time: `2031-01-01T00:00:0${second}.000Z`, msg, room: 7 })}\n`;
    appendFileSync(logOf(game, 'chat-1'), record(1, 'first') + record(3, 'third'));
    appendFileSync(logOf(game, 'gate-1'), record(2, 'second'));
    const { stdout } = await game.run('logs', '-n', '2');
    const told = stdout.split('\n').filter((line) => line.includes('2031'));
    expect(told).toEqual([
      'chat-1 │ 2031-01-01T00:00:01.000Z error first room=7',
      'gate-1 │ 2031-01-01T00:00:02.000Z error second room=7',
      'chat-1 │ 2031-01-01T00:00:03.000Z error third room=7',
    ]);
  });

  it('follows through a rotation, a restart, a hang and the end of the master', async () => {
    await using game = await started();
    const file = logOf(game, 'chat-1');
    const follow = game.begin('logs', 'chat-1', '-f');
    await follow.says('chat-1 begins');
    appendFileSync(file, 'before the rotation\n');
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
    appendFileSync(file, 'after it\n');
    await follow.says('after it');
    expect(follow.stdout).toBe('chat-1 begins\nbefore the rotation\nafter it\n');
    await game.run('restart', 'chat-1');
    await follow.says('chat-1 stops: the master said so\nchat-1 begins\n');
    process.kill((await game.rows())['chat-1']!.pid!, 'SIGSTOP');
    appendFileSync(file, 'while it hangs\n');
    await follow.says('while it hangs');
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
    appendFileSync(file, 'without a master\n');
    await follow.says('without a master');
    follow.child.kill('SIGINT');
    expect((await follow.ended).code).toBe(0);
  });

  it('gives all of a long log to whoever reads slowly, and ends with whoever reads no more', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', port: 6091 }] });
    mkdirSync(join(game.root, 'logs'), { recursive: true });
    const lines = Array.from(
      { length: 20_000 },
      (_, n) => `line ${n} of a log that is longer than a pipe holds`,
    );
    writeFileSync(join(game.root, 'logs/chat-1.log'), `${lines.join('\n')}\n`);
    const follow = `${process.execPath} ${commandLine} logs chat-1 -d ${game.root} -n 20000`;
    const shell = (script: string) =>
      spawnSync('bash', ['-c', script], { encoding: 'utf8', timeout: 60_000 });
    const { stdout } = shell(`${follow} | (sleep 1; wc -l); echo \${PIPESTATUS[0]}`);
    expect(stdout.trim().split(/\s+/)).toEqual(['20000', '0']);
    expect(shell(`${follow} -f | head -1; echo \${PIPESTATUS[0]}`).stdout).toBe(`${lines[0]}\n0\n`);
    const full = shell(`${follow} >/dev/full`);
    expect([full.status, full.stderr]).toEqual([1, expect.stringContaining('cannot be written: ENOSPC')]);
  });

  it('shows with --grep what matches in the whole log', async () => {
    await using game = await started();
    const lines = Array.from({ length: 10_000 }, (_, n) => `a line of the game, number ${n}\n`).join('');
    appendFileSync(logOf(game, 'chat-1'), lines);
    const { stdout } = await game.run('logs', 'chat-1', '--grep', 'number (3|9998)$');
    expect(stdout).toBe('a line of the game, number 3\na line of the game, number 9998\n');
    const last = await game.run('logs', 'chat-1', '--grep', 'NUMBER [0-9]*7$', '-n', '2');
    expect(last.stdout).toBe('a line of the game, number 9987\na line of the game, number 9997\n');
    expect(await game.run('logs', 'chat-1', '--grep', 'nowhere', '-n', '10')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'no line in the last 4 MiB of chat-1 matches nowhere; without -n all are looked at\n',
    });
    truncateSync(logOf(game, 'chat-1'));
    expect(await game.run('logs', 'chat-1')).toMatchObject({
      code: 0,
      stdout: '',
      stderr:
        'nothing was logged by chat-1 yet; how servers ended is in the log of the master: pomelo-ts logs master\n',
    });
    expect(await game.run('logs', '--grep', '(')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('expected --grep as a regular expression'),
    });
  });

  it('shows with --context the lines around those that match, and with --level records of it and worse', async () => {
    await using game = await started();
    const record = (level: string, msg: string) =>
      `${JSON.stringify({ level, time: '2031-01-01T00:00:00.000Z', msg })}\n`;
    const lines = Array.from({ length: 2000 }, (_, n) => `line ${n}\n`);
    lines.splice(1500, 0, record('error', 'no room'));
    appendFileSync(logOf(game, 'chat-1'), lines.join(''));
    const found = await game.run('logs', 'chat-1', '--raw', '--grep', 'line 1*7$', '--context', '1');
    const around = (n: number) => `line ${n - 1}\nline ${n}\nline ${n + 1}\n`;
    expect(found.stdout).toBe([7, 17, 117, 1117].map(around).join('--\n'));
    const worse = await game.run('logs', 'chat-1', '--raw', '--level', 'warn', '-C', '2', '-n', '1');
    expect(worse.stdout).toBe(lines.slice(1498, 1503).join(''));
    const follow = game.begin('logs', 'chat-1', '-f', '-n', '0', '--grep', 'lost', '-C', '1');
    const write = (text: string) => appendFileSync(logOf(game, 'chat-1'), text);
    await eventually(() => {
      write('lost\n'); // until it follows
      return follow.stdout.includes('lost');
    }, 'a line that was lost');
    write('after it\nnothing\nbefore it\nlost again\n');
    await follow.says('lost\nafter it\n--\nbefore it\nlost again\n');
    follow.child.kill('SIGINT');
    for (const [wrong, expected] of [
      [['-C', '1'], '--grep or --level with --context'],
      [['-C', '21', '--grep', 'x'], '--context as a whole number, 20 at most'],
      [['--grep', '(.{1,99}){9}z'], 'expected --grep as a regular expression (it takes too long'],
    ] as const)
      expect(await game.run('logs', ...wrong)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(expected),
      });
  });

  it('reads the logs of servers that are down, of the master, and of both when no master runs', async () => {
    await using game = await started();
    await game.run('stop', 'chat-1');
    expect((await game.run('logs', 'chat-1')).stdout).toContain('chat-1 stops: the master said so');
    expect((await game.run('logs', 'master')).stdout).toContain('2 servers ready');
    await game.run('stop');
    expect((await game.run('logs')).stdout).toMatch(/^chat-1 │ chat-1 begins$/m);
    const { code, stderr } = await game.run('logs', 'chat-9');
    expect(stderr).toContain('error chat-9 has no log that can be read: no master runs');
    expect(code).toBe(1);
  });

  it('tells of servers whose output goes elsewhere, and of those that there are not', async () => {
    await using game = await TestGame.make(servers);
    const start = game.begin('start');
    await start.says('2 servers ready');
    const here = await game.run('logs', 'chat-1');
    expect(here.stderr).toBe(
      'error The master did not carry out log.read: chat-1 has no log that can be read: it writes to the terminal of its master\n',
    );
    expect(here.code).toBe(1);
    expect(await game.run('logs', 'chat-9')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^error .*no server, type or host chat-9/),
    });
    const all = await game.run('logs');
    expect(all.stderr).toBe('there is no log that can be read; pomelo-ts logs <id> tells why\n');
    expect(all.code).toBe(1);
  });

  it('comes to a follower of all from servers that are added meanwhile', async () => {
    await using game = await started();
    const follow = game.begin('logs', '-f');
    await follow.says('gate-1 begins');
    await game.run('add', 'serverType=chat', 'id=chat-2', 'port=6173');
    await eventually(() => /^chat-2 │ chat-2 begins$/m.test(follow.stdout), 'the new server');
    follow.child.kill('SIGTERM');
    expect((await follow.ended).code).toBe(0);
  });
});
