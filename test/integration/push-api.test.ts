import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminClient } from '../helpers/admin-client.js';
import { eventually } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';

/* Programs that are no servers push to real clients of a real cluster, by HTTP. */

const run = promisify(execFile);
const guide = readFileSync(new URL('../../docs/guides/push-api.md', import.meta.url), 'utf8');

let looked: LookedAtGame;
let program: AdminClient;
let ann: RawClient;
let bob: RawClient;

beforeAll(async () => {
  const port = await freePort();
  const pusher = { verbs: ['push.*', 'users.*', 'channels.*'] };
  looked = await lookedAtGame({ admin: { port, roles: { pusher } } });
  const { game, clientPort } = looked;
  const made = await game.run(
    'key',
    'create',
    'shop',
    '--role',
    'pusher',
    '--rate',
    '50000',
    '-e',
    'production',
  );
  if (made.code !== 0) throw new Error(made.stderr);
  program = new AdminClient(port);
  program.key = made.stdout.trim();
  [ann, bob] = await Promise.all([RawClient.join(clientPort), RawClient.join(clientPort)]);
  await ann.request('connector.entryHandler.enter', { uid: 'ann' });
  await bob.request('connector.entryHandler.enter', { uid: 7 });
}, 60_000);

afterAll(async () => {
  await Promise.all([ann, bob].map((client) => client?.[Symbol.asyncDispose]()));
  await looked?.[Symbol.asyncDispose]();
});

const push = (to: object, text: string, headers = {}) =>
  program.post('/api/v1/push', { to, route: 'onMail', body: { text } }, { headers });
const heard = (client: RawClient) =>
  client.pushes.map(({ route, body }) => [
    route,
    JSON.parse(String(body)).text ?? JSON.parse(String(body)).from,
  ]);
const hears = (client: RawClient, text: string) =>
  eventually(
    () => heard(client).some(([route, said]) => route === 'onMail' && said === text),
    `hearing ${text}`,
  );
const times = (client: RawClient, text: string) => heard(client).filter(([, said]) => said === text).length;

describe('a push of another program', () => {
  it('goes to users by their uids, texts or numbers, once to who is named twice, and tells who was not there', async () => {
    const { status, body } = await push({ uids: ['ann', '7', 'ann', 'nobody', 'nobody'] }, 'to uids');
    expect([status, body]).toEqual([200, { delivered: 2, failed: 1, silent: [] }]);
    await hears(ann, 'to uids');
    await hears(bob, 'to uids');
  });

  it('goes to one session, whose place it tells', async () => {
    const { body } = await program.get('/api/v1/users/ann/node');
    expect(body.sessions).toEqual([
      { frontendId: 'connector-1', sessionId: expect.any(String), address: '127.0.0.1' },
    ]);
    const { sessionId } = body.sessions[0];
    const answer = await push({ sessions: [sessionId, 'none'] }, 'to a session');
    expect(answer.body).toEqual({ delivered: 1, failed: 1, silent: [] });
    await hears(ann, 'to a session');
  });

  it('goes to all clients of a type of servers, and to everybody', async () => {
    expect((await push({ type: 'connector' }, 'to connectors')).body).toMatchObject({
      delivered: 2,
      failed: 0,
    });
    expect((await push({ all: true }, 'to all')).body).toMatchObject({ delivered: 2, failed: 0 });
    for (const client of [ann, bob]) {
      await hears(client, 'to connectors');
      await hears(client, 'to all');
    }
    expect(times(ann, 'to uids')).toBe(1);
  });

  it('goes to the members of a channel on the server that has it', async () => {
    await ann.request('chat.chatHandler.join', { room: 'room-7' });
    const { channels, total } = (await program.get('/api/v1/channels?prefix=room-')).body;
    expect(total).toBe(1);
    expect(channels).toEqual([{ name: 'room-7', server: expect.stringMatching(/^chat-[12]$/), members: 1 }]);
    const members = (await program.get('/api/v1/channels/room-7/members')).body;
    expect(members.channels[0]).toMatchObject({
      total: 1,
      members: [{ frontendId: 'connector-1', uid: 'ann' }],
    });
    expect((await push({ channel: 'room-7' }, 'to a channel')).body).toEqual({
      delivered: 1,
      failed: 0,
      silent: [],
    });
    await hears(ann, 'to a channel');
    expect(
      (await push({ channel: 'room-7', server: channels[0].server }, 'to its server')).body.delivered,
    ).toBe(1);
    expect((await push({ channel: 'none' }, 'to none')).body).toEqual({
      delivered: 0,
      failed: 0,
      silent: [],
    });
    expect(times(bob, 'to a channel')).toBe(0);
  });

  it('that is sent twice with one key is pushed once, and the key is for that push alone', async () => {
    const key = { 'idempotency-key': 'order-1' };
    const first = await push({ uids: ['ann'] }, 'once', key);
    const again = await push({ uids: ['ann'] }, 'once', key);
    expect([again.status, again.body]).toEqual([200, first.body]);
    const other = await push({ uids: ['ann'] }, 'another', key);
    expect([other.status, other.body.error.code]).toEqual([422, 'IDEMPOTENCY_OTHER']);
    await push({ uids: ['ann'] }, 'after it');
    await hears(ann, 'after it');
    expect(times(ann, 'once')).toBe(1);
  });

  it('may come with many others, of each of which is told what came of it', async () => {
    const mail = (to: object, text: string) => ({ to, route: 'onMail', body: { text } });
    const pushes = [
      mail({ uids: ['ann', 'nobody'] }, 'first of many'),
      mail({ channel: 'room-7', server: 'chat-9' }, 'nowhere'),
      { ...mail({ uids: ['7'] }, 'refused'), route: '中'.repeat(100) },
      mail({ type: 'connector' }, 'last of many'),
    ];
    const key = { 'idempotency-key': 'many-1' };
    const send = (some: readonly object[]) =>
      program.post('/api/v1/pushes', { pushes: some }, { headers: key });
    const { status, body } = await send(pushes);
    expect([status, body.answers]).toEqual([
      200,
      [
        { delivered: 1, failed: 1, silent: [] },
        { error: { code: 'SERVER_NOT_IN_TOPOLOGY', message: expect.stringContaining('chat-9') } },
        { error: { code: 'PUSH_REFUSED', message: expect.any(String) } },
        { delivered: 2, failed: 0, silent: [] },
      ],
    ]);
    expect((await send(pushes)).body).toEqual(body);
    await hears(ann, 'first of many');
    await hears(bob, 'last of many');
    expect(times(ann, 'first of many')).toBe(1);
    expect((await send([])).body.error.code).toBe('IDEMPOTENCY_OTHER');
    const wrong = await program.post('/api/v1/pushes', {
      pushes: [mail({ uids: ['ann'] }, 'unsent'), { to: {} }],
    });
    expect(wrong.body.error).toMatchObject({ code: 'OPERATION_INVALID' });
    expect(times(ann, 'unsent')).toBe(0);
    const over = await program.post('/api/v1/pushes', {
      pushes: Array(201).fill(mail({ uids: ['ann'] }, 'x')),
    });
    expect(over.body.error.message).toContain('at most 200 in it');
  });

  const many = Array.from({ length: 1001 }, (_, n) => n);
  it.each([
    ['nobody', { to: { uids: [] } }, 'OPERATION_INVALID'],
    ['two targets', { to: { uids: ['ann'], all: true } }, 'OPERATION_INVALID'],
    ['too many users', { to: { uids: many } }, 'OPERATION_INVALID'],
    ['a target that is none', { to: { all: false } }, 'OPERATION_INVALID'],
    ['no route', { route: '' }, 'OPERATION_INVALID'],
    ['a long route', { route: 'x'.repeat(257) }, 'OPERATION_INVALID'],
    ['no body', { body: undefined }, 'OPERATION_INVALID'],
    ['more than it takes', { urgent: true }, 'OPERATION_INVALID'],
    ['a server that there is not', { to: { channel: 'room-7', server: 'nobody' } }, 'SERVER_NOT_IN_TOPOLOGY'],
    ['a route of more bytes than a push has room for', { route: '中'.repeat(100) }, 'PUSH_REFUSED'],
  ])('that names %s is refused', async (_, wrong, code) => {
    const { body } = await program.post('/api/v1/push', {
      to: { all: true },
      route: 'onMail',
      body: {},
      ...wrong,
    });
    expect(body).toEqual({ error: { code, message: expect.any(String) } });
  });

  it.each([
    [{ to: { uids: ['ann'], all: true } }, 'to: expected all left out'],
    [{ body: undefined }, 'body: expected a value, got nothing'],
    [{ route: 'x'.repeat(257) }, 'route: expected at most 256 characters, got "x'],
  ])('that is wrong says what was expected: %j', async (wrong, message) => {
    const { body } = await program.post('/api/v1/push', {
      to: { uids: ['ann'] },
      route: 'onMail',
      body: {},
      ...wrong,
    });
    expect(body.error.message).toContain(message);
  });

  it('is for who may push, and a key that may does nothing else', async () => {
    const stranger = new AdminClient(program.port);
    expect((await stranger.post('/api/v1/push', {})).status).toBe(401);
    expect((await program.operate('servers.stop', {})).status).toBe(403);
    expect((await program.operate('views.read', { view: 'servers' })).status).toBe(403);
  });
});

describe('what other programs ask', () => {
  it('is who is online, and how many there are', async () => {
    expect((await program.get('/api/v1/users/online?ids=ann,nobody,7')).body).toEqual({
      online: ['ann', '7'],
    });
    expect((await program.get('/api/v1/users/count')).body).toMatchObject({ uids: 2 });
    expect((await program.get('/api/v1/users/online')).status).toBe(400);
  });
});

it('a user is kicked by another program, and told why', async () => {
  await using carol = await RawClient.join(looked.clientPort);
  await carol.request('connector.entryHandler.enter', { uid: 'carol' });
  const { status, body } = await program.post('/api/v1/kick', { uid: 'carol', reason: 'the shop is shut' });
  expect(status, JSON.stringify(body)).toBe(200);
  await eventually(() => carol.closeCode !== undefined, 'the end of her connection');
  expect(carol.kicked).toBe('the shop is shut');
  expect((await program.get('/api/v1/users/online?ids=carol')).body).toEqual({ online: [] });
});

describe('the guide to the push API', () => {
  const block = (fence: string) => new RegExp(`\`\`\`${fence}\n([\\s\\S]*?)\`\`\``).exec(guide)![1]!;
  const env = () => ({ ...process.env, ADMIN: `http://127.0.0.1:${program.port}`, KEY: program.key });

  it('shows curl that pushes', async () => {
    const { stdout } = await run('sh', ['-c', block('sh curl')], { env: env() });
    expect(stdout).toBe(/^\{"delivered".*$/m.exec(guide)![0]);
    await hears(ann, 'the shop');
  });

  it('shows Python that pushes', async () => {
    const { stdout } = await run('python3', ['-c', block('python')], { env: env() });
    expect(stdout).toBe('1\n');
    await hears(ann, 'python');
  });
});

it.each([
  ['that the master reads to its end', 300_000],
  ['that it does not', 3_000_000],
])(
  'a body that is too long, %s, is told, and costs the next request of its pool nothing',
  async (_, bytes) => {
    using agent = Object.assign(new Agent({ keepAlive: true, maxSockets: 1 }), {
      [Symbol.dispose]: () => agent.destroy(),
    });
    const pooled = new AdminClient(program.port, agent);
    pooled.key = program.key;
    const told = await pooled.post('/api/v1/push', {}, { raw: JSON.stringify({ text: 'x'.repeat(bytes) }) });
    expect([told.status, told.body.error.code]).toEqual([413, 'REQUEST_LARGE']);
    const asked = AbortSignal.timeout(5000); // far less than a request may take to come in
    const next = await Promise.race([
      pooled.get('/api/v1/users/count').catch((error: Error) => error.message),
      once(asked, 'abort'),
    ]);
    expect(next).toMatchObject({ status: 200 });
  },
);
