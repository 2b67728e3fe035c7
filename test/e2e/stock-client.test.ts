import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type RunningGame, startGame } from '../helpers/game.js';
import { TestPlayer } from '../helpers/player.js';
import { type StockClient, stockBrowserClient, stockNodeClient } from '../helpers/stock-client.js';
import { TcpClient } from '../helpers/tcp-client.js';

vi.setConfig({ testTimeout: 15_000 });

const clients: readonly [name: string, make: () => StockClient][] = [
  ['pomelo-jsclient-websocket', stockBrowserClient],
  ['pomelo-nodejsclient-websocket', stockNodeClient],
  ['a raw TCP client', () => new TcpClient()],
];

const formats = [
  { dictionary: true, protobuf: true },
  { dictionary: true, protobuf: false },
  { dictionary: false, protobuf: true },
  { dictionary: false, protobuf: false },
] as const;

/** Logs in as pomelo's chat demo does: asks the gate, hangs up, connects to what it named. */
async function logIn(client: StockClient, game: RunningGame, name: string, room: string): Promise<unknown> {
  await client.init(game.host, game.gatePort);
  const entry = (await client.request('gate.gateHandler.queryEntry', { uid: name })) as {
    code: number;
    host: string;
    port: number;
  };
  client.disconnect();
  expect(entry).toMatchObject({ code: 200, host: game.host });
  expect(game.connectorPorts).toContain(entry.port);
  await client.init(entry.host, entry.port);
  return client.request('connector.entryHandler.enter', { username: name, rid: room });
}

/** The next push of a route. */
function nextPush(client: StockClient, route: string): Promise<unknown> {
  return new Promise((resolve) => client.on(route, resolve));
}

/** Chats with a player of the framework's own client. */
async function chat(client: StockClient, peer: TestPlayer): Promise<void> {
  expect(await peer.pushes.next('onAdd')).toEqual({ user: 'stock' });
  const heard: unknown[] = [];
  client.on('onChat', (push) => heard.push(push));
  await client.request('chat.chatHandler.send', { content: 'hé 中文 😂', target: '*' });
  const toAll = { msg: 'hé 中文 😂', from: 'stock', target: '*' };
  expect(await peer.pushes.next('onChat')).toEqual(toAll);
  await expect.poll(() => heard).toEqual([toAll]);
  expect(await peer.say('only 😂 you', 'stock')).toEqual({ code: 200 });
  await expect.poll(() => heard[1]).toEqual({ msg: 'only 😂 you', from: 'peer', target: 'stock' });
  await client.request('chat.chatHandler.send', { content: 'and only you', target: 'peer' });
  expect(await peer.pushes.next('onChat')).toEqual({ msg: 'and only you', from: 'stock', target: 'peer' });
  expect(heard).toHaveLength(2);
}

/** Enters the arena, steers, and sees itself move. */
async function play(client: StockClient): Promise<void> {
  let tick: { tick: number; moved?: number[] } = { tick: 0 };
  client.on('onArenaTick', (push) => {
    tick = push as typeof tick;
  });
  const arena = (await client.request('arena.arenaHandler.enter', {})) as {
    you: number;
    tick: { moved: number[] };
  };
  const [, startX] = arena.tick.moved;
  client.notify('arena.arenaHandler.steer', { x: startX! > 800 ? -100 : 100, y: 0 });
  await expect
    .poll(() => tick.moved?.[0] === arena.you && Math.abs(tick.moved[1]! - startX!) > 30)
    .toBe(true);
}

for (const format of formats) {
  const on = (flag: boolean): string => (flag ? 'on' : 'off');
  describe(`with dictionary ${on(format.dictionary)} and protobuf ${on(format.protobuf)}`, () => {
    let game: RunningGame;
    beforeAll(async () => {
      game = await startGame({ mode: 'single', client: format });
    });
    afterAll(() => game[Symbol.asyncDispose]());

    test.each(clients)('%s logs in through the gate, chats and plays', async (name, make) => {
      const room = `room of ${name}`;
      await using peer = await TestPlayer.connect(game, 'peer');
      await peer.enter('peer', room);
      const client = make();
      try {
        expect(await logIn(client, game, 'stock', room)).toEqual({ users: ['peer', 'stock'] });
        await chat(client, peer);
        await play(client);
        const left = nextPush(client, 'onLeave');
        await peer.client.close();
        expect(await left).toEqual({ user: 'peer' });
      } finally {
        client.disconnect();
      }
    });

    test('bytes are what the settings say', async () => {
      const client = new TcpClient();
      try {
        await logIn(client, game, 'stock', 'bytes');
        const ticked = nextPush(client, 'onArenaTick');
        await client.request('arena.arenaHandler.enter', {});
        await ticked;
        const said = nextPush(client, 'onChat');
        await client.request('chat.chatHandler.send', { content: 'hello', target: '*' });
        await said;
      } finally {
        client.disconnect();
      }
      const { dict, protos } = client.handshake.sys!;
      expect([dict !== undefined, protos !== undefined]).toEqual([format.dictionary, format.protobuf]);
      const pushes = client.messages.filter(({ type }) => type === 3);
      expect(pushes.every(({ compressRoute }) => compressRoute === Number(format.dictionary))).toBe(true);
      const codeOf = (route: string): string | number => dict?.[route] ?? route;
      const bodyOf = (route: string) => pushes.find((push) => push.route === codeOf(route))!.body.toString();
      expect(bodyOf('onChat')).toBe('{"msg":"hello","from":"stock","target":"*"}');
      expect(bodyOf('onArenaTick').startsWith('{')).toBe(!format.protobuf);
    });
  });
}

test('a name that is taken is refused as the chat demo expects it', async () => {
  await using game = await startGame({ mode: 'single' });
  await using peer = await TestPlayer.connect(game, 'peer');
  await peer.enter('stock', 'lobby');
  const client = stockBrowserClient();
  try {
    expect(await logIn(client, game, 'stock', 'lobby')).toMatchObject({ code: 500, error: true });
  } finally {
    client.disconnect();
  }
});
