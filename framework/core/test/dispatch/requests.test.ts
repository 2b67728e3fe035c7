import { type Logger, PomeloError, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { encodeMessage, encodeUtf8, messageType, packageType } from '@pomelo-ts/protocol';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import type { Application } from '../../src/application.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const releases: (() => void)[] = [];

const handler = () => ({
  echo: (msg: unknown) => msg,
  nothing: () => {},
  asks: () => {
    throw new PomeloError('REMOTE_THREW', {
      method: 'chat.handler.echo',
      target: 'chat-1',
      reason: 'a secret of the game',
    });
  },
  later: async (msg: unknown) => msg,
  fails: () => {
    throw new Error('a secret of the game');
  },
  rejects: () => Promise.reject(new Error('a secret of the game')),
  never: () => new Promise(() => {}),
  hold: () => new Promise<object>((resolve) => releases.push(() => resolve({ held: true }))),
  circle: () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    return circle;
  },
  fn: () => () => {},
  huge: async () => ({ text: 'x'.repeat(0xffffff) }),
});

function start(
  app: (app: Application) => void = () => {},
  settings: object = {},
  clock?: FakeClock,
  config: Record<string, object> = {},
  logger: Logger = silentLogger,
): Promise<RunningGame> {
  const parts = {
    config,
    servers: {
      connector: [{ id: 'connector-1', frontend: true }],
      chat: [{ id: 'chat-1' }],
      gate: [{ id: 'gate-1', frontend: true }],
    },
    app,
    handlers: { connector: { handler }, chat: { handler }, gate: { handler } },
    settings: { client: { dictionary: false }, ...settings },
  };
  return startGame(parts, { logger, ...(clock ? { clock } : {}) });
}

const body = (text: string): Uint8Array => encodeUtf8(text);

describe.each(['connector', 'chat'])('a request to a handler on %s', (type) => {
  let game: RunningGame;
  let client: RawClient;
  const own = type === 'connector' ? 'connector-1' : 'chat-1';
  const told = vi.fn();
  const ask = (method: string, msg: unknown = {}) => client.request(`${type}.handler.${method}`, msg);
  beforeAll(async () => {
    game = await start(undefined, {}, undefined, {}, { ...silentLogger, error: told });
    client = await RawClient.join(game.port('connector-1'));
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await game[Symbol.asyncDispose]();
  });

  it('is answered with what the handler gives, now or later; nothing is {}', async () => {
    expect(await ask('echo', { n: [1, 'ö'] })).toEqual({ n: [1, 'ö'] });
    expect(await ask('echo', [1, 2])).toEqual([1, 2]);
    expect(await ask('later', { n: 2 })).toEqual({ n: 2 });
    expect(await ask('nothing')).toEqual({});
    expect(await ask('echo', body(''))).toEqual({});
  });

  it('is answered with 500 and no inner detail when the handler fails', async () => {
    const failed = (method: string) => ({ code: 500, message: `${type}.handler.${method} failed.` });
    expect(await ask('fails')).toEqual(failed('fails'));
    expect(await ask('rejects')).toEqual(failed('rejects'));
    expect(game.count(own, 'request.failures')).toBe(2);
  });

  it('is answered with 500 when the answer cannot be encoded or sent, the log says why, and the connections stay', async () => {
    const failed = (method: string) => ({ code: 500, message: `${type}.handler.${method} failed.` });
    const why = (method: string, reason: string) =>
      expect(told).toHaveBeenCalledWith(`${type}.handler.${method} failed`, {
        error: expect.objectContaining({ message: expect.stringContaining(reason) }),
      });
    expect(await ask('circle')).toEqual(failed('circle'));
    expect(await ask('fn')).toEqual(failed('fn'));
    why('circle', 'cannot be encoded');
    why('fn', 'cannot be encoded');
    const waiting = ask('hold');
    expect(await ask('huge')).toEqual(failed('huge'));
    why('huge', 'bytes; at most');
    releases.pop()!();
    expect(await waiting).toEqual({ held: true });
    expect(game.count('connector-1', 'rpc.lostConnections')).toBe(0);
  });

  it.each(['{', 'null', '7', '"text"', 'true', '\u0000', '{"a":1}}'])(
    'is answered with 400 for the body %j',
    async (text) => {
      const before = game.count(own, 'request.badBodies');
      expect(await ask('echo', body(text))).toMatchObject({
        code: 400,
        message: expect.stringContaining(`The body of ${type}.handler.echo cannot be decoded`),
      });
      expect(game.count(own, 'request.badBodies')).toBe(before + 1);
    },
  );

  it('is answered with 504 when the handler does not answer in time', async () => {
    await using impatient = await start(undefined, { request: { timeout: '50ms' } });
    await using other = await RawClient.join(impatient.port('connector-1'));
    expect(await other.request(`${type}.handler.never`)).toEqual({
      code: 504,
      message: `${type}.handler.never was not answered within 50 ms.`,
    });
  });

  it('with id 0, or a notify, runs the handler and is not answered', async () => {
    client.notify(`${type}.handler.hold`);
    client.sendPackage(
      packageType.data,
      encodeMessage(messageType.request, 0, `${type}.handler.hold`, body('{}')),
    );
    await poll(() => releases.length).toBe(2);
    for (const release of releases.splice(0)) release();
    const before = client.answers.length;
    await ask('echo');
    expect(client.answers.length).toBe(before + 1);
    client.notify(`${type}.handler.fails`);
    client.notify(`${type}.handler.echo`, body('{'));
    await ask('echo');
    expect(client.answers.length).toBe(before + 2);
  });
});

describe('a mistake of the game on the way to a handler', () => {
  it.each<[string, string, (app: Application) => void, string]>([
    [
      'a route function that throws',
      'echo',
      (app) =>
        app.route('chat', () => {
          throw new Error('a secret of the game');
        }),
      'The route function of chat failed: a secret of the game',
    ],
    [
      'a key for the route that throws',
      'echo',
      (app) =>
        app.route('chat', {
          by: 'hash',
          key: () => {
            throw new Error('a secret of the game');
          },
        }),
      'a secret of the game',
    ],
    [
      'a global filter that makes the body too large',
      'echo',
      (app) =>
        app.globalFilter({
          before: (msg) => {
            (msg as { text?: string }).text = 'x'.repeat(0x1000000);
          },
        }),
      'bytes',
    ],
    ['a remote that throws', 'asks', () => {}, 'handler.echo on chat-1 failed: a secret of the game'],
  ])(
    'is told to the client without its inside, and to the log with it: %s',
    async (_what, method, app, reason) => {
      const told = vi.fn();
      await using game = await start(app, {}, undefined, {}, { ...silentLogger, error: told });
      await using client = await RawClient.join(game.port('connector-1'));
      const route = `chat.handler.${method}`;
      expect(await client.request(route, {})).toEqual({ code: 500, message: `${route} failed.` });
      expect(told).toHaveBeenCalledExactlyOnceWith(`${route} failed`, {
        error: expect.objectContaining({ message: expect.stringContaining(reason) }),
      });
    },
  );
});

describe('a route', () => {
  let game: RunningGame;
  let client: RawClient;
  beforeAll(async () => {
    game = await start();
    client = await RawClient.join(game.port('connector-1'));
  });
  afterAll(async () => {
    await client[Symbol.asyncDispose]();
    await game[Symbol.asyncDispose]();
  });

  it.each([
    ['', 400],
    ['badroute', 400],
    ['a.b', 400],
    ['a.b.c.d', 400],
    ['..', 400],
    ['connector..echo', 400],
    ['nowhere.handler.echo', 404],
    ['connector.handler.none', 404],
    ['connector.none.echo', 404],
    ['chat.handler.none', 404],
    ['chat.handler.constructor', 404],
    ['chat.__proto__.toString', 404],
    ['__proto__.handler.echo', 404],
    ['constructor.handler.echo', 404],
    ['gate.handler.echo', 404],
    [`chat.handler.${'x'.repeat(240)}`, 404],
  ])('%j is answered with %i at once', async (route, code) => {
    expect(await client.request(route)).toEqual({
      code,
      message: expect.stringContaining(route.slice(0, 50)),
    });
  });

  it('by an unknown number is answered with 404', async () => {
    expect(await client.request(65_535)).toEqual({ code: 404, message: 'There is no route code 65535.' });
  });

  it('whose bytes are no UTF-8 leads nowhere, not to what a backend would cut out of it', async () => {
    // Written again, the 85 bytes become 255, so that only "chat.handler.echo" would remain of the length modulo 256.
    const route = Buffer.concat([Buffer.from('chat.handler.echox'), Buffer.alloc(85, 0xff)]);
    const message = Buffer.concat([Buffer.from([0, 99, route.length]), route, Buffer.from('{}')]);
    client.sendPackage(packageType.data, message);
    expect(await client.answerTo(99)).toMatchObject({ code: 404 });
  });

  it('is found by its number in the dictionary', async () => {
    await using other = await start(undefined, { client: { dictionary: true } });
    await using one = await RawClient.connect(other.port('connector-1'));
    const { sys } = (await one.handshake({ sys: {} })) as { sys: { dict: Record<string, number> } };
    one.sendPackage(packageType.handshakeAck);
    for (const type of ['connector', 'chat'])
      expect(await one.request(sys.dict[`${type}.handler.echo`]!, { n: 1 })).toEqual({ n: 1 });
    expect(Object.keys(sys.dict).filter((route) => route.startsWith('gate.'))).toEqual([]);
  });

  it('of another frontend type leads nowhere, also before any of that type has joined', async () => {
    const parts = {
      servers: {
        connector: [{ id: 'connector-1', frontend: true }],
        gate: [{ id: 'gate-1', frontend: true }],
      },
      handlers: { connector: { handler }, gate: { handler } },
      settings: { client: { dictionary: false } },
    };
    await using other = await startGame(parts, { only: ['connector-1'] });
    await using one = await RawClient.join(other.port('connector-1'));
    expect(await one.request('gate.handler.echo')).toMatchObject({ code: 503 });
    await other.start('gate-1');
    await poll(() => one.request('gate.handler.echo')).toMatchObject({ code: 404 });
  });

  it('to a type without a ready server is answered with 503 at once', async () => {
    const parts = {
      servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
      handlers: { chat: { handler } },
      settings: { client: { dictionary: false } },
    };
    await using other = await startGame(parts, { only: ['connector-1'] });
    await using one = await RawClient.join(other.port('connector-1'));
    expect(await one.request('chat.handler.echo')).toEqual({
      code: 503,
      message: 'No server of type chat is ready.',
    });
    await other.start('chat-1');
    await poll(() => one.request('chat.handler.echo', { n: 1 })).toEqual({ n: 1 });
  });
});

describe('one client', () => {
  it('cannot have more than 256 requests waiting, and the others go on', async () => {
    await using game = await start();
    await using greedy = await RawClient.join(game.port('connector-1'));
    await using other = await RawClient.join(game.port('connector-1'));
    releases.length = 0;
    const ids = Array.from({ length: 300 }, () => greedy.sendMessage('chat.handler.hold'));
    expect(await greedy.answerTo(ids[299]!)).toEqual({
      code: 503,
      message: '256 requests of this session are already waiting for chat.handler.hold.',
    });
    expect(await other.request('chat.handler.echo', { n: 1 })).toEqual({ n: 1 });
    expect(game.count('connector-1', 'request.tooMany')).toBe(44);
    await poll(() => releases.length).toBe(256);
    for (const release of releases.splice(0)) release();
    expect(await greedy.answerTo(ids[255]!)).toEqual({ held: true });
    expect(await greedy.request('chat.handler.echo', { n: 2 })).toEqual({ n: 2 });
  });

  it('cannot fill the memory with notifies that are never done', async () => {
    await using game = await start();
    await using greedy = await RawClient.join(game.port('connector-1'), { transport: 'tcp' });
    for (let i = 0; i < 10_500; i++) greedy.notify('connector.handler.never');
    expect(await greedy.request('connector.handler.echo', { n: 1 })).toEqual({ n: 1 });
    // Half of the ten thousand places are for others.
    expect(game.count('connector-1', 'request.droppedNotifies')).toBe(5500);
  });

  it.each(['connector', 'chat'])('has the bounds on %s that the settings give', async (type) => {
    const client = { dictionary: false, maxPendingRequests: 3, maxPendingNotifies: 5 };
    await using game = await start(() => {}, { client });
    await using greedy = await RawClient.join(game.port('connector-1'));
    await using other = await RawClient.join(game.port('connector-1'));
    const never = `${type}.handler.never`;
    for (let i = 0; i < 3; i++) greedy.sendMessage(never);
    for (let i = 0; i < 7; i++) greedy.notify(never);
    expect(await greedy.request(never)).toEqual({
      code: 503,
      message: `3 requests of this session are already waiting for ${never}.`,
    });
    await other.request(`${type}.handler.echo`);
    expect(game.count('connector-1', 'request.tooMany')).toBe(1);
    // It may have as many at work as there are places left.
    expect(game.count(`${type}-1`, 'request.droppedNotifies')).toBe(4);
    other.notify(never);
    await other.request(`${type}.handler.echo`);
    expect(game.count(`${type}-1`, 'request.droppedNotifies')).toBe(4);
  });

  it('cannot make the server forget known routes by inventing others', async () => {
    await using game = await start();
    await using one = await RawClient.join(game.port('connector-1'), { transport: 'tcp' });
    for (let i = 0; i < 10_500; i++) one.notify(`chat.handler.invented${i}`);
    expect(await one.request('chat.handler.echo', { n: 1 })).toEqual({ n: 1 });
  });
});

describe.each(['connector', 'chat'])('a protobuf body for a handler on %s', (type) => {
  const route = `${type}.handler.echo`;
  const protos = { 'required uInt32 x': 1, 'optional string name': 2 };

  it('without a required field is refused before the handler sees it', async () => {
    await using game = await start(() => {}, {}, undefined, { clientProtos: { [route]: protos } });
    await using client = await RawClient.join(game.port('connector-1'));
    expect(await client.request(route, Uint8Array.of(0x08, 5))).toEqual({ x: 5 });
    for (const bytes of [new Uint8Array(0), Uint8Array.of(0x12, 1, 0x61)]) {
      expect(await client.request(route, bytes)).toEqual({
        code: 400,
        message: `The body of ${route} cannot be decoded: ${route}: x is required and missing`,
      });
    }
    expect(game.count(`${type}-1`, 'request.badBodies')).toBe(2);
  });
});

describe('a handler that clients make fail', () => {
  it.each(['connector', 'chat'])(
    'on %s leaves a short line for each time, whatever a client has sent',
    async (type) => {
      const lines: string[] = [];
      const note = (message: string, facts: object = {}): void => {
        const { error } = facts as { error?: Error };
        lines.push(`${message} ${error?.message} ${error?.stack} ${JSON.stringify({ ...error })}`);
      };
      const noting: Logger = { ...silentLogger, warn: note, error: note, child: () => noting };
      const parts = {
        servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
        handlers: {
          [type]: {
            handler: () => ({
              fails: (msg: object) => {
                throw Object.assign(new Error(`cannot take ${JSON.stringify(msg)}`), { msg });
              },
            }),
          },
        },
        settings: { client: { dictionary: false } },
      };
      await using game = await startGame(parts, { logger: noting });
      await using client = await RawClient.join(game.port('connector-1'));
      for (let i = 0; i < 3; i++)
        expect(await client.request(`${type}.handler.fails`, { text: 'x'.repeat(50_000) })).toMatchObject({
          code: 500,
        });
      expect(lines.map((line) => line.slice(0, 50))).toEqual(
        Array(3).fill(`${type}.handler.fails failed cannot take {"text":"xxxxxxxx`.slice(0, 50)),
      );
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(4000);
    },
  );
});

describe('a server that stops', () => {
  it('finishes what has begun, refuses what comes, tells its clients, and runs onStop in between', async () => {
    const stopped: string[] = [];
    await using game = await start((app) => app.onStop(() => stopped.push(app.serverId)));
    await using client = await RawClient.join(game.port('connector-1'));
    releases.length = 0;
    const begun = client.request('connector.handler.hold');
    const forwarded = client.request('chat.handler.hold');
    await poll(() => releases.length).toBe(2);
    const stopping = game.servers.get('connector-1')!.stop(5000);
    expect(await client.request('connector.handler.echo')).toEqual({
      code: 503,
      message: 'This server is stopping; connector.handler.echo was not called.',
    });
    await expect(RawClient.connect(game.port('connector-1'))).rejects.toThrow('ECONNREFUSED');
    expect(stopped).toEqual([]);
    for (const release of releases.splice(0)) release();
    expect(await begun).toEqual({ held: true });
    expect(await forwarded).toEqual({ held: true });
    await stopping;
    await client.closed();
    expect(client.kicked).toBe('shutdown');
    expect(stopped).toEqual(['connector-1']);
  });

  it('does not wait longer than it may for a handler that never answers, nor for clients that go on asking', async () => {
    const clock = new FakeClock();
    let stoppedAt: number | undefined;
    const app = (one: Application): void => {
      one.onStop(() => {
        stoppedAt = clock.now();
      });
    };
    await using game = await start(app, {}, clock);
    await using client = await RawClient.join(game.port('connector-1'));
    client.sendMessage('chat.handler.never');
    await client.request('chat.handler.echo');
    const asking = setInterval(
      () => client.closeCode === undefined && client.sendMessage('chat.handler.later'),
      1,
    );
    const stopping = game.stop('connector-1', 100);
    while (stoppedAt === undefined && clock.now() < 1000) {
      clock.pass(10);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(stoppedAt).toBe(100);
    await stopping;
    clearInterval(asking);
  });

  it('waits for calls of other servers that it is answering', async () => {
    let release!: () => void;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    await using game = await startGame({
      servers: { chat: [{ id: 'chat-1' }], arena: [{ id: 'arena-1' }] },
      remotes: { chat: { remote: () => ({ slow: () => slow.then(() => 'done') }) } },
    });
    const call = game.app('arena-1').rpc['chat']!['remote']!['slow']!.to('chat-1')();
    await poll(() => game.servers.get('chat-1')!.busy).toBe(true);
    const stopping = game.stop('chat-1', 5000);
    release();
    expect(await call).toBe('done');
    await stopping;
  });
});
