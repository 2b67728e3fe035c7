import { startCluster, type TestCluster } from '@pomelo-ts/core/testing';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Player } from './player.js';

let game: TestCluster;
let connectors: string[];
let rooms = 0;
/** A room of its own for each test. */
const newRoom = (): string => `room ${++rooms}`;

beforeAll(async () => {
  game = await startCluster();
  connectors = game.servers.filter(({ type }) => type === 'connector').map(({ id }) => id);
});
afterAll(() => game.stop());

async function inRoom(name: string, room: string, server?: string): Promise<Player> {
  const player = await Player.connect(game, name, server);
  const answer = await player.enter(name, room);
  if (!answer.users) throw new Error(`${name} was not let in: ${JSON.stringify(answer)}`);
  return player;
}

const refused = { code: 500, error: true };

describe('the gate', () => {
  const ask = (body: object) => game.inject('gate.gateHandler.queryEntry', body, { server: 'gate-server-1' });

  test('names a connector for a uid, always the same one, and has code 500 for none', async () => {
    const answer = await ask({ uid: 'ann' });
    expect(answer).toEqual({ code: 200, host: '127.0.0.1', port: expect.any(Number) });
    expect(await ask({ uid: 'ann' })).toEqual(answer);
    expect(await ask({ uid: 7 })).toMatchObject({ code: 200 });
    for (const body of [{}, { uid: '' }, { uid: null }, { uid: { a: 1 } }]) {
      expect(await ask(body)).toEqual({ code: 500 });
    }
  });

  test('sends players to all connectors', async () => {
    const ports = new Set<number>();
    for (let i = 0; i < 40; i++) ports.add(((await ask({ uid: `player ${i}` })) as { port: number }).port);
    const known = game.servers.filter(({ type }) => type === 'connector').map((one) => one.clientPort!);
    expect([...ports].sort()).toEqual(known.sort());
  });

  test('serves the page of the game in development, beside its health', async () => {
    const withPorts = await startCluster({ types: ['gate'], ports: true });
    onTestFinished(() => withPorts.stop());
    const url = `http://127.0.0.1:${withPorts.servers[0]!.clientPort}`;
    const page = await fetch(`${url}/`);
    expect(page.headers.get('content-type')).toMatch('text/html');
    expect(await page.text()).toContain('<form id="join"');
    expect((await fetch(`${url}/main.js`)).status).toBe(200);
    expect((await fetch(`${url}/../app.js`)).status).toBe(404);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});

describe('entering', () => {
  test('tells the newcomer who is there and those who are there of the newcomer', async () => {
    const room = newRoom();
    const ann = await Player.connect(game, 'ann');
    expect(await ann.enter('ann', room)).toEqual({ users: ['ann'] });
    const bob = await Player.connect(game, 'bob');
    expect((await bob.enter('bob', room)).users.sort()).toEqual(['ann', 'bob']);
    expect(await ann.next('onAdd')).toEqual({ user: 'bob' });
    expect(bob.waiting('onAdd')).toBe(0);
  });

  test('is refused for a name that is in the room, and possible for the same name elsewhere', async () => {
    const room = newRoom();
    await inRoom('ann', room);
    for (const server of connectors) {
      const other = await Player.connect(game, 'ann', server);
      expect(await other.enter('ann', room)).toMatchObject(refused);
      expect(await other.enter('ann', newRoom())).toEqual({ users: ['ann'] });
    }
  });

  test('is once for a connection', async () => {
    const ann = await inRoom('ann', newRoom());
    expect(await ann.enter('bob', newRoom())).toMatchObject(refused);
  });

  test.each([
    ['no name', undefined, 'lobby'],
    ['a name with a star', 'a*b', 'lobby'],
    ['a number', 7, 'lobby'],
    ['no room', 'ann', undefined],
    ['an object for a room', 'ann', { a: 1 }],
    ['a long room', 'ann', 'x'.repeat(500)],
  ])('is refused with %s', async (_, name, room) => {
    const player = await Player.connect(game, 'ann');
    expect(await player.enter(name, room)).toMatchObject({ code: 400, error: true });
    expect(await player.say('hello')).toMatchObject({ code: 403 });
  });

  test('with one name at the same instant is for one of them, on one connector and on two', async () => {
    for (let i = 0; i < 10; i++) {
      const room = newRoom();
      const servers = Array.from({ length: 6 }, (_, index) => connectors[index % 2]!);
      const players = await Promise.all(servers.map((server) => Player.connect(game, 'ann', server)));
      const answers = await Promise.all(players.map((player) => player.enter('ann', room)));
      const winners = answers.filter((answer) => answer.users);
      expect(winners).toEqual([{ users: ['ann'] }]);
      const winner = players[answers.findIndex((answer) => answer.users)]!;
      const loser = players[answers.findIndex((answer) => !answer.users)]!;
      const bob = await inRoom('bob', room);
      await bob.say('only for ann', 'ann');
      expect(await winner.next('onChat')).toMatchObject({ msg: 'only for ann' });
      expect(await loser.say('hello')).toMatchObject({ code: 403 });
      for (const player of players) if (player !== winner) expect(player.waiting('onChat')).toBe(0);
      // The losers were never in the room: nobody hears of their end, and the winner is still there.
      await Promise.all(players.filter((player) => player !== winner).map((player) => player.close()));
      expect(await bob.say('still there?', 'ann')).toEqual({ code: 200 });
      expect(bob.waiting('onLeave')).toBe(0);
      await winner.close();
      expect(await bob.next('onLeave')).toEqual({ user: 'ann' });
    }
  });

  test('by a client that goes in the midst of it leaves nobody behind', async () => {
    const room = newRoom();
    const bob = await inRoom('bob', room);
    for (let i = 0; i < 20; i++) {
      const ann = await Player.connect(game, 'ann', connectors[i % 2]);
      const entering = ann.enter('ann', room).catch(() => undefined);
      // Some go before the request is read, some while the chat server is asked, some after.
      for (let turn = 0; turn < i % 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      await ann.close();
      await entering;
    }
    const ann = await Player.connect(game, 'ann');
    await expect.poll(() => ann.enter('ann', room)).toMatchObject({ users: expect.any(Array) });
    const cleo = await Player.connect(game, 'cleo');
    expect((await cleo.enter('cleo', room)).users.sort()).toEqual(['ann', 'bob', 'cleo']);
    expect(await bob.say('one of you?', 'ann')).toEqual({ code: 200 });
  });
});

describe('talking', () => {
  test('to the room reaches all in it, the speaker too, and nobody else', async () => {
    const room = newRoom();
    const ann = await inRoom('ann', room);
    const bob = await inRoom('bob', room, connectors[0]);
    const cleo = await inRoom('cleo', room, connectors[1]);
    const other = await inRoom('dora', newRoom());
    expect(await ann.say('hé 中 😀')).toEqual({ code: 200 });
    const push = { msg: 'hé 中 😀', from: 'ann', target: '*' };
    for (const player of [ann, bob, cleo]) expect(await player.next('onChat')).toEqual(push);
    expect(other.waiting('onChat')).toBe(0);
  });

  test('to one member reaches that one alone', async () => {
    const room = newRoom();
    const ann = await inRoom('ann', room);
    const bob = await inRoom('bob', room);
    const cleo = await inRoom('cleo', room);
    expect(await ann.say('psst', 'bob')).toEqual({ code: 200 });
    expect(await bob.next('onChat')).toEqual({ msg: 'psst', from: 'ann', target: 'bob' });
    await ann.say('done');
    expect(await cleo.next('onChat')).toMatchObject({ msg: 'done' });
    expect(await ann.next('onChat')).toMatchObject({ msg: 'done' });
  });

  test('keeps the order of what one player says', async () => {
    const room = newRoom();
    const ann = await inRoom('ann', room);
    const bob = await inRoom('bob', room);
    const lines = Array.from({ length: 50 }, (_, index) => `line ${index}`);
    for (const line of lines) ann.client.notify('chat.chatHandler.send', { content: line, target: '*' });
    for (const line of lines) expect(await bob.next('onChat')).toMatchObject({ msg: line });
  });

  test.each([
    ['somebody who is not there', 'hello', 'nobody', 404],
    ['a target that is no name', 'hello', 7, 400],
    ['an empty line', '  ', '*', 400],
    ['a line that is no text', { a: 1 }, '*', 400],
    ['a line that is too long', 'x'.repeat(501), '*', 400],
  ])('is refused to %s', async (_, content, target, code) => {
    const ann = await inRoom('ann', newRoom());
    expect(await ann.say(content, target)).toMatchObject({ code, error: true, message: expect.any(String) });
  });
});

test('a room that another chat server has got is forgotten by the one that had it, without a word to its players', async () => {
  const room = newRoom();
  const ann = await inRoom('ann', room);
  const chats = game.servers.filter(({ type }) => type === 'chat').map(({ id }) => id);
  const [owner] = chats.filter((id) => game.app(id).channels.get(room));
  const former = chats.find((id) => id !== owner)!;
  // as it is when a chat server has come back, to which the room belongs again
  game
    .app(former)
    .channels.create(room)
    .add({ uid: `ann*${room}`, frontendId: connectors[0]! });
  const { giveUp, count } = game.app(connectors[0]!).rpc['chat']!['chatRemote']!;
  await giveUp!.broadcast(room);
  expect(chats.filter((id) => game.app(id).channels.get(room))).toEqual([owner]);
  expect(await count!(room, room)).toBe(1);
  expect((await ann.say('still here')).code).toBe(200);
  expect(await ann.next('onChat')).toMatchObject({ msg: 'still here' });
});

test('those in the room hear of one who leaves', async () => {
  const room = newRoom();
  const ann = await inRoom('ann', room);
  const bob = await inRoom('bob', room);
  await bob.close();
  expect(await ann.next('onLeave')).toEqual({ user: 'bob' });
  const again = await Player.connect(game, 'bob');
  expect((await again.enter('bob', room)).users.sort()).toEqual(['ann', 'bob']);
});
