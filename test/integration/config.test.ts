import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TestGame } from '../helpers/cluster-process.js';

const one = { chat: [{ id: 'chat-1', port: 6102 }] };

describe('pomelo-ts config', () => {
  it('check says that all is fine, and for what', async () => {
    await using game = await TestGame.make(one);
    expect(await game.run('config', 'check')).toEqual({
      code: 0,
      stdout: 'fine for development: 1 server of 1 type, app in .\n',
      stderr: '',
    });
  });

  it('check tells all mistakes at once, without a stack, and exits with 2', async () => {
    await using game = await TestGame.make({ chat: [{ id: 'chat-1', port: 70000, clientport: 1 }] });
    game.write('config/settings.json', { rcp: {} });
    const { code, stdout, stderr } = await game.run('config', 'check');
    expect(stderr).toBe(
      [
        'error The configuration has 3 problem(s):',
        '  config/settings.json: rcp: unknown key; did you mean rpc?',
        '  config/servers.json: chat[0].clientport: unknown key; did you mean clientPort?',
        '  config/servers.json: chat[0].port: expected a port from 1 to 65535, got 70000',
        '',
      ].join('\n'),
    );
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect((await game.run('start')).stderr).toBe(stderr);
  });

  it('print gives what servers are told', async () => {
    await using game = await TestGame.make(one);
    const { stdout } = await game.run('config', 'print');
    expect(JSON.parse(stdout)).toMatchObject({
      servers: [{ id: 'chat-1', port: 6102 }],
      settings: { rpc: { timeoutMs: 10_000 } },
    });
  });

  it('print --explain tells where each value came from', async () => {
    await using game = await TestGame.make(one);
    const { stdout } = await game.run('config', 'print', '--explain');
    expect(stdout).toMatch(/^setting +value +from$/m);
    expect(stdout).toMatch(/^settings\.rpc\.timeout +"10s" +default$/m);
    expect(stdout).toMatch(/^servers\.chat-1\.port +6102 +config\/servers\.json chat\[0\]\.port$/m);
  });

  it.each([
    [['strat'], 'error There is no command strat. Did you mean start?\nTry pomelo-ts --help.\n'],
    [['list', '-e', 'production', 'strat'], 'error Unknown argument: strat\nTry pomelo-ts list --help.\n'],
    [
      ['config', 'chek'],
      'error There is no command config chek. Did you mean config check?\nTry pomelo-ts --help.\n',
    ],
    [
      ['config', '-e', 'test', 'x'],
      'error There is no command config x. Known are check, print, reload.\nTry pomelo-ts --help.\n',
    ],
    [['start', '--deamon'], 'error Unknown argument: deamon\nTry pomelo-ts start --help.\n'],
    [['config'], 'error Expected check, print or reload.\nTry pomelo-ts --help.\n'],
  ])('a wrong call %j is told and exits with 2', async ([command, ...args], message) => {
    await using game = await TestGame.make(one);
    expect(await game.run(command!, ...args)).toEqual({ code: 2, stdout: '', stderr: message });
  });

  it('shows the stack of an error when asked for', async () => {
    await using game = await TestGame.make(one);
    const { stderr } = await game.run('list', '--verbose');
    expect(stderr).toContain('    at requireMaster');
  });

  it('outside a game tells to go to one', async () => {
    await using game = await TestGame.make(one);
    const { code, stderr } = await game.run('list', '-d', `${game.root}/app`);
    expect(stderr).toContain(`Expected config/servers.json5 in ${game.root}/app, found none.`);
    expect(code).toBe(2);
  });
});

describe('the command line reference', () => {
  it('is what the commands say', async () => {
    const { cliReference } = (await import('pomelo-ts')) as { cliReference(): Promise<string> };
    const page = fileURLToPath(new URL('../../docs/reference/cli.md', import.meta.url));
    expect(readFileSync(page, 'utf8'), 'stale: run `npm run docs` and commit what it writes').toBe(
      await cliReference(),
    );
  });
});
