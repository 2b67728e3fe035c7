import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connect } from '@pomelo-ts/client';
import { describe, expect, it } from 'vitest';
import { type RunningCommand, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const handler = 'src/app/servers/chat/handler/chatHandler.ts';
const shared = 'src/app/shared.ts';
const entry = 'src/app/servers/connector/handler/entryHandler.ts';

const chatHandler = (says: string) => `
import { suffix } from '../../../shared.js';
let count = 0;
export default class ChatHandler {
  say(_msg: unknown): { says: string; count: number } {
    count += 1;
    return { says: ${JSON.stringify(says)} + suffix, count };
  }
}
`;

const tsconfig = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    strict: true,
    rootDir: 'src',
    outDir: 'dist',
    skipLibCheck: true,
    types: [],
  },
  include: ['src'],
};

interface Running extends AsyncDisposable {
  readonly game: TestGame;
  readonly dev: RunningCommand;
  readonly clientPort: number;
  write(file: string, text: string): void;
  remove(file: string): void;
}

/** A game in TypeScript that has never been compiled, in dev mode. */
async function start(more: Readonly<Record<string, string>> = {}): Promise<Running> {
  const clientPort = await freePort();
  const game = await TestGame.make(
    {
      chat: [
        { id: 'chat-1', port: await freePort() },
        { id: 'chat-2', port: await freePort() },
      ],
      connector: [{ id: 'connector-1', port: await freePort(), clientPort, frontend: true }],
    },
    { ownBoot: true },
  );
  rmSync(join(game.root, 'app'), { recursive: true });
  rmSync(join(game.root, 'app.js'));
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(game.root, file)), { recursive: true });
    writeFileSync(join(game.root, file), text);
  };
  symlinkSync(join(repository, 'node_modules'), join(game.root, 'node_modules'));
  const files: Record<string, string> = {
    'package.json': JSON.stringify({ type: 'module', 'pomelo-ts': { app: 'dist' } }),
    'tsconfig.json': JSON.stringify(tsconfig),
    'src/app.ts': `import { defineApp } from '@pomelo-ts/core';\nexport default defineApp((app) => app.route('chat', () => 'chat-1'));\n`,
    [shared]: `export const suffix: string = '!';\n`,
    [handler]: chatHandler('old'),
    [entry]: `export default () => ({ version: () => ({ version: 1 }) });\n`,
    ...more,
  };
  for (const [file, text] of Object.entries(files)) write(file, text);
  const dev = game.begin('dev');
  return {
    game,
    dev,
    clientPort,
    write,
    remove: (file) => rmSync(join(game.root, file)),
    [Symbol.asyncDispose]: () => game[Symbol.asyncDispose](),
  };
}

interface Said {
  says: string;
  count: number;
}

describe('pomelo-ts dev', () => {
  it('compiles and swaps what is saved, where it belongs, and keeps connections', async () => {
    await using running = await start();
    const { game, dev, clientPort, write } = running;
    await dev.says('watching src');
    const before = await game.rows();
    await using client = await connect({ host: '127.0.0.1', port: clientPort });
    const say = () => client.request<Said>('chat.chatHandler.say', {});
    expect(await say()).toEqual({ says: 'old!', count: 1 });
    write(handler, chatHandler('new'));
    await dev.says('reloaded chat-1, chat-2');
    expect(await say()).toEqual({ says: 'new!', count: 1 });
    expect(await game.rows()).toMatchObject({
      'chat-1': { pid: before['chat-1']!.pid },
      'connector-1': { pid: before['connector-1']!.pid },
    });
    write(
      'src/app/servers/chat/handler/moreHandler.ts',
      'export default () => ({ there: () => ({ is: "more" }) });\n',
    );
    await expect.poll(() => client.request('chat.moreHandler.there', {})).toEqual({ is: 'more' });
    running.remove('src/app/servers/chat/handler/moreHandler.ts');
    await expect.poll(() => client.request('chat.moreHandler.there', {})).toMatchObject({ code: 404 });
    expect(client.state).toBe('open');
  });

  it('leaves the old code running when the new one does not compile or load, and shows where', async () => {
    await using running = await start();
    const { dev, clientPort, write } = running;
    await dev.says('watching src');
    await using client = await connect({ host: '127.0.0.1', port: clientPort });
    write(handler, `export default class {\n  say( { return 1; }\n}\n`);
    await dev.says('src/app/servers/chat/handler/chatHandler.ts:2:');
    await dev.says('the old code runs on');
    expect(await client.request('chat.chatHandler.say', {})).toMatchObject({ says: 'old!' });
    write(handler, `throw new Error('while it loads');\nexport default {};\n`);
    await dev.says('while it loads');
    await dev.says('the old code of chat runs on');
    expect(await client.request('chat.chatHandler.say', {})).toMatchObject({ says: 'old!' });
    write(handler, chatHandler('mended'));
    await dev.says('reloaded chat-1');
    expect(await client.request('chat.chatHandler.say', {})).toMatchObject({ says: 'mended!' });
  });

  it('tells type errors, which keep nothing from running, and writes the contract', async () => {
    await using running = await start();
    const { game, dev, clientPort, write } = running;
    await dev.says('wrote ');
    expect(game.read('src/app/generated/client.d.ts')).toContain('chat.chatHandler.say');
    await dev.says('watching src');
    await using client = await connect({ host: '127.0.0.1', port: clientPort });
    write(
      handler,
      chatHandler('typed').replace('{ says: string; count: number }', '{ says: number; count: number }'),
    );
    await dev.says("Type 'string' is not assignable to type 'number'.");
    expect(await client.request('chat.chatHandler.say', {})).toMatchObject({ says: 'typed!' });
    const mismatch = `const told = { at: 'noon' };\nconst asked: { at: number } = told;\nvoid asked;\n`;
    write(handler, chatHandler('typed') + mismatch);
    await dev.says("  Type 'string' is not assignable to type 'number'.\n"); // below what it is about
    expect(dev.stdout).not.toContain('\\n');
    write(handler, chatHandler('typed'));
    await dev.says('types are fine again');
  });

  it('tells why there is no contract only once the types themselves are right', async () => {
    await using running = await start();
    const { dev, write } = running;
    await dev.says('watching src');
    const unusable = (count: string) =>
      `export default () => ({ version: () => ({ versions: new Map([['a', 1]]), count: ${count} as number }) });\n`;
    write(entry, unusable("'one'.nothing"));
    await dev.says("Property 'nothing' does not exist");
    expect(dev.stdout).not.toContain('give no contract');
    write(entry, unusable('1'));
    await dev.says('give no contract');
  });

  it('restarts only the servers that a change needs a new process for; their clients come back by themselves', async () => {
    await using running = await start();
    const { game, dev, clientPort, write } = running;
    await dev.says('watching src');
    const before = await game.rows();
    await using client = await connect({
      host: '127.0.0.1',
      port: clientPort,
      reconnect: { minMs: 10, maxMs: 100, attempts: 100 },
    });
    write(shared, `export const suffix: string = '?';\n`);
    await dev.says('restarted chat-1, chat-2 for dist/app/shared.js');
    expect(client.state).toBe('open');
    await expect.poll(() => client.request('chat.chatHandler.say', {})).toMatchObject({ says: 'old?' });
    const after = await game.rows();
    expect(after['connector-1']!.pid).toBe(before['connector-1']!.pid);
    expect(after['chat-1']!.pid).not.toBe(before['chat-1']!.pid);
    write(entry, `export default () => ({ version: () => ({ version: 2 }) });\nexport const hot = false;\n`);
    await dev.says('reloaded connector-1');
    write(entry, `export default () => ({ version: () => ({ version: 3 }) });\nexport const hot = false;\n`);
    await dev.says('restarted connector-1');
    await expect.poll(() => client.state).toBe('open');
    expect(await client.request('connector.entryHandler.version', {})).toEqual({ version: 3 });
  });

  it('gives a server that did not start another chance with the next change', async () => {
    await using running = await start();
    const { dev, clientPort, write } = running;
    await dev.says('watching src');
    await using client = await connect({ host: '127.0.0.1', port: clientPort });
    write(shared, `export const suffix: string = ((): string => { throw new Error('not yet'); })();\n`);
    await dev.says('the next change starts it again');
    write(shared, `export const suffix: string = '.';\n`);
    await dev.says('started chat-1, chat-2');
    await expect.poll(() => client.request('chat.chatHandler.say', {})).toMatchObject({ says: 'old.' });
  });

  it('tells what is wrong with a configuration that is saved, and what to do with a good one', async () => {
    await using running = await start();
    const { game, dev, write } = running;
    await dev.says('watching src');
    const good = game.read('config/servers.json');
    write('config/servers.json', good.replace('"clientPort"', '"clientPrt"'));
    await dev.says('config/servers.json: connector[0].clientPrt');
    write('config/servers.json', good);
    await dev.says('config/servers.json changed: stop and start pomelo-ts dev to use it');
  });

  it('waits for sources that compile before it starts anything', async () => {
    await using running = await start({ [handler]: 'export default class {' });
    const { dev, write } = running;
    await dev.warns('waiting for a change of the sources');
    write(handler, chatHandler('late'));
    await dev.says('watching src');
  });

  it('runs the script `watch` of the game beside it, and ends it with itself', async () => {
    await using running = await start({
      'package.json': JSON.stringify({
        type: 'module',
        'pomelo-ts': { app: 'dist' },
        scripts: { watch: `node -e "console.log('bundled'); setInterval(() => {}, 1000)"` },
      }),
    });
    const { game, dev } = running;
    await dev.says('│ bundled');
    dev.child.kill('SIGTERM');
    expect((await dev.ended).code).toBe(0);
    await expect.poll(() => game.pids()).toEqual([]);
  });

  it('ends the script `watch` even when it is killed itself: the input of that script closes', async () => {
    await using running = await start({
      'package.json': JSON.stringify({
        type: 'module',
        'pomelo-ts': { app: 'dist' },
        scripts: { watch: `node -e "console.log('bundled'); process.stdin.resume()"` },
      }),
    });
    const { game, dev } = running;
    await dev.says('│ bundled');
    dev.child.kill('SIGKILL');
    await expect.poll(() => game.pids()).toEqual([]);
  });
});
