import { encodePackage, messageType, ProtobufCodec, packageType, parseProtos } from '@pomelo-ts/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { ClientError, connect } from '../src/index.js';
import { openBrowserSocket } from '../src/socket/browser-socket.js';
import { echo, GameServer, json, pushPackage, type Received, responsePackage } from './game-server.js';
import { ManualClock } from './manual-clock.js';

function failure(promise: Promise<unknown>): Promise<ClientError> {
  return promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => {
      if (error instanceof ClientError) return error;
      throw error;
    },
  );
}

describe('connect', () => {
  it('shakes hands with type, version and user data, and gives what the server said', async () => {
    await using server = await GameServer.start({ handshake: () => ({ code: 200, user: { motd: 'hi' } }) });
    await using client = await connect({ url: server.url, user: { token: 't' } });
    expect(server.handshakes).toEqual([
      { sys: { type: 'js-websocket', version: '0.0.1' }, user: { token: 't' } },
    ]);
    expect([client.state, client.url, client.user]).toEqual(['open', server.url, { motd: 'hi' }]);
    await vi.waitFor(() => expect(server.peer.frames).toEqual([[1], [2]]));
  });

  it('takes host and port, and the type and version to send', async () => {
    await using server = await GameServer.start();
    await using client = await connect({
      host: '127.0.0.1',
      port: server.port,
      clientType: 'unity',
      clientVersion: '2.1',
    });
    expect(client.url).toBe(server.url);
    expect(server.handshakes[0]?.sys).toEqual({ type: 'unity', version: '2.1' });
  });

  it('fails with code and reason of a server that refuses', async () => {
    await using server = await GameServer.start({ handshake: () => ({ code: 501, message: 'too old' }) });
    const error = await failure(connect({ url: server.url }));
    expect(error).toMatchObject({
      code: 'HANDSHAKE_REFUSED',
      facts: { url: server.url, code: 501, reason: 'too old' },
    });
  });

  it('fails where nobody listens', async () => {
    const server = await GameServer.start();
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const error = await failure(connect({ url }));
    expect(error).toMatchObject({ code: 'CONNECT_FAILED', facts: { url } });
    expect(error.message).toContain('ECONNREFUSED');
    expect(await failure(connect({ url: 'http://[' }))).toMatchObject({ code: 'CONNECT_FAILED' });
  });

  it('fails when there is no handshake in time', async () => {
    const clock = new ManualClock();
    await using server = await GameServer.start({ handshake: () => undefined });
    const failed = failure(connect({ url: server.url, connectTimeoutMs: 50, clock }));
    await vi.waitFor(() => expect(server.handshakes).toHaveLength(1));
    clock.advance(50);
    expect((await failed).message).toContain('no handshake within 50 ms');
    await vi.waitFor(() => expect(server.peer.socket.readyState).toBe(3));
  });

  it.each([
    ['bytes that are no package', Buffer.from('hello')],
    ['a handshake that is no JSON', Buffer.from(encodePackage(packageType.handshake, Buffer.from('{')))],
    [
      'a dictionary that cannot be',
      Buffer.from(encodePackage(packageType.handshake, json({ code: 200, sys: { dict: { a: 1, b: 1 } } }))),
    ],
  ])('fails on %s', async (_, bytes) => {
    await using server = await GameServer.start({
      handshake: (_request, peer) => {
        peer.socket.send(bytes);
        return undefined;
      },
    });
    expect(await failure(connect({ url: server.url }))).toMatchObject({
      code: 'PROTOCOL',
      facts: { url: server.url },
    });
  });

  it('fails when the server lets in and kicks in one frame', async () => {
    await using server = await GameServer.start({
      handshake: (_request, peer) => {
        peer.send(
          encodePackage(packageType.handshake, json({ code: 200 })),
          encodePackage(packageType.kick, json({ reason: 'full' })),
        );
        return undefined;
      },
    });
    expect(await failure(connect({ url: server.url }))).toMatchObject({
      code: 'KICKED',
      facts: { reason: 'full' },
    });
  });

  it('wants exactly one of server and gate', () => {
    expect(() => connect({})).toThrow(TypeError);
    expect(() => connect({ url: 'ws://a', gate: { url: 'ws://b' } })).toThrow(TypeError);
  });
});

describe('request and notify', () => {
  it('gives the body of the answer, whatever its code', async () => {
    await using server = await GameServer.start({
      onMessage: ({ id, peer }) => peer.respond(id, { code: 500 }),
    });
    await using client = await connect({ url: server.url });
    expect(await client.request('a.b.c')).toEqual({ code: 500 });
  });

  it('matches answers to requests whatever their order, several in one frame', async () => {
    const waiting: Received[] = [];
    await using server = await GameServer.start({
      onMessage: (message) => {
        waiting.push(message);
        if (waiting.length < 3) return;
        message.peer.send(
          pushPackage('onX', { n: 1 }),
          ...waiting.reverse().map(({ id, route }) => responsePackage(id, { route })),
        );
      },
    });
    await using client = await connect({ url: server.url });
    const pushed: unknown[] = [];
    client.on('onX', (body) => pushed.push(body));
    const answers = await Promise.all(['a.b.1', 'a.b.2', 'a.b.3'].map((route) => client.request(route, {})));
    expect(answers).toEqual([{ route: 'a.b.1' }, { route: 'a.b.2' }, { route: 'a.b.3' }]);
    expect(pushed).toEqual([{ n: 1 }]);
    expect(waiting.map(({ id }) => id)).toEqual([3, 2, 1]);
    expect(client.pending).toBe(0);
  });

  it('sends one package in each frame, as stock servers demand', async () => {
    await using server = await GameServer.start({ onMessage: echo });
    await using client = await connect({ url: server.url });
    for (let i = 0; i < 5; i++) client.notify('a.b.c', { i });
    await client.request('a.b.c', {});
    for (const types of server.peer.frames) expect(types).toHaveLength(1);
    expect(server.peer.frames).toHaveLength(8);
  });

  it('sends a notify without an id, and {} for no body', async () => {
    const received: Received[] = [];
    await using server = await GameServer.start({ onMessage: (message) => received.push(message) });
    await using client = await connect({ url: server.url });
    client.notify('a.b.c');
    await vi.waitFor(() => expect(received).toHaveLength(1));
    expect(received[0]).toMatchObject({ type: messageType.notify, id: 0, route: 'a.b.c' });
    expect(Buffer.from(received[0]?.body ?? []).toString()).toBe('{}');
  });

  it('fails a request that is not answered in time and drops the late answer', async () => {
    const late: Received[] = [];
    await using server = await GameServer.start({ onMessage: (message) => late.push(message) });
    await using client = await connect({ url: server.url, requestTimeoutMs: 20 });
    expect(await failure(client.request('a.b.slow'))).toMatchObject({
      code: 'TIMEOUT',
      facts: { route: 'a.b.slow', ms: 20 },
    });
    expect(await failure(client.request('a.b.slow', {}, { timeoutMs: 5 }))).toMatchObject({
      facts: { ms: 5 },
    });
    for (const { id, peer } of late) peer.respond(id, {});
    const answer = client.request('a.b.next', {}, { timeoutMs: 5000 });
    await vi.waitFor(() => expect(late).toHaveLength(3));
    server.peer.respond(3, { ok: 1 });
    expect(await answer).toEqual({ ok: 1 });
  });

  it('refuses what cannot be sent and more than the limit, without a trace on the wire', async () => {
    await using server = await GameServer.start();
    await using client = await connect({ url: server.url, maxPending: 1 });
    expect(await failure(client.request('a.b.c', 1n))).toMatchObject({
      code: 'BAD_REQUEST',
      facts: { route: 'a.b.c' },
    });
    expect(await failure(client.request('x'.repeat(256)))).toMatchObject({ code: 'BAD_REQUEST' });
    const first = failure(client.request('a.b.c'));
    expect(await failure(client.request('a.b.c'))).toMatchObject({
      code: 'TOO_MANY_PENDING',
      facts: { limit: 1 },
    });
    await client.close();
    expect(await first).toMatchObject({ code: 'CLOSED' });
  });

  it('fails the one request whose answer cannot be read', async () => {
    await using server = await GameServer.start({
      onMessage: ({ id, route, peer }) =>
        peer.respond(id, route === 'a.b.bad' ? Buffer.from('{') : { ok: 1 }),
    });
    await using client = await connect({ url: server.url });
    expect(await failure(client.request('a.b.bad'))).toMatchObject({ code: 'PROTOCOL' });
    expect(await client.request('a.b.good')).toEqual({ ok: 1 });
  });
});

describe('dictionary and protobuf', () => {
  const protos = {
    server: parseProtos({ onMove: { 'required uInt32 x': 1 }, 'a.b.c': { 'required string s': 1 } }),
    client: parseProtos({ 'a.b.c': { 'required uInt32 y': 1 } }),
    version: 'p1',
  };
  const sys = { useDict: true, dict: { 'a.b.c': 1, onMove: 2 }, dictVersion: 'd1', useProto: true, protos };

  it('are used both ways', async () => {
    const received: Received[] = [];
    await using server = await GameServer.start({
      handshake: () => ({ code: 200, sys }),
      onMessage: (message) => {
        received.push(message);
        message.peer.push(2, new ProtobufCodec(protos.server).encode('onMove', { x: 300 }));
        message.peer.respond(message.id, new ProtobufCodec(protos.server).encode('a.b.c', { s: '中' }));
      },
    });
    await using client = await connect({ url: server.url });
    const moves: unknown[] = [];
    client.on('onMove', (body) => moves.push(body));
    expect(await client.request('a.b.c', { y: 5 })).toEqual({ s: '中' });
    expect(received[0]).toMatchObject({ routeCode: 1, route: '', body: Uint8Array.of(0x08, 0x05) });
    expect(moves).toEqual([{ x: 300 }]);
    expect(await failure(client.request('a.b.c', {}))).toMatchObject({ code: 'BAD_REQUEST' });
  });

  it('are not sent again to a client that kept them, from one connection to the next', async () => {
    const kept = new Map<string, string>();
    const protoCache = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
    await using server = await GameServer.start({
      handshake: ({ sys: { dictVersion, protoVersion } }) => ({
        code: 200,
        sys: {
          useDict: true,
          useProto: true,
          ...(dictVersion === 'd1' ? {} : { dict: sys.dict, dictVersion: 'd1' }),
          ...(protoVersion === 'p1' ? {} : { protos }),
        },
      }),
      onMessage: ({ id, peer, routeCode }) =>
        peer.respond(id, new ProtobufCodec(protos.server).encode('a.b.c', { s: `${routeCode}` })),
    });
    for (const versions of [{}, { dictVersion: 'd1', protoVersion: 'p1' }]) {
      await using client = await connect({ url: server.url, protoCache });
      expect(await client.request('a.b.c', { y: 1 })).toEqual({ s: '1' });
      expect(server.handshakes.at(-1)?.sys).toMatchObject(versions);
    }
  });
});

describe('pushes', () => {
  it('reach every listener of their route until it leaves', async () => {
    await using server = await GameServer.start();
    await using client = await connect({ url: server.url });
    const heard: string[] = [];
    const leave = client.on<{ n: number }>('onX', ({ n }) => heard.push(`first ${n}`));
    client.on<{ n: number }>('onX', ({ n }) => heard.push(`second ${n}`));
    server.peer.push('onX', { n: 1 });
    await vi.waitFor(() => expect(heard).toEqual(['first 1', 'second 1']));
    leave();
    server.peer.push('onY', {});
    server.peer.push('onX', { n: 2 });
    await vi.waitFor(() => expect(heard).toEqual(['first 1', 'second 1', 'second 2']));
  });

  it('that are at fault are reported and stop nothing', async () => {
    await using server = await GameServer.start();
    await using client = await connect({ url: server.url });
    const faults: ClientError[] = [];
    client.onFault((error) => faults.push(error));
    client.on('onX', () => {
      throw new Error('mine');
    });
    const heard: unknown[] = [];
    client.on('onX', (body) => heard.push(body));
    server.peer.send(pushPackage(77, {}), pushPackage('onX', Buffer.from('{')), pushPackage('onX', { n: 1 }));
    await vi.waitFor(() => expect(heard).toEqual([{ n: 1 }]));
    expect(faults.map(({ code }) => code)).toEqual(['UNKNOWN_ROUTE_CODE', 'PROTOCOL', 'LISTENER']);
    expect(faults[0]?.facts).toEqual({ routeCode: 77 });
    expect(client.state).toBe('open');
  });

  it('with an unknown route code leave a warning when nobody asked for faults', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    try {
      await using server = await GameServer.start();
      await using client = await connect({ url: server.url });
      server.peer.push(77, {});
      await vi.waitFor(() => expect(warn).toHaveBeenCalledWith(expect.stringContaining('route code 77')));
      expect(client.state).toBe('open');
    } finally {
      warn.mockRestore();
    }
  });
});

describe('the end', () => {
  it('fails what waits at once when the connection is lost, and everything after it', async () => {
    await using server = await GameServer.start();
    await using client = await connect({ url: server.url });
    const waiting = [1, 2, 3].map(() => failure(client.request('a.b.c')));
    const states: string[] = [];
    client.onState(({ state, error }) => states.push(`${state} ${error?.code}`));
    await vi.waitFor(() => expect(server.peer.frames).toHaveLength(5));
    server.peer.socket.terminate();
    for (const error of await Promise.all(waiting)) expect(error.code).toBe('DISCONNECTED');
    expect(states).toEqual(['closed DISCONNECTED']);
    expect((await failure(client.request('a.b.c'))).code).toBe('DISCONNECTED');
    expect(() => client.notify('a.b.c')).toThrow(ClientError);
  });

  it('by a kick gives the reason, and no way back', async () => {
    await using server = await GameServer.start();
    const clock = new ManualClock();
    await using client = await connect({ url: server.url, clock, reconnect: { minMs: 1 } });
    const reasons: string[] = [];
    client.onKick((reason) => reasons.push(reason));
    const waiting = failure(client.request('a.b.c'));
    server.peer.kick('second login');
    expect(await waiting).toMatchObject({ code: 'KICKED', facts: { reason: 'second login' } });
    expect([client.state, reasons]).toEqual(['closed', ['second login']]);
    // Once the goodbye is over, no timer is left that could dial again.
    await vi.waitFor(() => expect(clock.armed).toBe(0));
    expect(server.peers).toHaveLength(1);
  });

  it('by a frame that cannot be read closes the connection', async () => {
    await using server = await GameServer.start();
    await using client = await connect({ url: server.url });
    const waiting = failure(client.request('a.b.c'));
    server.peer.socket.send(Buffer.from('ffffff', 'hex'));
    expect(await waiting).toMatchObject({ code: 'PROTOCOL' });
    expect(client.state).toBe('closed');
    await vi.waitFor(() => expect(server.peer.socket.readyState).toBe(3));
  });

  it('by close() tells the server and leaves nothing behind', async () => {
    const clock = new ManualClock();
    await using server = await GameServer.start({ handshake: () => ({ code: 200, sys: { heartbeat: 5 } }) });
    const client = await connect({ url: server.url, clock });
    const waiting = failure(client.request('a.b.c'));
    await client.close();
    await client.close();
    expect((await waiting).code).toBe('CLOSED');
    expect((await failure(client.request('a.b.c'))).code).toBe('CLOSED');
    expect(clock.armed).toBe(0);
    await vi.waitFor(() => expect(server.peer.socket.readyState).toBe(3));
  });
});

describe('heartbeats', () => {
  it('are answered at the pace of the handshake, and silence ends the connection', async () => {
    const clock = new ManualClock();
    let echoing = true;
    await using server = await GameServer.start({
      handshake: () => ({ code: 200, sys: { heartbeat: 3 } }),
      get echo() {
        return echoing;
      },
    });
    await using client = await connect({ url: server.url, clock });
    for (let beat = 1; beat <= 3; beat++) {
      await vi.waitFor(() => expect(clock.waits).toContain(3000));
      clock.advance(2999);
      expect(server.peer.heartbeats).toBe(beat - 1);
      if (beat === 3) echoing = false;
      clock.advance(1);
      await vi.waitFor(() => expect(server.peer.heartbeats).toBe(beat));
    }
    const waiting = failure(client.request('a.b.c'));
    clock.advance(6200);
    expect(await waiting).toMatchObject({ code: 'DISCONNECTED' });
    expect((await waiting).message).toContain('no sign of life for');
  });

  it('are not sent to a server that wants none', async () => {
    const clock = new ManualClock();
    await using server = await GameServer.start();
    await using client = await connect({ url: server.url, clock });
    await vi.waitFor(() => expect(server.peer.frames).toHaveLength(2));
    expect([client.state, clock.armed]).toEqual(['open', 0]);
  });
});

describe('over the socket of a browser', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it('everything is the same', async () => {
    // Node has a WebSocket of its own only from 22; the one of ws has the interface of the browsers.
    vi.stubGlobal('WebSocket', WebSocket);
    await using server = await GameServer.start({
      onMessage: (message) => message.body.length > 2 && echo(message),
    });
    await using client = await connect({ url: server.url, openSocket: openBrowserSocket });
    expect(await client.request('a.b.c', { n: 1 })).toEqual({ route: 'a.b.c', body: { n: 1 } });
    const waiting = failure(client.request('a.b.c'));
    server.peer.socket.close(1001, 'going');
    expect(await waiting).toMatchObject({ code: 'DISCONNECTED', facts: { reason: 'going' } });
  });
});
