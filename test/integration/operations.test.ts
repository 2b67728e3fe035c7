import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const production = { env: { POMELO_TS_SECRET: 'of the integration tests, and long enough' } };
const daemon = ['-D', '-e', 'production'];

/** What `operations --json` tells of one. */
interface Row {
  readonly id: number;
  readonly verb: string;
  readonly state: string;
  readonly by: string;
  readonly done: readonly string[];
  readonly underWay: readonly string[];
  readonly left: readonly string[];
  readonly error?: { readonly message: string };
}

/** A game that runs: four chat servers and a gate, of the fixture. */
async function started(): Promise<TestGame> {
  const chat = [];
  for (const n of [1, 2, 3, 4]) chat.push({ id: `chat-${n}`, port: await freePort() });
  const gate = [{ id: 'gate-1', clientPort: await freePort(), frontend: true }];
  const game = await TestGame.make({ chat, gate }, production);
  expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
  return game;
}

async function operation(game: TestGame, id = 1): Promise<Row> {
  const { stdout, stderr } = await game.run('operations', '--json');
  const row = (JSON.parse(stdout || '[]') as Row[]).find((one) => one.id === id);
  if (!row) throw new Error(`no operation ${id}: ${stdout}${stderr}`);
  return row;
}

/** Whether a server is done, by the journal: while a busy machine runs a command, all of them may be. */
function isDone(game: TestGame, id: string): boolean {
  try {
    const kept = JSON.parse(game.read('.pomelo-ts/operations.production/1.json')) as {
      readonly steps: readonly { readonly name: string; readonly state: string }[];
    };
    return kept.steps.some(({ name, state }) => name === id && state === 'done');
  } catch {
    return false; // it is not written yet
  }
}

async function pids(game: TestGame): Promise<Record<string, number | undefined>> {
  return Object.fromEntries(Object.entries(await game.rows()).map(([id, { pid }]) => [id, pid]));
}

/** Waits until the first chat server has its new life and is watched. */
async function watched(game: TestGame, before: Record<string, number | undefined>): Promise<void> {
  await eventually(async () => {
    const { 'chat-1': now } = await game.rows();
    return now!.state === 'ready' && now!.pid !== before['chat-1'];
  }, 'the new life of chat-1');
}

const chatsOf = ({ 'gate-1': _, ...chats }: Record<string, number | undefined>) => chats;

interface LogLine {
  readonly msg?: string;
  readonly message?: string;
  readonly verb?: string;
  readonly [fact: string]: unknown;
}

/** The lines of the master's log about operations. */
function logged(game: TestGame): readonly LogLine[] {
  return game
    .read('logs/master.log')
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('n operation '))
    .map((line) => JSON.parse(line) as LogLine);
}

describe('a long restart', () => {
  it('keeps nobody from the list, from adding a server, and from restarting another type', async () => {
    await using game = await started();
    const before = await pids(game);
    const long = game.begin('restart', '-t', 'chat', '--watch', '10m');
    await watched(game, before);
    const entry = ['serverType=chat', 'id=chat-9', `port=${await freePort()}`];
    expect(await game.run('add', ...entry)).toMatchObject({ code: 0 });
    const gate = await game.run('restart', 'gate-1', '--watch', '0');
    expect(gate).toMatchObject({ code: 0, stdout: expect.stringContaining('1 server restarted') });
    expect((await pids(game))['gate-1']).not.toBe(before['gate-1']);
    const same = game.begin('stop', 'chat-2');
    await same.says('waits for restart of 4 servers (operation 1)');
    expect(await game.run('stop')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The master is busy with restart of 4 servers (operation 1)'),
    });
    expect(long.child.exitCode).toBe(null);
    const after = await pids(game);
    for (const id of ['chat-2', 'chat-3', 'chat-4']) expect([id, after[id]]).toEqual([id, before[id]]);
  });

  it('goes on when its command is ended by Ctrl-C, and is watched by its number', async () => {
    await using game = await started();
    const before = await pids(game);
    const waiting = game.begin('restart', '-t', 'chat', '--watch', '3s');
    await watched(game, before);
    waiting.child.kill('SIGINT');
    expect(await waiting.ended).toMatchObject({
      code: 130,
      stderr:
        'restart goes on in the master as operation 1; pomelo-ts operations watch 1 shows how far it is\n',
    });
    const seen = await game.run('operations', 'watch', '1');
    expect(seen).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('operation 1 (servers.restart) is done'),
    });
    const after = await pids(game);
    for (const [id, pid] of Object.entries(chatsOf(before))) expect([id, after[id]]).not.toEqual([id, pid]);
  });

  it('whose master is paused is told to go on with it, and does', async () => {
    await using game = await started();
    const before = await pids(game);
    const waiting = game.begin('restart', '-t', 'chat', '--watch', '2s');
    await watched(game, before);
    const master = Number(game.read('.pomelo-ts/master.pid'));
    process.kill(master, 'SIGSTOP');
    const { code, stderr } = await waiting.ended;
    process.kill(master, 'SIGCONT');
    expect(stderr).toMatch(
      new RegExp(
        `^error restart goes on as operation 1, but the master was lost: The master \\(pid ${master}\\) lives but does not answer at .*pomelo-ts operations watch 1 shows what becomes of it\\.$`,
        'm',
      ),
    );
    expect(code).toBe(1);
    const seen = await game.run('operations', 'watch', '1');
    expect(seen.stdout).toContain('operation 1 (servers.restart) is done');
    const after = await pids(game);
    for (const [id, pid] of Object.entries(chatsOf(before))) expect([id, after[id]]).not.toEqual([id, pid]);
  });

  it('is paused, goes on, and is ended, and each is told', async () => {
    await using game = await started();
    const before = await pids(game);
    const waiting = game.begin('restart', '-t', 'chat', '--watch', '6s');
    await watched(game, before);
    expect(await game.run('operations', 'pause', '1')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^operation 1 (is paused|pauses before its next step); /),
    });
    await waiting.says('operation 1 is paused: pomelo-ts operations resume 1 has it go on, at 2');
    expect(await operation(game)).toMatchObject({
      state: 'paused',
      done: ['chat-1'],
      left: ['chat-2', 'chat-3', 'chat-4'],
    });
    expect((await game.run('operations')).stdout).toMatch(
      /^1 {3}servers\.restart +4 servers +paused +1\/4 /m,
    );
    expect(await game.run('operations', 'resume', '1')).toMatchObject({ code: 0 });
    expect(await waiting.ended).toMatchObject({ code: 0 });

    const now = await pids(game);
    const second = game.begin('restart', '-t', 'chat', '--watch', '10m');
    await watched(game, now);
    const ended = await game.run('operations', 'end', '2');
    expect(ended.stdout).toBe(
      'operation 2 (servers.restart) is ended\n  done: chat-1\n  not done: chat-2, chat-3, chat-4\n',
    );
    expect(await second.ended).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Done: chat-1. Not done: chat-2, chat-3, chat-4.'),
    });
    expect(await game.run('operations', 'end', '2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('The operation 2 is over already: it is ended.'),
    });
    expect(await game.run('operations', 'watch', '7')).toMatchObject({ code: 2 });
  });

  it('is finished by the next master when its own is killed in the middle', async () => {
    await using game = await started();
    const before = await pids(game);
    const waiting = game.begin('restart', '-t', 'chat', '--watch', '5s');
    await eventually(() => isDone(game, 'chat-1'), 'the first step');
    const { pid: first } = JSON.parse(game.read('.pomelo-ts/servers/127.0.0.1/chat-1.json')) as {
      pid: number;
    };
    process.kill(Number(game.read('.pomelo-ts/master.pid')), 'SIGKILL');
    const { code, stderr } = await waiting.ended;
    expect(stderr).toMatch(/^error restart goes on as operation 1, but the master was lost: /);
    expect(stderr).toContain('pomelo-ts operations watch 1 shows what becomes of it.');
    expect(code).toBe(1);
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 }); // it adopts them
    const seen = await game.run('operations', 'watch', '1');
    expect(seen.stdout).toContain(
      'operation 1 (servers.restart) is done\n  done: chat-1, chat-2, chat-3, chat-4',
    );
    const after = await pids(game);
    expect(after['chat-1']).toBe(first);
    for (const id of ['chat-2', 'chat-3', 'chat-4']) expect([id, after[id]]).not.toEqual([id, before[id]]);
    expect(after['gate-1']).toBe(before['gate-1']);
    expect(await operation(game)).toMatchObject({ state: 'done', by: expect.stringContaining('@') });
  });
});

describe('the log of the master', () => {
  it('tells who has asked for what, and what came of it, also of what was refused', async () => {
    await using game = await started();
    await game.run('stop', 'chat-1');
    await game.run('list');
    await game.run('stop', 'chat-77');
    const by = `${userInfo().username}@${hostname()}`;
    const facts = { verb: 'servers.stop', by, via: 'cli', target: 'chat-1' };
    const ours = logged(game).filter(({ verb }) => verb !== 'servers.start');
    expect(ours).toMatchObject([
      facts,
      { ...facts, result: 'done', ms: expect.any(Number) },
      { verb: 'servers.stop', by, via: 'cli', code: 'SERVER_NOT_IN_TOPOLOGY' },
    ]);
    const start = logged(game).filter(({ verb }) => verb === 'servers.start');
    expect(start).toMatchObject([{ by }, { by, target: 'all servers', result: 'done' }]);
  });
});

describe('a restart that is under way', () => {
  it('is over when everything is killed, and the next master does not go on with it', async () => {
    await using game = await started();
    const before = await pids(game);
    game.begin('restart', '-t', 'chat', '--watch', '10m');
    await watched(game, before);
    expect(await game.run('kill')).toMatchObject({ code: 0 });
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    expect(await operation(game)).toMatchObject({
      state: 'ended',
      done: ['chat-1'],
      left: ['chat-2', 'chat-3', 'chat-4'],
    });
  });
});

describe('a long reload', () => {
  const handler = (game: TestGame, text: string) =>
    writeFileSync(join(game.root, 'app/servers/chat/handler/chatHandler.js'), text);

  it('is ended while the first server is watched, and that one goes back to its former code', async () => {
    const chat = [];
    for (const n of [1, 2]) chat.push({ id: `chat-${n}`, port: await freePort() });
    await using game = await TestGame.make({ chat }, { ownBoot: true, ...production });
    game.write('package.json', { type: 'module' });
    writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
    mkdirSync(join(game.root, 'app/servers/chat/handler'), { recursive: true });
    handler(game, 'export default class { send() { return { from: 1 }; } }');
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
    handler(game, 'export default class { send() { return { from: 2 }; } }');
    const reload = game.begin('reload', '--watch', '10m');
    await reload.says('chat-1 is watched');
    const ended = await game.run('operations', 'end', '1', '--take-back');
    expect(ended.stdout).toBe(
      'operation 1 (servers.reload) is ended\n  taken back: chat-1\n  not done: chat-2\n',
    );
    expect(await reload.ended).toMatchObject({ code: 1 });
    const again = await game.run('reload', '--watch', '0', '--json');
    const rows = JSON.parse(again.stdout) as readonly { id: string; swapped: readonly string[] }[];
    expect(rows.map(({ id, swapped }) => [id, swapped.length])).toEqual([
      ['chat-1', 1],
      ['chat-2', 1],
    ]);
  });
});
