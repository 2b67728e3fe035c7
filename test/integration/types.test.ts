import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { markedLines, UserProject } from '../helpers/user-project.js';

/** As strict as a compiler can be asked to be, the packages' own declarations included. */
const tsconfig = JSON.stringify({
  compilerOptions: {
    ...{ target: 'es2022', module: 'nodenext', lib: ['es2023', 'esnext.disposable', 'dom'], types: ['node'] },
    ...{
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
    },
    ...{ noImplicitOverride: true, noUnusedLocals: true, verbatimModuleSyntax: true, isolatedModules: true },
    ...{ rootDir: '.', outDir: 'dist' },
  },
  include: ['app', 'client'],
});

const contract = `
export interface ChatPush { from: string; text: string }
export interface Pushes { onChat: ChatPush; onBye: { at: Date } }
export interface Errors { ROOM_FULL: { max: number }; MUTED: undefined }
`;

const chatRemote = `
import type { Application, Session } from '@pomelo-ts/core';
export default class ChatRemote {
  constructor(readonly app: Application) {}
  async add(room: string, uid: string): Promise<string[] | null> { return [room, uid]; }
  count(): number { return this._size; }
  _size = 1;
  _secret(_session: Session) {}
}
`;

const roomRemote = `
import { defineRemote } from '@pomelo-ts/core';
export default defineRemote(async () => ({ open: (name: string) => ({ name, at: 1 }) }));
`;

const chatHandler = `
import { type Application, GameError, type Session } from '@pomelo-ts/core';
export default class ChatHandler {
  readonly #app: Application;
  constructor(app: Application) { this.#app = app; }
  async join(msg: { room: string; as?: 'guest' }, session: Session): Promise<{ code: 200; users: string[] } | { code: 503 }> {
    if (msg.room === '') throw new GameError('ROOM_FULL', { max: 8 });
    if (msg.room === '?') throw new GameError('ROOM_FULL', { min: 8 }); // TS2353
    if (msg.room === '!') throw new GameError('ROOM_EMPTY', {}); // TS2345
    const { chat, hall } = this.#app.rpc;
    const users = await chat.chatRemote.add(session, msg.room, 'ann');
    await chat.chatRemote.add(session, msg.room, 5); // TS2345
    await chat.chatRemote.add(session); // TS2554
    users.length; // TS18047
    (await chat.chatRemote.count('key')).toFixed();
    (await hall.roomRemote.open('x', 'y')).name.length.toFixed();
    (await hall.roomRemote.open('x', 'y')).names; // TS2551
    chat.chatRemote._secret(session, session); // TS2339
    chat.chatRemot; // TS2551
    this.#app.rpc.chatt; // TS2551
    for (const { ok } of await chat.chatRemote.count.broadcast()) if (ok) break;
    const room = this.#app.channels.create('x');
    room.push('onChat', { from: 'ann', text: 'hi' });
    room.push('onChat', { from: 'ann' }); // TS2741
    room.push('onChats', { from: 'ann', text: 'hi' }); // TS2345
    this.#app.channels.push('onChat', { from: 1, text: 'hi' }, []); // TS2322
    return users ? { code: 200, users } : { code: 503 };
  }
  leave(_msg: unknown): void {}
}
`;

const client = `
import { type Client, connect, type Failure, isFailure } from '@pomelo-ts/client';
import type { GameContract } from '../app/generated/client.js';

export async function play(): Promise<void> {
  await using client: Client<GameContract> = await connect<GameContract>({ url: 'ws://localhost' });
  const answer = await client.request('chat.chatHandler.join', { room: 'blue' }, { timeoutMs: 5 });
  answer.users; // TS2339
  if (isFailure(answer)) {
    answer.message.length.toFixed();
    if (answer.code === 'ROOM_FULL') {
      answer.data.max.toFixed();
      answer.data.min; // TS2339
    } else if (answer.code === 'MUTED') answer.data satisfies undefined;
    else answer.code satisfies number;
    if (answer.code === 'ROOM_EMPTY') return; // TS2367
    const failure: Failure<GameContract['errors']> = answer;
    return void failure;
  }
  answer.message; // TS2339
  if (answer.code === 503) return;
  answer.code satisfies 200;
  answer.users.map((name) => name.length);
  answer.users satisfies readonly number[]; // TS1360
  await client.request('chat.chatHandler.join', { room: 5 }); // TS2322
  await client.request('chat.chatHandler.join', { room: 'a', as: 'host' }); // TS2322
  await client.request('chat.chatHandler.join', { room: 'a', rom: 'b' }); // TS2561
  await client.request('chat.chatHandler.join'); // TS2554
  await client.request('chat.chatHandler.joyn', { room: 'a' }); // TS2345
  const left = await client.request('chat.chatHandler.leave');
  if (!isFailure(left)) left satisfies {};
  client.notify('chat.chatHandler.leave', {});
  client.notify('chat.chatHandler.join', {}); // TS2741
  client.on('onChat', ({ from, text }) => from.concat(text));
  client.on('onBye', ({ at }) => at.slice(0, 4));
  client.on('onBye', ({ at }) => at.getTime()); // TS2339
  client.on('onChat', (body: { from: number }) => body); // TS2345
  client.on('onChit', () => {}); // TS2345
  client.onState(({ state }) => state.length);
}

/** As before: a client that was told no contract takes everything. */
export async function free(client: Client): Promise<void> {
  const answer = await client.request<{ code: number }>('a.b.c', { any: 'thing' });
  answer.code.toFixed();
  const other = await client.request('a.b.c');
  if (isFailure(other)) other.message.length.toFixed();
  client.on<{ x: number }>('onAny', ({ x }) => x.toFixed());
  client.notify('a.b.c', 1);
}
`;

const files = {
  'app/contract.ts': contract,
  'app/servers/chat/handler/chatHandler.ts': chatHandler,
  'app/servers/chat/remote/chatRemote.ts': chatRemote,
  'app/servers/hall/remote/roomRemote.ts': roomRemote,
  'client/main.ts': client,
};

it('shows wrong arguments, answers, errors and pushes to tsc, in a strict project with what is shipped', async () => {
  using project = new UserProject({ ...files, 'tsconfig.json': tsconfig });
  expect(await project.run('gen')).toMatchObject({ code: 0, stderr: '' });
  const { at, text } = await project.compile();
  const expected = Object.entries(files).flatMap(([file, source]) => markedLines(file, source));
  expect([...at].sort(), text).toEqual(expected.sort());
});

it('lets a client project copy one file', async () => {
  using server = new UserProject({ ...files, 'tsconfig.json': tsconfig });
  await server.run('gen');
  using project = new UserProject({
    'app/generated/client.d.ts': server.read('app/generated/client.d.ts'),
    'client/main.ts': client,
    'tsconfig.json': tsconfig,
  });
  const { at, text } = await project.compile();
  expect([...at].sort(), text).toEqual(markedLines('client/main.ts', client).sort());
});

it('compiles the game of the guide, and the guide tells of the files that are written', async () => {
  const guide = readFileSync(new URL('../../docs/guides/types-and-contracts.md', import.meta.url), 'utf8');
  const blocks = [...guide.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)];
  const sources = Object.fromEntries(blocks.map(([, file, code]) => [file!, code!]));
  expect(Object.keys(sources)).toHaveLength(5);
  using project = new UserProject({ ...sources, 'tsconfig.json': tsconfig });
  const { stdout } = await project.run('gen');
  for (const [, file] of stdout.matchAll(/^wrote (.*)$/gm)) expect(guide).toContain(`| \`${file}\` |`);
  expect((await project.compile()).text).toBe('');
});

it('tells clients what a schema takes, and a handler what it gives', async () => {
  const source = `
import { defineHandler, withInput } from '@pomelo-ts/core';
import * as v from 'valibot';
import { z } from 'zod';

const line = z.object({ text: z.string().max(500), to: z.string().default('*'), at: z.iso.datetime().transform((text) => new Date(text)) });
const move = v.object({ x: v.number(), how: v.optional(v.picklist(['walk', 'run'])) });

export default defineHandler((app) => ({
  say: withInput(line, ({ text, to, at }, session) => ({ said: text, to: to.length, year: at.getFullYear(), from: session.uid, env: app.env })),
  move: withInput(move, async ({ x, how }) => ({ x, how: how ?? 'walk' })),
}));
`;
  using project = new UserProject({
    'app/servers/chat/handler/chatHandler.ts': source,
    'tsconfig.json': tsconfig,
  });
  expect(await project.run('gen')).toMatchObject({ code: 0, stderr: '' });
  expect(project.read('app/generated/client.d.ts')).toContain(`\
    "chat.chatHandler.move": {
      input: {
        readonly x: number;
        readonly how?: "run" | "walk";
      };
      answer: {
        readonly x: number;
        readonly how: "run" | "walk";
      };
    };
    "chat.chatHandler.say": {
      input: {
        readonly text: string;
        readonly at: string;
        readonly to?: string;
      };
      answer: {
        readonly said: string;
        readonly to: number;
        readonly year: number;
        readonly from?: Uid;
        readonly env: string;
      };
    };
`);
  expect((await project.compile()).text).toBe('');
});
