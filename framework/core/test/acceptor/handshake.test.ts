import { packageType } from '@pomelo-ts/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import type { ConnectInfo } from '../../src/acceptor/connect-info.js';
import type { Application } from '../../src/application.js';
import { type RunningGame, startGame } from '../running-game.js';

const connector = [{ id: 'connector-1', frontend: true }];
const sys = { type: 'js-websocket', version: '0.0.1' };

function game(app: (app: Application) => void = () => {}, more: object = {}) {
  return startGame({
    servers: { connector },
    app,
    handlers: {
      connector: { entryHandler: () => ({ echo: (msg: unknown) => msg, other: () => ({ here: true }) }) },
    },
    ...more,
  });
}

let plain: RunningGame;
beforeAll(async () => {
  plain = await game();
});
afterAll(() => plain[Symbol.asyncDispose]());

describe('the handshake', () => {
  it.each(['ws', 'tcp'] as const)(
    'is answered with code 200, heartbeat and dictionary over %s',
    async (transport) => {
      await using running = await game(undefined, { config: { dictionary: ['onChat'] } });
      await using client = await RawClient.connect(running.port('connector-1'), { transport });
      const dict = {
        'connector.entryHandler.echo': 1,
        'connector.entryHandler.other': 2,
        onChat: 3,
      };
      expect(await client.handshake({ sys })).toEqual({
        code: 200,
        sys: {
          heartbeat: 30,
          useDict: true,
          dict,
          routeToCode: dict,
          codeToRoute: Object.fromEntries(Object.entries(dict).map(([route, code]) => [code, route])),
          dictVersion: expect.stringMatching(/^[\w+/]{22}==$/),
        },
      });
    },
  );

  it('has the routes of the other types that are ready, whose handlers are made on their own servers alone', async () => {
    await using running = await game(undefined, {
      servers: {
        connector: [{ id: 'connector-1', frontend: true }],
        chat: [{ id: 'chat-1' }, { id: 'chat-2' }],
      },
      handlers: {
        connector: { entryHandler: () => ({ echo: (msg: unknown) => msg }) },
        chat: {
          chatHandler: (app: Application) => {
            if (app.serverType !== 'chat') throw new Error(`made on ${app.serverId}`);
            const room = app.channels.create('all');
            return { send: () => ({ size: room.size }) };
          },
        },
      },
    });
    await using client = await RawClient.connect(running.port('connector-1'));
    expect(await client.handshake({ sys })).toMatchObject({
      sys: { dict: { 'chat.chatHandler.send': 1, 'connector.entryHandler.echo': 2 } },
    });
    client.sendPackage(packageType.handshakeAck);
    expect(await client.request('chat.chatHandler.send')).toEqual({ size: 0 });
  });

  it('does without the routes of a backend that does not tell them', async () => {
    const running = await startGame(
      {
        servers: { connector, chat: [{ id: 'chat-1' }] },
        handlers: { connector: { entryHandler: () => ({ echo: (msg: unknown) => msg }) } },
      },
      { only: [] },
    );
    await using _game = running;
    // It says that it is ready, and nobody is there when it is called.
    const { link } = await running.join('chat-1');
    link.report('ready');
    await running.start('connector-1');
    await using client = await RawClient.connect(running.port('connector-1'));
    expect(await client.handshake({ sys })).toMatchObject({
      sys: { dict: { 'connector.entryHandler.echo': 1 } },
    });
  });

  it('leaves out dictionary and protos that the client has', async () => {
    const protos = { onMove: { 'required uInt32 x': 1 } };
    await using running = await game(undefined, { config: { serverProtos: protos, clientProtos: {} } });
    const port = running.port('connector-1');
    await using first = await RawClient.connect(port);
    const full = (await first.handshake({ sys })) as {
      sys: { dictVersion: string; protos: { version: string } };
    };
    expect(full.sys.protos).toEqual({
      client: {},
      server: { onMove: expect.objectContaining({ x: { option: 'required', type: 'uInt32', tag: 1 } }) },
      version: expect.any(String),
    });
    await using second = await RawClient.connect(port);
    const { dictVersion, protos: kept } = full.sys;
    expect(await second.handshake({ sys: { ...sys, dictVersion, protoVersion: kept.version } })).toEqual({
      code: 200,
      sys: { heartbeat: 30, useDict: true, useProto: true },
    });
  });

  it('has neither heartbeat nor dictionary nor protos when they are off', async () => {
    await using running = await game(undefined, {
      settings: { client: { heartbeat: false, dictionary: false, protobuf: false } },
      config: { serverProtos: { onMove: { 'required uInt32 x': 1 } } },
    });
    await using client = await RawClient.connect(running.port('connector-1'));
    expect(await client.handshake({ sys })).toEqual({ code: 200, sys: {} });
    client.sendPackage(packageType.handshakeAck);
    client.sendPackage(packageType.heartbeat);
    expect(await client.request('connector.entryHandler.echo', { n: 1 })).toEqual({ n: 1 });
    expect(client.received.filter(({ type }) => type === packageType.heartbeat)).toEqual([]);
  });

  it.each(['{}', 'null', '[]', 'no JSON', '', '{"sys":7}', '{"sys":[]}'])(
    'is answered with code 500 and closed for %j',
    async (body) => {
      await using client = await RawClient.connect(plain.port('connector-1'));
      expect(await client.handshake(body)).toMatchObject({ code: 500, message: expect.any(String) });
      await client.closed();
      expect(client.closeCode).toBe(1000);
    },
  );

  it('gives the game all that is known of the client, and the client what the game gives', async () => {
    let seen: ConnectInfo | undefined;
    await using running = await game((app) =>
      app.onConnect((info) => {
        seen = info;
        return { user: { motd: 'hello' } };
      }),
    );
    const options = { path: '/?token=t1', headers: { 'x-from': 'the test' } };
    await using client = await RawClient.connect(running.port('connector-1'), options);
    expect(await client.handshake({ sys, user: { name: 'anna' } })).toMatchObject({
      code: 200,
      user: { motd: 'hello' },
    });
    expect(seen).toMatchObject({
      transport: 'websocket',
      remoteAddress: '127.0.0.1',
      client: sys,
      user: { name: 'anna' },
    });
    expect(seen!.query.get('token')).toBe('t1');
    expect(seen!.headers['x-from']).toBe('the test');
  });

  it.each([
    ['a returned refusal', () => ({ refuse: { code: 501, reason: 'too old' } }), 501, 'too old'],
    ['a promised refusal', async () => ({ refuse: { code: 403, reason: 'banned' } }), 403, 'banned'],
    [
      'a hook that throws',
      () => {
        throw new Error('of the game');
      },
      500,
      'the server could not decide',
    ],
    [
      'a hook that rejects',
      () => Promise.reject(new Error('of the game')),
      500,
      'the server could not decide',
    ],
    ['user data that is no JSON', () => ({ user: { big: 1n } }), 500, 'the server could not answer'],
  ])('tells the client code and reason of %s, and closes', async (_, onConnect, code, message) => {
    await using running = await game((app) => app.onConnect(onConnect as never));
    await using client = await RawClient.connect(running.port('connector-1'));
    expect(await client.handshake({ sys })).toEqual({ code, message });
    await client.closed();
  });

  it.each([undefined, null, true, 'yes', {}])('lets the client in when the hook gives %j', async (answer) => {
    await using running = await game((app) => app.onConnect((() => answer) as never));
    await using client = await RawClient.join(running.port('connector-1'));
    expect(await client.request('connector.entryHandler.echo', { n: 1 })).toEqual({ n: 1 });
  });

  it('is not spoiled by names of a client that are no texts', async () => {
    await using running = await game((app) => app.onConnect(({ client }) => ({ user: client })));
    await using client = await RawClient.connect(running.port('connector-1'));
    const odd = { type: { toString: 1 }, version: 3 };
    expect(await client.handshake({ sys: odd })).toMatchObject({
      code: 200,
      user: { type: '', version: '3' },
    });
  });
});

describe('the states of a connection', () => {
  it('ignores data before the acknowledgement, and a second handshake', async () => {
    await using client = await RawClient.connect(plain.port('connector-1'));
    client.sendMessage('connector.entryHandler.echo', { early: 1 });
    await client.handshake({ sys });
    client.sendMessage('connector.entryHandler.echo', { early: 2 });
    client.sendPackage(packageType.handshakeAck);
    client.sendPackage(packageType.handshake, Buffer.from('{}'));
    expect(await client.request('connector.entryHandler.echo', { late: 3 })).toEqual({ late: 3 });
    expect(client.answers).toHaveLength(1);
    expect(client.received.filter(({ type }) => type === packageType.handshake)).toHaveLength(1);
  });

  it('sends the first heartbeat after the acknowledgement, and one for each of the client', async () => {
    await using client = await RawClient.connect(plain.port('connector-1'));
    await client.handshake({ sys });
    expect(client.received.some(({ type }) => type === packageType.heartbeat)).toBe(false);
    const heartbeats = () => client.received.filter(({ type }) => type === packageType.heartbeat).length;
    for (const [sent, type] of [packageType.handshakeAck, packageType.heartbeat].entries()) {
      client.sendPackage(type);
      await client.until(() => (heartbeats() === sent + 1 ? true : undefined), 'another heartbeat');
    }
  });

  it('closes for a kick of the client, and for a package of an unknown type', async () => {
    for (const [package_, counter] of [
      ['05000000', 'client.faults.kick'],
      ['09000000', 'client.faults.PACKAGE_TYPE'],
    ] as const) {
      await using client = await RawClient.join(plain.port('connector-1'));
      client.send(package_);
      await client.closed();
      expect(plain.count('connector-1', counter)).toBe(1);
    }
  });
});
