import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventually, repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const production = { env: { POMELO_TS_SECRET: 'of the integration tests, and long enough' } };

async function gameWith(app: string, handler?: string): Promise<TestGame> {
  const servers = { chat: [{ id: 'chat-1', port: await freePort() }] };
  const game = await TestGame.make(servers, { ownBoot: true, ...production });
  game.write('package.json', { type: 'module' });
  writeFileSync(join(game.root, 'app.js'), app);
  const folder = join(game.root, 'app/servers/chat/handler');
  mkdirSync(folder);
  if (handler) writeFileSync(join(folder, 'chatHandler.js'), handler);
  return game;
}

const plainApp = 'export default { setUp() {} };';
const throwing =
  'export default class { constructor() { open(); } }\nfunction open() { throw new Error("locked"); }';

describe('a start that fails', () => {
  it('tells the reason and the place in the game, and with --verbose stacks and all', async () => {
    await using game = await gameWith(plainApp, throwing);
    const { stderr } = await game.run('start', '-e', 'production');
    expect(stderr).toMatch(/chat-1 did not start: Loading .*chatHandler\.js failed: locked/);
    expect(stderr).toMatch(/at open .*chatHandler\.js:2:/);
    expect(stderr).not.toMatch(/facts:|code: '|node:internal|dist\/bundle/);
    expect(game.read('logs/chat-1.log')).not.toMatch(/facts:|dist\/bundle/);
    const verbose = await game.run('start', '-e', 'production', '--verbose');
    expect(verbose.stderr).toMatch(/code: 'APP_LOAD_FAILED'/);
    expect(verbose.stderr).toMatch(/dist\/bundle/);
  });

  it('for a mistake in the syntax tells file and line, and no stack of Node', async () => {
    await using game = await gameWith(plainApp, 'export default class {\n  const = 1 2;\n}');
    const { stderr } = await game.run('start', '-e', 'production');
    expect(stderr).toMatch(/chatHandler\.js:2\b/);
    expect(stderr).not.toMatch(/node:internal|facts:/);
  });
});

describe('what a stranger has written into a log', () => {
  it('does nothing to the terminal of who reads it, by logs and by list', async () => {
    const hostile = 'x\\u001b[2J\\u001b]0;owned\\u0007\\u202e\\n[master] all is well';
    await using game = await gameWith(
      `export default { setUp(app) {
        app.onStarted(() => {
          app.logger.warn('${hostile}', { name: '${hostile}', error: new Error('${hostile}') });
          console.log('printed ${hostile}');
          setTimeout(() => { throw new Error('${hostile}'); }, 300);
        });
      } };`,
    );
    game.write('config/servers.json', {
      chat: [{ id: 'chat-1', port: await freePort(), 'auto-restart': false }],
    });
    expect(await game.run('start', '-D', '-e', 'production')).toMatchObject({ code: 0 });
    await eventually(async () => (await game.rows())['chat-1']!.state === 'gone', 'its end');
    const said = [];
    for (const args of [['logs'], ['logs', 'chat-1'], ['list'], ['doctor']]) {
      const { stdout, stderr } = await game.run(args[0]!, ...args.slice(1));
      said.push(stdout, stderr);
    }
    const all = said.join('');
    expect(all).toContain('x\\u001b[2J\\u001b]0;owned\\u0007\\u202e');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
    expect(all).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]/);
    const faked = all.split('\n').filter((line) => line.startsWith('[master] all is well'));
    expect(faked).toHaveLength(1); // the second line that the game itself has printed, of its log alone
  });
});

it.each(['chaos', 'bench'])(
  'npm run %s tells how it is called when it is asked, and when it is called wrongly',
  (name) => {
    const script = join(repositoryRoot, 'test', name, 'run.mjs');
    const run = (...args: string[]) => spawnSync(process.execPath, [script, ...args], { encoding: 'utf8' });
    const call = `npm run ${name} -- [--`;
    expect(run('--help')).toMatchObject({ status: 0, stdout: expect.stringContaining(call) });
    const wrong = run('--nosuch');
    expect(wrong).toMatchObject({ status: 2, stderr: expect.stringContaining(call) });
    expect(wrong.stderr).not.toContain('    at ');
  },
);
