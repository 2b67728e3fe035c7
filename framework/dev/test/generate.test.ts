import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseContract } from '@pomelo-ts/common/contract';
import { describe, expect, it } from 'vitest';
import { generate, makeProtos, protoFiles, staleFiles, writeFiles } from '../src/index.js';
import { GameSources } from './game-sources.js';

const handler = `
  import type { Line } from '../../../contract.js';
  export default class ChatHandler {
    /** Says it. */
    send(msg: Line): { code: 200; at: Date } { throw 0; }
  }`;
const contract = `
  /** What is said. */
  export interface Line { text: string; 'to-whom'?: string }
  export interface Pushes {
    /** Somebody said something. */
    onChat: Line;
  }
  export interface Errors { FULL: { max: number }; GONE: undefined }`;
const remote = 'export default (app: object) => ({ count: async (room: string) => 1 });';

const files = {
  'app/servers/chat/handler/chatHandler.ts': handler,
  'app/servers/chat/remote/chatRemote.ts': remote,
  'app/servers/my-rooms/remote/roomRemote.ts': remote,
  'app/contract.ts': contract,
};

const textOf = (game: GameSources, name: string) =>
  game.generate().files.find(({ path }) => path.endsWith(name))!.text;

describe('generated files', () => {
  it('give clients all types in one file that imports nothing', () => {
    using game = new GameSources(files);
    expect(textOf(game, 'client.d.ts')).toBe(`\
// Written by \`pomelo-ts gen\` from the types of the game. Do not edit: change those, and run it again.

/** What clients and servers of the game say to each other: \`connect<GameContract>(…)\` of @pomelo-ts/client takes it. */
export interface GameContract {
  /** By route: the body of the request, and of its answer. */
  routes: {
    /** Says it. */
    "chat.chatHandler.send": {
      input: Line;
      answer: {
        readonly code: 200;
        readonly at: string;
      };
    };
  };
  /** By route: the body. */
  pushes: {
    /** Somebody said something. */
    onChat: Line;
  };
  /** By code: the data of an answer \`{code, message, data}\` that says what went wrong. */
  errors: {
    FULL: {
      readonly max: number;
    };
    GONE: undefined;
  };
}

/** What is said. */
export interface Line {
  readonly text: string;
  readonly "to-whom"?: string;
}
`);
  });

  it('tell servers of remotes, pushes and errors by reference to the sources', () => {
    using game = new GameSources(files);
    expect(textOf(game, 'server.d.ts')).toBe(`\
// Written by \`pomelo-ts gen\` from the types of the game. Do not edit: change those, and run it again.
import type { RemoteOf } from '@pomelo-ts/core';
import type { Errors as DeclaredErrors, Pushes as DeclaredPushes } from '../contract.js';

declare module '@pomelo-ts/core' {
  interface Remotes {
    chat: {
      chatRemote: RemoteOf<typeof import('../servers/chat/remote/chatRemote.js').default>;
    };
    "my-rooms": {
      roomRemote: RemoteOf<typeof import('../servers/my-rooms/remote/roomRemote.js').default>;
    };
  }

  interface Pushes extends DeclaredPushes {}

  interface GameErrors extends DeclaredErrors {}
}
`);
  });

  it('are a module also when there is nothing to say', () => {
    using game = new GameSources({ 'app/servers/chat/handler/chatHandler.ts': 'export default {};' });
    expect(textOf(game, 'server.d.ts')).toContain('\nexport {};\n');
  });

  it('name what a CommonJS file exports, and typedefs of JavaScript', () => {
    using game = new GameSources({
      'package.json': '{}',
      'tsconfig.json': undefined,
      'app/servers/chat/remote/chatRemote.js': 'module.exports = (app) => ({ count: (room) => 1 });',
      'app/contract.js': '/** @typedef {{ onChat: { text: string } }} Pushes */\nexports.x = 1;',
    });
    expect(textOf(game, 'server.d.ts')).toContain(
      "RemoteOf<typeof import('../servers/chat/remote/chatRemote.js')>;",
    );
    expect(textOf(game, 'server.d.ts')).toContain('interface Pushes extends DeclaredPushes {}');
    expect(Object.keys(game.contract.pushes)).toEqual(['onChat']);
  });

  it('are the same however often they are made, and stale when a type has changed', () => {
    using game = new GameSources(files);
    const names = ['app/generated/server.d.ts', 'app/generated/client.d.ts', 'config/contract.json'];
    const first = game.generate().files;
    expect(staleFiles(game.root, first)).toEqual(names);
    expect(writeFiles(game.root, first)).toEqual(names);
    expect(generate(game.root).files).toEqual(first);
    expect(writeFiles(game.root, game.generate().files)).toEqual([]);
    game.write('app/contract.ts', contract.replace('text: string', 'text: number'));
    expect(staleFiles(game.root, game.generate().files)).toEqual(names.slice(1));
  });

  it('hold a contract that can be read again', () => {
    using game = new GameSources(files);
    expect(parseContract(JSON.parse(textOf(game, 'contract.json')), 'contract.json')).toMatchObject(
      game.contract,
    );
  });

  it('know what a handler takes over from a remote of another server before they are written', () => {
    using game = new GameSources({
      ...files,
      'node_modules/@pomelo-ts/core/index.d.ts': `
        export interface Remotes {}
        export type RemoteOf<T> = T extends (...args: never[]) => infer M ? Awaited<M> : T;`,
      'node_modules/@pomelo-ts/core/package.json': '{"name":"@pomelo-ts/core","types":"index.d.ts"}',
      'app/servers/hall/handler/hallHandler.ts': `
        import type { Remotes } from '@pomelo-ts/core';
        declare const remotes: Remotes;
        export default { async count() { return { count: await remotes.chat.chatRemote.count('x') }; } };`,
    });
    expect(game.contract.routes['hall.hallHandler.count']!.answer).toMatchObject({
      properties: { count: { type: 'number' } },
    });
  });
});

describe('the reference game', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));

  it('has the generated files that its types give', () => {
    const { files, warnings } = generate(root);
    expect([staleFiles(root, files), warnings]).toEqual([[], []]);
  });

  it('has protos by hand that are those its types give', () => {
    const { files, inTheWay } = protoFiles(join(root, 'config'), generate(root).contract);
    expect(inTheWay).toHaveLength(2);
    const written = Object.values(makeProtos(generate(root).contract));
    expect(files.map(({ text }) => JSON.parse(text))).toEqual(written.slice(0, 2));
    expect(readFileSync(join(root, 'config/serverProtos.json5'), 'utf8')).toContain(
      '"repeated Player players": 1',
    );
  });
});
