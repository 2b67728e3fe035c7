import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseContract } from '@pomelo-ts/common/contract';
import { describe, expect, it } from 'vitest';
import { RunningCommand } from '../helpers/cluster-process.js';
import { UserProject } from '../helpers/user-project.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));

const files = {
  'tsconfig.json':
    '{ "compilerOptions": { "strict": true, "module": "nodenext", "rootDir": ".", "outDir": "dist" }, "include": ["app"] }',
  'app/servers/chat/handler/chatHandler.ts':
    'export default class {\n  send(msg: { text: string }): { code: 200 } { throw 0; }\n  old(msg: { a: 1 }) {}\n}',
  'app/contract.ts': 'export interface Pushes { onChat: { text: string } }',
};

describe('pomelo-ts gen', () => {
  it('writes what follows from the types, and the next time nothing', async () => {
    using game = new UserProject(files);
    expect(await game.run('gen')).toEqual({
      code: 0,
      stdout:
        'wrote app/generated/server.d.ts\nwrote app/generated/client.d.ts\nwrote config/contract.json\nfine: 2 routes, 1 push, 0 errors\n',
      stderr: '',
    });
    expect((await game.run('gen')).stdout).toBe('fine: 2 routes, 1 push, 0 errors\n');
  });

  it('--check fails for stale files, and names them and the cure', async () => {
    using game = new UserProject(files);
    await game.run('gen');
    expect(await game.run('gen', '--check')).toMatchObject({ code: 0, stderr: '' });
    game.write('app/contract.ts', 'export interface Pushes { onChat: { text: number } }');
    expect(await game.run('gen', '--check')).toEqual({
      code: 1,
      stdout: '',
      stderr: `stale app/generated/client.d.ts\nstale config/contract.json\nThe types of the game have changed since: run pomelo-ts gen --directory ${game.root}\n`,
    });
    expect(game.read('config/contract.json')).toContain('"string"');
  });

  it('--diff tells what breaks clients of an older contract, and fails for it', async () => {
    using game = new UserProject(files);
    await game.run('gen');
    const old = join(game.root, 'config/contract.json');
    expect(await game.run('gen', '--diff', old)).toMatchObject({
      code: 0,
      stdout: `fine: nothing has changed since ${old}\n`,
    });
    game.write(
      'app/servers/chat/handler/chatHandler.ts',
      'export default class {\n  send(msg: { text: string; to: string }): { code: 200 } { throw 0; }\n  fresh() {}\n}',
    );
    expect(await game.run('gen', '--diff', old)).toEqual({
      code: 1,
      stdout: [
        'breaking  chat.chatHandler.old: is no longer a route',
        'breaking  chat.chatHandler.send input.to: is new, and must be there',
        'fine      chat.chatHandler.fresh: is a new route',
        `3 changes since ${old}, 2 breaking`,
        '',
      ].join('\n'),
      stderr: '',
    });
    expect(await game.run('gen', '--diff', old, '--check')).toMatchObject({ code: 2 });
    game.write('config/contract.json', '{}');
    expect(await game.run('gen', '--diff', old)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('contractVersion should be 1, but is absent'),
    });
  });

  it('names each type that JSON cannot carry, and writes nothing', async () => {
    using game = new UserProject({
      ...files,
      'app/servers/chat/handler/badHandler.ts':
        'export default class {\n  go(): { a: Set<1> } { throw 0; }\n}',
    });
    const { code, stderr } = await game.run('gen');
    expect([code, stderr]).toEqual([
      1,
      'error The types of the game give no contract, for 1 reason(s):\n  app/servers/chat/handler/badHandler.ts:2: chat.badHandler.go answer.a is a Set, which JSON empties or changes: use a list\n',
    ]);
    expect(() => game.read('config/contract.json')).toThrow('ENOENT');
  });

  it('--asyncapi and --protos write these too, and --check holds for them', async () => {
    using game = new UserProject(files);
    const options = ['gen', '--asyncapi', join(game.root, 'api.json'), '--protos', join(game.root, 'config')];
    const { stdout } = await game.run(...options);
    expect(stdout).toContain(
      'left as JSON: 1 body\n  answer of chat.chatHandler.old: it has nothing in it\n',
    );
    expect(JSON.parse(game.read('api.json'))).toMatchObject({ asyncapi: '3.0.0' });
    expect(JSON.parse(game.read('config/serverProtos.json'))).toHaveProperty('onChat');
    expect(await game.run(...options, '--check')).toMatchObject({ code: 0 });
    game.write('config/clientProtos.json5', game.read('config/clientProtos.json'));
    expect((await game.run(...options)).stderr).toContain(
      'config/clientProtos.json5 is read before config/clientProtos.json',
    );
  });

  it('names the package that it needs where only the command line is installed', async () => {
    using game = new UserProject(files);
    const modules = join(game.root, 'node_modules');
    cpSync(join(repository, 'framework/cli/package.json'), join(modules, 'pomelo-ts/package.json'));
    cpSync(join(repository, 'framework/cli/dist'), join(modules, 'pomelo-ts/dist'), { recursive: true });
    for (const name of [
      'yargs',
      'listr2',
      'json5',
      'pino',
      'node-cron',
      '@pomelo-ts/master',
      '@pomelo-ts/views',
    ])
      symlinkSync(join(repository, 'node_modules', name), join(modules, name));
    const main = join(modules, 'pomelo-ts/dist/bundle/main.js');
    const { status, stderr } = spawnSync(process.execPath, [main, 'gen', '--directory', game.root], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([
      1,
      'error pomelo-ts gen needs a package that only developers install: npm install --save-dev @pomelo-ts/dev\n',
    ]);
  });

  it('is clean for the reference game, whose contract can be read', async () => {
    const { ended } = new RunningCommand(['gen', '--check', '--directory', repository], { NO_COLOR: '1' });
    expect(await ended).toEqual({ code: 0, stdout: 'fine: what was generated fits the types\n', stderr: '' });
    const contract = parseContract(
      JSON.parse(readFileSync(join(repository, 'config/contract.json'), 'utf8')),
      'contract.json',
    );
    expect(Object.keys(contract.routes)).toContain('chat.chatHandler.send');
  });
});
