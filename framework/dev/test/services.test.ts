import { describe, expect, it } from 'vitest';
import { findLayout } from '../src/layout.js';
import { GameSources, gameWith, handlerFile } from './game-sources.js';

const routesOf = (game: GameSources) => Object.keys(game.contract.routes).map((route) => route.split('.')[2]);

describe('the routes of a handler', () => {
  it('are the public methods of its class and of those it extends', () => {
    using game = gameWith(
      `import { Common } from '../../../common.js';
      export default class ChatHandler extends Common {
        static notARoute() {}
        count = 0;
        get size() { return 1; }
        constructor(app: object) { super(); }
        send(msg: { text: string }) { return { code: 200 as const }; }
        arrow = (msg: { x: number }) => ({ x: msg.x });
        _helper() {}
        #hidden() {}
      }`,
      { 'app/common.ts': 'export class Common { ping(): { pong: true } { return { pong: true }; } }' },
    );
    expect(routesOf(game)).toEqual(['arrow', 'ping', 'send']);
    expect(game.contract.routes['chat.chatHandler.send']).toEqual({
      input: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
      answer: { type: 'object', properties: { code: { const: 200 } }, required: ['code'] },
    });
  });

  it.each([
    ['a factory', 'export default (app: object) => ({ go(msg: { x: 1 }) { return msg; } });'],
    [
      'a factory that promises',
      'export default async (app: object) => ({ go: async (msg: { x: 1 }) => msg });',
    ],
    [
      'a factory that may promise',
      `const make = (app: object): { go(msg: { x: 1 }): { x: 1 } } | Promise<{ go(msg: { x: 1 }): { x: 1 } }> => ({ go: (msg) => msg });
      export default make;`,
    ],
    ['an object', 'const handler = { go(msg: { x: 1 }) { return msg; } };\nexport { handler as default };'],
  ])('are read from %s', (_, source) => {
    using game = gameWith(source);
    const shape = { type: 'object', properties: { x: { const: 1 } }, required: ['x'] };
    expect(game.contract.routes).toEqual({ 'chat.chatHandler.go': { input: shape, answer: shape } });
  });

  it('are not those of an EventEmitter that it extends', () => {
    using game = gameWith(
      `import { EventEmitter } from 'node:events';
      export default class extends EventEmitter { go() {} }`,
      {
        'node_modules/@types/node/index.d.ts':
          "declare module 'node:events' { export class EventEmitter { on(name: string, listener: () => void): this; emit(name: string): boolean } }",
        'tsconfig.json': JSON.stringify({
          compilerOptions: { strict: true, module: 'nodenext', types: ['node'] },
        }),
      },
    );
    expect(routesOf(game)).toEqual(['go']);
  });

  it('come with a warning for methods that only TypeScript hides', () => {
    using game = gameWith('export default class {\n  private check() {}\n  go() {}\n}');
    expect(routesOf(game)).toEqual(['go']);
    expect(game.generate().warnings).toEqual([
      `${handlerFile}:2: check is hidden from TypeScript only: clients can call it. Name it #check or _check.`,
    ]);
  });

  it('are read from JavaScript with its JSDoc types', () => {
    using game = new GameSources({
      'tsconfig.json': undefined,
      'app/servers/chat/handler/chatHandler.js': `
        /** @typedef {{ text: string, to?: string }} Line */
        export default class ChatHandler {
          /**
           * Says it.
           * @param {Line} msg
           * @returns {Promise<{ code: 200 }>}
           */
          async send(msg) { return { code: 200 }; }
        }`,
    });
    const { routes, definitions } = game.contract;
    expect(routes['chat.chatHandler.send']).toMatchObject({
      doc: 'Says it.',
      input: { $ref: '#/definitions/Line' },
    });
    expect(definitions['Line']).toMatchObject({ required: ['text'] });
  });

  it('are read from an old pomelo app, whose answers go through next', () => {
    using game = new GameSources({
      'package.json': '{}',
      'tsconfig.json': undefined,
      'app/servers/chat/handler/chatHandler.js': `
        module.exports = function (app) { return new Handler(app); };
        var Handler = function (app) { this.app = app; };
        Handler.prototype.send = function (msg, session, next) { next(null, { code: 200 }); };`,
    });
    expect(game.contract.routes).toEqual({ 'chat.chatHandler.send': { input: {}, answer: {} } });
  });

  it('are refused where there is nothing to call', () => {
    using game = gameWith('export const x = 1;', {
      'app/servers/chat/handler/textHandler.ts': "export default 'text';",
      'app/servers/chat/handler/twiceHandler.ts':
        'export default class {\n  go(msg: { a: 1 }): void;\n  go(msg: { b: 1 }): void;\n  go() {}\n}',
    });
    expect(game.problems).toEqual([
      `${handlerFile}:1: the file has no default export: expected a class, a factory or an object`,
      'app/servers/chat/handler/textHandler.ts:1: the default export gives no object with methods: expected a class, a factory or an object',
      'app/servers/chat/handler/twiceHandler.ts:2: go has 2 signatures: expected one, whose types clients are told',
    ]);
  });
});

describe('the sources of a game', () => {
  const handler = 'export default class { go() {} }';

  it('are found by a tsconfig.json with a byte order mark; one that cannot be read is named with its line', () => {
    const files = { 'src/app/servers/chat/handler/chatHandler.ts': 'export default {};' };
    const app = '{ "pomelo-ts": { "app": "build" } }';
    const text = '{\n  "compilerOptions": { "rootDir": "src", "outDir": "build" }';
    using marked = new GameSources({
      ...files,
      'package.json': `\ufeff${app}`,
      'tsconfig.json': `\ufeff${text}\n}`,
    });
    expect(findLayout(marked.root).sourceDir).toBe(`${marked.root}/src`);
    using broken = new GameSources({
      ...files,
      'package.json': app,
      'tsconfig.json': `${text},\n  "include": [}`,
    });
    expect(() => findLayout(broken.root)).toThrow(/tsconfig\.json:3:15: /);
  });

  it('are found from the compiled app by the folders of tsconfig.json', () => {
    using game = new GameSources({
      'package.json': JSON.stringify({ type: 'module', 'pomelo-ts': { app: 'build/server' } }),
      'tsconfig.json': '{ "compilerOptions": { "rootDir": "src", "outDir": "build" } }',
      'src/server/app/servers/chat/handler/chatHandler.ts': handler,
      'build/server/app/servers/chat/handler/chatHandler.js': 'export default class { old() {} }',
    });
    expect(routesOf(game)).toEqual(['go']);
    expect(game.generate().files.map(({ path }) => path.slice(game.root.length + 1))).toEqual([
      'src/server/app/generated/server.d.ts',
      'src/server/app/generated/client.d.ts',
      'config/contract.json',
    ]);
  });

  it('are the app itself where nothing is compiled, TypeScript before JavaScript', () => {
    using game = new GameSources({
      'app/servers/chat/handler/chatHandler.ts': handler,
      'app/servers/chat/handler/chatHandler.js': 'export default class { old() {} }',
    });
    expect(routesOf(game)).toEqual(['go']);
  });

  it('are asked for where there are none', () => {
    using game = new GameSources({ 'app.js': '' });
    expect(() => game.generate()).toThrow(/Expected app\/servers in .*, found none\. Name the folder/);
  });
});
