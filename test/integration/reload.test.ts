import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { RawClient } from '../helpers/raw-client.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const production = ['-e', 'production'];
const handler = 'app/servers/chat/handler/chatHandler.js';

const says = (text: string) => `export default { say: () => ({ says: ${JSON.stringify(text)} }) };\n`;
const throws = `export default { say: () => { throw new Error('of the new code'); } };\n`;

interface Running extends AsyncDisposable {
  readonly game: TestGame;
  readonly clientPort: number;
  writeCode(file: string, text: string): void;
}

/** Two chat servers and a connector that run in the background. */
async function start(): Promise<Running> {
  const clientPort = await freePort();
  const game = await TestGame.make(
    {
      chat: [
        { id: 'chat-1', port: await freePort() },
        { id: 'chat-2', port: await freePort() },
      ],
      connector: [{ id: 'connector-1', port: await freePort(), clientPort, frontend: true }],
    },
    { ownBoot: true, env: { POMELO_TS_SECRET: 'of these integration tests' } },
  );
  const writeCode = (file: string, text: string): void => {
    mkdirSync(dirname(join(game.root, file)), { recursive: true });
    writeFileSync(join(game.root, file), text);
  };
  symlinkSync(join(repository, 'node_modules'), join(game.root, 'node_modules'));
  writeCode('package.json', '{"type":"module"}');
  writeCode(
    'app.js',
    `import { defineApp } from '@pomelo-ts/core';\nexport default defineApp((app) => app.route('chat', () => 'chat-1'));\n`,
  );
  writeCode(handler, says('old'));
  const { code, stderr } = await game.run('start', '-D', ...production);
  if (code !== 0) throw new Error(stderr);
  return { game, clientPort, writeCode, [Symbol.asyncDispose]: () => game[Symbol.asyncDispose]() };
}

describe('pomelo-ts reload', () => {
  it('swaps the code of running servers, one by one; processes and connections stay', async () => {
    await using running = await start();
    const { game, clientPort, writeCode } = running;
    const before = await game.rows();
    await using client = await RawClient.join(clientPort);
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'old' });
    writeCode(handler, says('new'));
    const { code, stdout, stderr } = await game.run('reload', '-t', 'chat', '--watch', '1s');
    expect(stderr).toContain(
      'warning nothing was asked of chat-1 in these 1 s: its new code has not been tried\n',
    );
    expect(stdout).toMatch(
      /^ {2}chat-1 swapped \(.*\)\n {2}chat-1 is watched for 1\.00 s\n {2}chat-2 swapped \(.*\)\n2 servers took new code into use\n {2}chat-1, chat-2: app\/servers\/chat\/handler\/chatHandler\.js\n/,
    );
    expect(code).toBe(0);
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'new' });
    const pids = (rows: typeof before) => Object.values(rows).map(({ pid }) => pid);
    expect(pids(await game.rows())).toEqual(pids(before));
  });

  it('tells of no want of a trial where the new code was asked for something', async () => {
    await using running = await start();
    const { game, clientPort, writeCode } = running;
    await using client = await RawClient.join(clientPort);
    writeCode(handler, says('new'));
    const reload = game.begin('reload', '-t', 'chat', '--watch', '3s');
    await reload.says('chat-1 is watched');
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'new' });
    const { code, stderr } = await reload.ended;
    expect(code).toBe(0);
    expect(stderr).not.toContain('has not been tried');
  });

  it('goes back by itself when errors rise, and no other server gets the new code', async () => {
    await using running = await start();
    const { game, clientPort, writeCode } = running;
    await using client = await RawClient.join(clientPort);
    writeCode(handler, throws);
    const reload = game.begin('reload', '-t', 'chat', '--watch', '30s');
    await reload.says('chat-1 is watched');
    expect(await client.request('chat.chatHandler.say')).toMatchObject({ code: 500 });
    const { code, stderr, stdout } = await reload.ended;
    expect(stderr).toContain(
      'chat-1 runs its former code again: 1 error(s) came with the new one (request.failures 1), where 0 are usual. No other server got it. Its log tells which: pomelo-ts logs chat-1 --grep error',
    );
    expect(stdout).not.toContain('chat-2');
    expect(code).toBe(1);
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'old' });
  });

  it('tells how a server has ended by its new code, that its next life has it too, and the cure', async () => {
    await using running = await start();
    const { game, writeCode } = running;
    const before = await game.rows();
    writeCode(handler, `setTimeout(() => { throw new Error('late'); }, 1500);\n${says('new')}`);
    const { code, stderr } = await game.run('reload', '-t', 'chat', '--watch', '20s');
    expect(stderr).toMatch(
      /chat-1 ended with exit code 1: Error: late \d+\.\d s after it took the new code\. /,
    );
    expect(stderr).toContain(
      'It is started again, with the new code, as that is on the disk. No other server got it.',
    );
    expect(stderr).toMatch(/put the former build back, and then:\n {2}pomelo-ts restart chat-1$/m);
    expect(code).toBe(1);
    expect((await game.rows())['chat-2']!.pid).toBe(before['chat-2']!.pid);
  });

  it('tells of a server that does not answer', async () => {
    await using running = await start();
    const { game, writeCode } = running;
    const { pid } = (await game.rows())['chat-1']!;
    writeCode(handler, says('new'));
    process.kill(pid!, 'SIGSTOP');
    try {
      const { code, stderr } = await game.run('reload', '-t', 'chat');
      expect(stderr).toMatch(/chat-1 does not answer before it took the new code\. /);
      expect(stderr).toContain('pomelo-ts kill chat-1');
      expect(code).toBe(1);
    } finally {
      process.kill(pid!, 'SIGCONT');
    }
  });

  it.each([
    [
      'does not parse',
      'export default {',
      /chat-1 did not carry out reload: The code does not load: Loading .*chatHandler\.js failed: /,
    ],
    ['throws while it loads', 'throw new Error("bad");', /failed: bad/],
  ])('leaves the old code running when the new one %s', async (_what, source, message) => {
    await using running = await start();
    const { game, clientPort, writeCode } = running;
    writeCode(handler, source);
    const { code, stderr } = await game.run('reload');
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    await using client = await RawClient.join(clientPort);
    expect(await client.request('chat.chatHandler.say')).toEqual({ says: 'old' });
  });

  it('names what needs a restart, and the command for it', async () => {
    await using running = await start();
    const { game, writeCode } = running;
    writeCode(
      'app.js',
      `import { defineApp } from '@pomelo-ts/core';\nexport default defineApp(() => {});\n`,
    );
    const { code, stderr } = await game.run('reload', '-t', 'chat');
    expect(stderr).toBe('2 servers must be restarted for app.js:\n  pomelo-ts restart chat-1 chat-2\n');
    expect(code).toBe(1);
  });

  it('says what is wrong with its own call', async () => {
    await using running = await start();
    const { code, stderr } = await running.game.run('reload', '--watch', 'long');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'expected --watch as a duration with its unit, such as "30s", or 0; got long\n',
    });
    const rows = JSON.parse((await running.game.run('reload', '--json')).stdout);
    expect(rows[0]).toEqual({ id: 'chat-1', swapped: [], removed: [], needRestart: [], contract: 'unknown' });
  });
});
