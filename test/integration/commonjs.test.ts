import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { RawClient } from '../helpers/raw-client.js';

vi.setConfig({ testTimeout: 60_000 });

interface Running extends AsyncDisposable {
  readonly game: TestGame;
  readonly client: RawClient;
  /** What the server has logged so far. */
  logs(): Promise<string>;
}

/** Writes files of a game, runs `build` on it, and starts it with one chat server. */
async function start(
  files: Readonly<Record<string, string>>,
  build = (_root: string) => {},
): Promise<Running> {
  const clientPort = await freePort();
  const game = await TestGame.make(
    {
      chat: [{ id: 'chat-1', port: await freePort() }],
      connector: [{ id: 'connector-1', port: await freePort(), clientPort, frontend: true }],
    },
    { ownBoot: true, env: { POMELO_TS_SECRET: 'of these integration tests' } },
  );
  rmSync(join(game.root, 'app.js'));
  symlinkSync(join(repositoryRoot, 'node_modules'), join(game.root, 'node_modules'));
  for (const [file, text] of Object.entries(files)) write(game, file, text);
  build(game.root);
  const { code, stderr, stdout } = await game.run('start', '-D', '-e', 'production');
  if (code !== 0) throw new Error(stderr + stdout);
  const client = await RawClient.join(clientPort);
  return {
    game,
    client,
    logs: async () => (await game.run('logs', 'chat-1', '--lines', '200')).stdout,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await game[Symbol.asyncDispose]();
    },
  };
}

function write(game: TestGame, file: string, text: string): void {
  mkdirSync(dirname(join(game.root, file)), { recursive: true });
  writeFileSync(join(game.root, file), text);
}

function compile(root: string): void {
  const tsc = join(repositoryRoot, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', root], { cwd: root, stdio: 'pipe' });
}

const servers = 'src/app/servers/chat';
const sources = {
  'package.json': '{"type":"commonjs","pomelo-ts":{"app":"dist"}}',
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2022',
      rootDir: 'src',
      outDir: 'dist',
      strict: true,
      skipLibCheck: true,
      types: [],
    },
    include: ['src'],
  }),
  'src/app.ts': `import { defineApp } from '@pomelo-ts/core';
    export default defineApp((app) => app.measures.counter({ name: 'app.setUp', help: 'Hooks.' }).add());`,
  'src/app/servers/connector/handler/entryHandler.ts': 'export default { hello: () => ({ hello: 1 }) };',
  'src/shared.ts': 'export const suffix = "!";',
  [`${servers}/handler/classHandler.ts`]: `import type { Application } from '@pomelo-ts/core';
    import { suffix } from '../../../../shared';
    export default class ClassHandler {
      constructor(readonly app: Application) {}
      say() { return { id: this.app.serverId + suffix, setUp: this.app.measures.counts()['app.setUp'] }; }
      default() { return { method: 'named default' }; }
    }`,
  [`${servers}/handler/definedHandler.ts`]: `import { defineHandler } from '@pomelo-ts/core';
    export default defineHandler((app) => ({ say: () => ({ id: app.serverId }) }));`,
  [`${servers}/handler/namedHandler.ts`]: `export function say() { return { by: 'name' }; }
    export const shout = () => ({ by: 'NAME' });`,
  [`${servers}/filter/mark.ts`]: `export default { before(msg: { mark?: number }) { msg.mark = 1; } };`,
  [`${servers}/handler/markHandler.ts`]: 'export default { echo: (msg: object) => msg };',
  [`${servers}/remote/chatRemote.ts`]: 'export default class { twice(n: number) { return 2 * n; } }',
  [`${servers}/handler/askHandler.ts`]: `import { defineHandler } from '@pomelo-ts/core';
    export default defineHandler((app) => ({
      ask: async () => ({ twice: await (app.rpc as any).chat.chatRemote.twice.to('chat-1')(21) }),
    }));`,
  [`${servers}/lifecycle.ts`]: `import type { Application } from '@pomelo-ts/core';
    export default (app: Application) => ({ beforeStartup: () => app.measures.counter({ name: 'app.setUp', help: 'Hooks.' }).add() });`,
};

/** How tsc marks what it has made of an ES module. */
const compiled = 'Object.defineProperty(exports, "__esModule", { value: true });\n';

describe('a game in CommonJS', () => {
  it('that tsc has compiled runs: default exports, named ones, filters, remotes, hooks and the app', async () => {
    await using running = await start(sources, compile);
    const { client } = running;
    const ask = (route: string) => client.request(`chat.${route}`);
    expect(await ask('classHandler.say')).toEqual({ id: 'chat-1!', setUp: 2 });
    expect(await ask('classHandler.default')).toEqual({ method: 'named default' });
    expect(await ask('definedHandler.say')).toEqual({ id: 'chat-1' });
    expect(await ask('definedHandler.default')).toMatchObject({ code: 404 });
    expect(await ask('namedHandler.say')).toEqual({ by: 'name' });
    expect(await ask('namedHandler.shout')).toEqual({ by: 'NAME' });
    expect(await ask('markHandler.echo')).toEqual({ mark: 1 });
    expect(await ask('askHandler.ask')).toEqual({ twice: 42 });
  });

  it('of .cjs files runs beside ES modules, and takes new code into use on a reload', async () => {
    const folder = 'app/servers/chat';
    const says = (text: string) => `module.exports = class { say() { return { says: '${text}' }; } };`;
    await using running = await start({
      'package.json': '{"type":"module"}',
      'app.cjs': `const { defineApp } = require('@pomelo-ts/core');
        module.exports = defineApp((app) => app.measures.counter({ name: 'app.setUp', help: 'Hooks.' }).add());`,
      [`${folder}/handler/classHandler.cjs`]: says('old'),
      [`${folder}/handler/factoryHandler.cjs`]:
        'module.exports = (app) => ({ say: () => ({ n: app.measures.counts()["app.setUp"] }) });',
      [`${folder}/handler/exportsHandler.cjs`]: 'exports.say = () => ({ by: "exports" });',
      [`${folder}/handler/defaultHandler.cjs`]: `${compiled}exports.default = { say: () => ({ by: "default" }) };\nexports.helper = () => 1;\nexports.hot = false;`,
      [`${folder}/handler/moduleHandler.mjs`]: 'export default { say: () => ({ by: "mjs" }) };',
      [`${folder}/lifecycle.cjs`]:
        "module.exports = (app) => ({ beforeStartup: () => app.measures.counter({ name: 'app.setUp', help: 'Hooks.' }).add() });",
      [`${folder}/handler/forgottenHandler.ts`]: 'export default {};',
      [`${folder}/handlers/otherHandler.js`]: 'export default {};',
    });
    const { game, client, logs } = running;
    const ask = (route: string) => client.request(`chat.${route}`);
    expect(await ask('classHandler.say')).toEqual({ says: 'old' });
    expect(await ask('factoryHandler.say')).toEqual({ n: 2 });
    expect(await ask('exportsHandler.say')).toEqual({ by: 'exports' });
    expect(await ask('defaultHandler.say')).toEqual({ by: 'default' });
    expect(await ask('defaultHandler.helper')).toMatchObject({ code: 404 });
    expect(await ask('moduleHandler.say')).toEqual({ by: 'mjs' });
    const said = await logs();
    expect(said).toContain(
      'forgottenHandler.ts is passed over: it is TypeScript that nobody has compiled: run npm run build',
    );
    expect(said).toContain('app/servers/chat/handlers is passed over: expected the folder handler');
    for (const text of ['new', 'newer']) {
      write(game, `${folder}/handler/classHandler.cjs`, says(text));
      const { code, stderr, stdout } = await game.run('reload', '-t', 'chat', '--watch', '0s');
      expect(stdout + stderr).toContain('classHandler.cjs');
      expect(code).toBe(0);
      expect(await ask('classHandler.say')).toEqual({ says: text });
    }
    const byName = `${folder}/handler/namedHandler.cjs`;
    write(game, byName, `${compiled}exports.NamedHandler = class { say() {} };`);
    expect((await game.run('reload', '-t', 'chat')).stderr).toMatch(
      /namedHandler\.cjs is not .*expected a default export, got NamedHandler, by name/s,
    );
    rmSync(join(game.root, byName));
    const hot = `${folder}/handler/defaultHandler.cjs`;
    write(game, hot, `${compiled}exports.default = { say: () => ({ by: 'nobody' }) };`);
    expect((await game.run('reload', '-t', 'chat')).stderr).toContain(hot);
    const needsRestart = `${folder}/lifecycle.cjs`;
    write(game, needsRestart, 'module.exports = { beforeStartup() {} };');
    expect((await game.run('reload', '-t', 'chat')).stderr).toContain(needsRestart);
  });
});
