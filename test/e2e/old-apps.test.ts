import { describe, expect, test, vi } from 'vitest';
import { OldApp } from '../helpers/old-app.js';
import { type StockClient, stockBrowserClient, stockNodeClient } from '../helpers/stock-client.js';
import { TcpClient } from '../helpers/tcp-client.js';

vi.setConfig({ testTimeout: 120_000 });

const clients: readonly [name: string, make: () => StockClient][] = [
  ['pomelo-jsclient-websocket', stockBrowserClient],
  ['pomelo-nodejsclient-websocket', stockNodeClient],
  ['a raw TCP client', () => new TcpClient()],
];

/** Asks the gate, hangs up, connects to what it named, and enters the room. */
async function logIn(client: StockClient, gatePort: number, name: string, room: string): Promise<unknown> {
  await client.init('127.0.0.1', gatePort);
  const entry = (await client.request('gate.gateHandler.queryEntry', { uid: name })) as {
    code: number;
    host: string;
    port: number;
  };
  client.disconnect();
  expect(entry).toMatchObject({ code: 200, host: '127.0.0.1' });
  await client.init(entry.host, entry.port);
  return client.request('connector.entryHandler.enter', { username: name, rid: room });
}

function heard(client: StockClient, route: string): unknown[] {
  const pushes: unknown[] = [];
  client.on(route, (push) => pushes.push(push));
  return pushes;
}

describe.each(['', '--single'])('an app that was written for pomelo or pinus (start %s)', (mode) => {
  const args = mode ? [mode] : [];

  test('of pomelo plays with the stock clients, one line changed', async () => {
    using app = await OldApp.make('old-pomelo-chat', 'pomelo');
    expect(app.changed).toEqual(["app.js: var pomelo = require('@pomelo-ts/compat');"]);
    await using running = await app.start(...args);
    for (const [name, make] of clients)
      await chatInARoom(app, `room of ${name}`, make, { route: 'connector.entryHandler.whoAmI' });
    await running.command.says('chat-server-2: all servers are there');
    await failsAsBefore(app);
  });

  test('of pinus compiles and plays with the stock clients, nothing but the name in its imports changed', async () => {
    using app = await OldApp.make('old-pinus-chat', 'pinus');
    expect(app.changed.length).toBeGreaterThan(5);
    for (const line of app.changed) expect(line).toMatch(/: import \{.+\} from '@pomelo-ts\/compat';$/);
    await using running = await app.start(...args);
    for (const [name, make] of clients) await chatInARoom(app, `room of ${name}`, make);
    await running.command.says('chat-server-2: all servers are there');
    await failsAsBefore(app);
  });

  test.each(['pomelo', 'pinus'] as const)(
    'of %s plays with nothing but its dependency changed',
    async (own) => {
      using app = await OldApp.make(`old-${own}-chat`, own, true);
      expect(app.changed).toEqual([]);
      await using running = await app.start(...args);
      // Only pomelo's handlers know the route.
      const more = own === 'pomelo' ? { route: 'connector.entryHandler.whoAmI' } : {};
      for (const [name, make] of clients) await chatInARoom(app, `room of ${name}`, make, more);
      await running.command.says('chat-server-2: all servers are there');
    },
  );
});

test('a changed handler of an old app is swapped by pomelo-ts reload, and app.stop ends its server alone', async () => {
  using app = await OldApp.make('old-pomelo-chat', 'pomelo');
  await using running = await app.start();
  await failsAsBefore(app);
  app.change('app/servers/chat/handler/chatHandler.js', 'this always fails', 'this fails anew');
  expect(await app.run('reload', '--watch', '0')).toMatchObject({ code: 0 });
  await failsAsBefore(app, 'this fails anew');
  const client = new TcpClient();
  try {
    await logIn(client, app.gatePort, 'eve', 'a room');
    expect(await client.request('chat.chatHandler.stopServer', {})).toEqual({});
    await running.command.says('has ended by itself');
  } finally {
    client.disconnect();
  }
  const { stdout } = await app.run('list', '--json');
  const states = (JSON.parse(stdout) as { state: string }[]).map(({ state }) => state);
  expect(states.sort()).toEqual(['gone', 'ready', 'ready', 'ready', 'ready']);
});

test('what an old app cannot have any more stops the start, with the cure', async () => {
  using app = await OldApp.make('old-pomelo-chat', 'pomelo');
  app.change('app.js', 'connectors.hybridconnector', 'connectors.sioconnector');
  const { code, stderr } = await app.run('start');
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /gate-server-1 did not start: .*the connector sioconnector of an old app has no counterpart/,
  );
  expect(stderr).toContain('set pomelo.connectors.hybridconnector');
});

/** Two players meet in a room, talk, and one leaves. */
async function chatInARoom(
  app: OldApp,
  room: string,
  make: () => StockClient,
  ofRequest: object = {},
): Promise<void> {
  const [ann, bob] = [make(), make()];
  try {
    expect(await logIn(ann, app.gatePort, 'ann', room)).toMatchObject({ users: ['ann'] });
    const [added, chat, left] = ['onAdd', 'onChat', 'onLeave'].map((route) => heard(ann, route));
    expect(await logIn(bob, app.gatePort, 'bob', room)).toMatchObject({ users: ['ann', 'bob'] });
    await expect.poll(() => added).toMatchObject([{ user: 'bob' }]);
    await bob.request('chat.chatHandler.send', { content: 'darn, hé 中文', target: '*' });
    await expect.poll(() => chat).toMatchObject([{ msg: '****, hé 中文', from: 'bob', target: '*' }]);
    await bob.request('chat.chatHandler.send', { content: 'only you', target: 'ann' });
    await expect.poll(() => chat?.[1]).toMatchObject({ msg: 'only you', from: 'bob', target: 'ann' });
    expect(await ann.request('connector.entryHandler.whoAmI', {})).toEqual({
      uid: `ann*${room}`,
      rid: room,
      settings: { rid: room },
      ...ofRequest,
    });
    bob.disconnect();
    await expect.poll(() => left).toMatchObject([{ user: 'bob' }]);
  } finally {
    ann.disconnect();
    bob.disconnect();
  }
}

/** What the app's own errorHandler answers. */
async function failsAsBefore(app: OldApp, reason = 'this always fails'): Promise<void> {
  const client = new TcpClient();
  try {
    await logIn(client, app.gatePort, 'eve', 'the room of errors');
    const answer = await client.request('chat.chatHandler.fail', {});
    expect(answer).toEqual({ code: 500, reason });
  } finally {
    client.disconnect();
  }
}
