import { relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TemporaryGame } from '../../../../test/helpers/temporary-game.js';
import { importModule, loadService } from '../../src/dispatch/app-modules.js';
import { hooksFileOf, passedOverOf, serviceFiles } from '../../src/dispatch/module-files.js';
import { readCode } from '../../src/server/code-files.js';

const chat = 'app/servers/chat';

function gameOf(files: Readonly<Record<string, string>>): Promise<TemporaryGame> {
  return TemporaryGame.make({ servers: { chat: [{ id: 'chat-1' }] }, modules: files });
}

describe('the files of a server type', () => {
  it('are .js, .mjs and .cjs; of one name the first of these alone', async () => {
    using game = await gameOf({
      [`${chat}/handler/a.cjs`]: '',
      [`${chat}/handler/b.mjs`]: '',
      [`${chat}/handler/b.cjs`]: '',
      [`${chat}/handler/c.js`]: '',
      [`${chat}/handler/c.cjs`]: '',
      [`${chat}/lifecycle.cjs`]: '',
    });
    const found = serviceFiles(game.root, 'chat', 'handler').map((file) => relative(game.root, file));
    expect(found).toEqual([`${chat}/handler/a.cjs`, `${chat}/handler/b.mjs`, `${chat}/handler/c.js`]);
    expect(hooksFileOf(game.root, 'chat')).toBe(`${game.root}/${chat}/lifecycle.cjs`);
    expect(passedOverOf(game.root, 'chat')).toEqual([
      { file: `${game.root}/${chat}/handler/b.cjs`, reason: 'b.mjs beside it has the same name' },
      { file: `${game.root}/${chat}/handler/c.cjs`, reason: 'c.js beside it has the same name' },
    ]);
  });

  it('that are passed over are told with the reason, but for what lies beside modules as a rule', async () => {
    using game = await gameOf({
      [`${chat}/handler/compiledHandler.ts`]: '',
      [`${chat}/handler/compiledHandler.js`]: '',
      [`${chat}/handler/compiledHandler.d.ts`]: '',
      [`${chat}/handler/compiledHandler.js.map`]: '{}',
      [`${chat}/handler/data.json`]: '{}',
      [`${chat}/handler/README.md`]: '',
      [`${chat}/handler/.hidden`]: '',
      [`${chat}/handler/forgottenHandler.mts`]: '',
      [`${chat}/remote/chatRemote.coffee`]: '',
      [`${chat}/cron/deep/chatCron.js`]: '',
      [`${chat}/filters/mark.js`]: '',
      [`${chat}/Handler/otherHandler.js`]: '',
      [`${chat}/notes/notes.js`]: '',
      [`${chat}/lifecycle.ts`]: '',
    });
    const told = passedOverOf(game.root, 'chat').map(
      ({ file, reason }) => `${relative(`${game.root}/${chat}`, file)}: ${reason}`,
    );
    expect(told.sort()).toEqual([
      'Handler: expected the folder handler',
      'cron/deep: files in folders inside this one are not looked for',
      'filters: expected the folder filter',
      'handler/forgottenHandler.mts: it is TypeScript that nobody has compiled: run npm run build',
      'lifecycle.ts: it is TypeScript that nobody has compiled: run npm run build',
      'remote/chatRemote.coffee: expected a file that ends in .js, .mjs or .cjs',
    ]);
  });

  it('are followed to what they require without an ending, and through folders', async () => {
    using game = await gameOf({
      [`${chat}/handler/a.cjs`]: "require('../../../lib'); require('../../../one');",
      'app/lib/index.js': "require('./two.cjs');",
      'app/lib/two.cjs': '',
      'app/one.js': '',
    });
    const files = [...readCode(serviceFiles(game.root, 'chat', 'handler')).keys()];
    expect(files.map((file) => relative(game.root, file)).sort()).toEqual([
      'app/lib/index.js',
      'app/lib/two.cjs',
      'app/one.js',
      `${chat}/handler/a.cjs`,
    ]);
  });
});

// What tsc makes of ES modules is in test/integration/commonjs.test.ts: the runner of these tests takes it apart by itself.
describe('what a CommonJS module exports', () => {
  async function methodsOf(source: string): Promise<string[]> {
    using game = await gameOf({ [`${chat}/handler/a.cjs`]: source });
    const { name, methods } = await loadService(`${game.root}/${chat}/handler/a.cjs`, {});
    expect(name).toBe('a');
    return [...methods.keys()];
  }

  it.each([
    ['a class', 'module.exports = class { say() {} };'],
    ['a factory', 'module.exports = () => ({ say() {} });'],
    ['an object', 'module.exports = { say() {} };'],
    ['functions', 'exports.say = () => 1;'],
  ])('may be %s', async (_what, source) => {
    expect(await methodsOf(source)).toEqual(['say']);
  });

  it('is read anew for another version', async () => {
    using game = await gameOf({ 'a.cjs': 'module.exports = { n: 1 };' });
    const file = `${game.root}/a.cjs`;
    expect((await importModule<{ n: number }>(file)).default.n).toBe(1);
    game.write('a.cjs', 'module.exports = { n: 2 };');
    expect((await importModule<{ n: number }>(file, 1)).default.n).toBe(2);
  });
});
