import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const production = { env: { POMELO_TS_SECRET: 'of the integration tests, and long enough' } };
const daemon = ['-D', '-e', 'production'];
const mistake = 'export default class {\n  send() {\n    const = 1;\n  }\n}\n';

type Servers = Record<string, Record<string, unknown>[]>;

/** A game that runs: two chat servers and one auth server, with code of their own. */
async function started(): Promise<{ game: TestGame; servers: Servers }> {
  const server = async (id: string) => ({ id, port: await freePort() });
  const servers: Servers = {
    chat: [await server('chat-1'), await server('chat-2')],
    auth: [await server('auth-1')],
  };
  const game = await TestGame.make(servers, { ownBoot: true, ...production });
  game.write('package.json', { type: 'module' });
  writeFileSync(join(game.root, 'app.js'), 'export default { setUp() {} };');
  writeFileSync(join(game.root, 'nowhere.mjs'), "throw new Error('nowhere.mjs does not let node begin');");
  handler(game, 'chat', 'export default class { send() { return {}; } }');
  handler(game, 'auth', 'export default class { enter() { return {}; } }');
  expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
  return { game, servers };
}

function handler(game: TestGame, type: string, text: string): void {
  const folder = join(game.root, 'app/servers', type, 'handler');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${type}Handler.js`), text);
}

async function pids(game: TestGame): Promise<Record<string, number | undefined>> {
  return Object.fromEntries(Object.entries(await game.rows()).map(([id, { pid }]) => [id, pid]));
}

describe('a restart with code that does not load', () => {
  it('stops nothing, and tells the file and line', async () => {
    const { game } = await started();
    await using _ = game;
    const before = await pids(game);
    handler(game, 'auth', mistake);
    const { code, stderr } = await game.run('restart');
    expect(stderr).toMatch(/Nothing was stopped, as the new code does not load on auth-1:/);
    expect(stderr).toMatch(/authHandler\.js:3\b/);
    expect(stderr).toContain('const = 1;');
    expect(stderr).not.toContain('node:internal');
    expect(code).toBe(1);
    expect(await pids(game)).toEqual(before);
  });

  it('stops nothing either when a module is missing or throws while it is imported', async () => {
    const { game } = await started();
    await using _ = game;
    const before = await pids(game);
    handler(game, 'chat', "import 'nowhere';\nexport default class {}");
    expect((await game.run('restart', '-t', 'chat')).stderr).toMatch(/Cannot find package 'nowhere'/);
    handler(game, 'chat', "function open() { throw new Error('locked'); }\nopen();\nexport default class {}");
    expect((await game.run('restart', 'chat-2')).stderr).toMatch(/locked\n.*at open .*chatHandler\.js:1:/);
    expect(await pids(game)).toEqual(before);
  });

  it('stops nothing when the process that tries it crashes', async () => {
    const { game } = await started();
    await using _ = game;
    const before = await pids(game);
    handler(game, 'auth', 'process.abort();\nexport default () => ({});');
    const { code, stderr } = await game.run('restart', '-t', 'auth');
    expect(stderr).toMatch(
      /Nothing was stopped, as the new code does not load on auth-1:\nits process crashed with SIGABRT/,
    );
    expect(code).toBe(1);
    expect(await pids(game)).toEqual(before);
  });

  it('stops nothing when the code ends the process that tries it, be it with code 0', async () => {
    const { game } = await started();
    await using _ = game;
    const before = await pids(game);
    handler(game, 'auth', 'process.exit(0);\nexport default class {}');
    const { code, stderr } = await game.run('restart', '-t', 'auth');
    expect(stderr).toMatch(/Nothing was stopped.* auth-1:\nit ended with exit code 0 before it had loaded/);
    expect(code).toBe(1);
    expect(await pids(game)).toEqual(before);
  });

  it('with --no-trial ends at the first server of a type; its siblings and all others run on', async () => {
    const { game } = await started();
    await using _ = game;
    const before = await pids(game);
    handler(game, 'chat', mistake);
    const { code, stderr } = await game.run('restart', '-t', 'chat', '--no-trial');
    expect(code).toBe(1);
    expect(stderr).toMatch(/The restart has stopped at chat-1, which does not run any more:/);
    expect(stderr).toMatch(/^Down: chat-1\nNot touched, still as before: chat-2$/m);
    expect(stderr).toMatch(/^ {2}pomelo-ts restart chat-1 chat-2$/m);
    const { 'chat-1': down, ...others } = await game.rows();
    expect(down).toMatchObject({ state: 'down' });
    for (const [id, { pid }] of Object.entries(others)) expect([id, pid]).toEqual([id, before[id]]);
    handler(game, 'chat', 'export default class {}');
    expect(await game.run('restart', 'chat-1', 'chat-2')).toMatchObject({ code: 0 });
    const states = Object.values(await game.rows()).map(({ state }) => state);
    expect(states).toEqual(['ready', 'ready', 'ready']);
  });

  it('that only its start shows costs one server of the type', async () => {
    const { game } = await started();
    await using _ = game;
    const before = await pids(game);
    writeFileSync(
      join(game.root, 'app.js'),
      "export default { setUp(app) { if (app.serverType === 'chat') throw new Error('no database'); } };",
    );
    const { stderr } = await game.run('restart', 'chat-1', 'chat-2');
    expect(stderr).toContain('no database');
    const after = await pids(game);
    expect(after).toEqual({ ...before, 'chat-1': undefined });
  });
});

describe('a restart with code that crashes a moment after its start', () => {
  const late = "setTimeout(() => { throw new Error('late'); }, 1500);\nexport default class {}";

  it('costs one server of the type, which stays down; the others are not touched', async () => {
    const { game } = await started();
    await using _ = game;
    const before = await pids(game);
    handler(game, 'chat', late);
    const { code, stdout, stderr } = await game.run('restart', '-t', 'chat');
    expect(stdout).toContain('chat-1 is watched for 3.00 s');
    expect(stderr).toMatch(/stopped at chat-1, which did not stay: it ended with exit code 1: Error: late, /);
    expect(stderr).toMatch(/^Down: chat-1\nNot touched, still as before: chat-2$/m);
    expect(stderr).toMatch(
      /^When that is mended, or the former build is back:\n {2}pomelo-ts restart chat-1 chat-2$/m,
    );
    expect(code).toBe(1);
    expect(await pids(game)).toEqual({ ...before, 'chat-1': undefined });
    handler(game, 'chat', 'export default class {}');
    expect(await game.run('restart', 'chat-1', 'chat-2')).toMatchObject({ code: 0 });
  });

  it('is told the same by config reload --restart', async () => {
    const { game, servers } = await started();
    await using _ = game;
    const before = await pids(game);
    handler(game, 'chat', late);
    const chat = servers['chat']!.map((server) => ({ ...server, args: '--no-warnings' }));
    game.write('config/servers.json', { ...servers, chat });
    const { code, stderr } = await game.run('config', 'reload', '--yes', '--restart', '--watch', '10s');
    expect(stderr).toMatch(/stopped at chat-1, which did not stay: it ended with exit code 1: Error: late, /);
    expect(stderr).toMatch(/^1 server does not run now:\n {2}chat-1: exit code 1: Error: late$/m);
    expect(code).toBe(1);
    expect((await pids(game))['chat-2']).toBe(before['chat-2']);
  });

  it('is not seen with --watch 0; what makes no sense is told', async () => {
    const { game } = await started();
    await using _ = game;
    handler(game, 'chat', 'export default class {}');
    const { code, stdout } = await game.run('restart', '-t', 'chat', '--watch', '0', '--all-at-once');
    expect(stdout).not.toContain('watched');
    expect(code).toBe(0);
    const wrong = async (...words: Parameters<TestGame['run']>) => {
      const { code: exit, stderr } = await game.run(...words);
      return [exit, stderr.trim().split('\n').at(-1)];
    };
    expect(await wrong('restart', '--watch', 'long')).toEqual([2, expect.stringContaining('--watch')]);
    expect(await wrong('restart', '--at-once', '0')).toEqual([2, expect.stringContaining('--at-once')]);
    expect((await wrong('restart', '--at-once', '2', '--all-at-once'))[0]).toBe(2);
    expect((await wrong('config', 'reload', '--yes', '--watch', '5s'))[0]).toBe(2);
  });
});

describe('config reload --restart', () => {
  it('with arguments with which Node does not run touches nothing', async () => {
    const { game, servers } = await started();
    await using _ = game;
    const before = await pids(game);
    const [first, second] = servers['chat']!;
    game.write('config/servers.json', {
      ...servers,
      chat: [{ ...first, args: '--import=./nowhere.mjs' }, second],
    });
    const { code, stderr } = await game.run('config', 'reload', '--yes', '--restart');
    expect(stderr).toMatch(/Nothing was stopped.* chat-1:\n[\s\S]*nowhere\.mjs/);
    expect(code).toBe(1);
    expect(await pids(game)).toEqual(before);
  });

  it('with so little memory that Node crashes touches nothing, and says so', async () => {
    const { game, servers } = await started();
    await using _ = game;
    const before = await pids(game);
    const [auth] = servers['auth']!;
    game.write('config/servers.json', { ...servers, auth: [{ ...auth, args: '--max-old-space-size=5' }] });
    const { code, stderr } = await game.run('config', 'reload', '--yes', '--restart');
    expect(stderr).toMatch(
      /Nothing was stopped.* auth-1:\nits process crashed with SIG\w+: FATAL ERROR: .*memory/,
    );
    expect(code).toBe(1);
    expect(await pids(game)).toEqual(before);
  });

  it('tells at its end which servers do not run, and what starts them', async () => {
    const { game, servers } = await started();
    await using _ = game;
    const before = await pids(game);
    const chat = servers['chat']!.map((server) => ({ ...server, args: '--import=./nowhere.mjs' }));
    game.write('config/servers.json', { ...servers, chat });
    const { code, stdout, stderr } = await game.run('config', 'reload', '--yes', '--restart', '--no-trial');
    expect(code).toBe(1);
    expect(stdout).not.toMatch(/^done/m);
    expect(stderr).toMatch(/^1 server does not run now:\n {2}chat-1: exit code 1: .*nowhere\.mjs/m);
    expect(stderr).toMatch(/^ {2}pomelo-ts start -i chat-1$/m);
    expect((await game.run('list')).stdout).toMatch(/^chat-1 .*nowhere\.mjs/m);
    expect((await pids(game))['chat-2']).toBe(before['chat-2']);
    game.write('config/servers.json', { ...servers, chat: [{ ...chat[0], weight: 2 }, servers['chat']![1]] });
    const again = await game.run('config', 'reload', '--yes');
    expect(again.stderr).toMatch(/^1 server does not run now:\n {2}chat-1: exit code 1/m);
    expect(again.code).toBe(1);
  });

  it('keeps the new servers that start when another of them does not', async () => {
    const { game, servers } = await started();
    await using _ = game;
    const more = [
      { id: 'chat-3', port: await freePort(), args: '--import=./nowhere.mjs' },
      { id: 'chat-4', port: await freePort() },
    ];
    game.write('config/servers.json', { ...servers, chat: [...servers['chat']!, ...more] });
    const { code, stdout, stderr } = await game.run('config', 'reload', '--yes');
    expect(stdout).toMatch(/^the configuration was applied: 1 server added$/m);
    expect(stderr).toMatch(/^ {2}chat-3: exit code 1/m);
    expect(code).toBe(1);
    expect((await game.rows())['chat-4']).toMatchObject({ state: 'ready' });
  });
});

describe('a reload of a mistake in the syntax', () => {
  it('tells the file and line as a restart does', async () => {
    const { game } = await started();
    await using _ = game;
    handler(game, 'chat', mistake);
    const { code, stderr } = await game.run('reload', '-t', 'chat', '--watch', '0');
    expect(code).toBe(1);
    expect(stderr).toMatch(/chatHandler\.js:3\b/);
    expect(stderr).toContain('const = 1;');
  });
});
