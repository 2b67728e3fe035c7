import { once } from 'node:events';
import { connect } from 'node:net';
import { constants, deflateRawSync } from 'node:zlib';
import { type Logger, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { encodeMessage, encodePackage, encodeUtf8, messageType, packageType } from '@pomelo-ts/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RawClient, type RawClientOptions } from '../../../../test/helpers/raw-client.js';
import type { Application } from '../../src/application.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const echo = 'connector.entryHandler.echo';
const sys = { type: 'raw', version: '1' };

interface Parts {
  readonly client?: object;
  readonly server?: object;
  readonly app?: (app: Application) => void;
  readonly clock?: FakeClock;
  readonly logger?: Logger;
}

function game({ client = {}, server = {}, app = () => {}, clock, logger }: Parts = {}): Promise<RunningGame> {
  return startGame(
    {
      servers: { connector: [{ id: 'connector-1', frontend: true, ...server }] },
      app,
      handlers: {
        connector: {
          entryHandler: (app) => ({
            echo: (msg: unknown) => msg,
            large: () => ({ text: 'x'.repeat(40_000) }),
            shout: () => void app.channels.broadcast('connector', 'onShout', { text: 'x'.repeat(40_000) }),
          }),
        },
      },
      settings: { client: { dictionary: false, ...client } },
    },
    { ...(clock && { clock }), ...(logger && { logger }) },
  );
}

/** A compressed WebSocket frame that needs none before it; RFC 7692 section 7.2.1. Masked with zero. */
function deflatedFrame(bytes: Uint8Array): Buffer {
  const payload = deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  const head = [0xc2, 0xfe, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0];
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Opens a bare socket, sends text and gives everything that comes until the server ends it. */
async function http(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(text);
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  await once(socket, 'close');
  return answer;
}

const request = (n: number): Uint8Array =>
  encodePackage(packageType.data, encodeMessage(messageType.request, n, echo, encodeUtf8(`{"n":${n}}`)));

describe('a hybrid acceptor', () => {
  let running: RunningGame;
  let port: number;
  beforeAll(async () => {
    running = await game();
    port = running.port('connector-1');
  });
  afterAll(() => running[Symbol.asyncDispose]());

  it('takes several packages of one frame, and answers all of one tick in one write', async () => {
    await using client = await RawClient.join(port, { transport: 'tcp' });
    await client.next(packageType.heartbeat);
    const before = client.chunks;
    client.send(Buffer.concat([1, 2, 3].map(request)));
    await client.answerTo(3);
    expect(client.answers.map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(client.chunks - before).toBe(1);
    await using web = await RawClient.join(port);
    web.send(Buffer.concat([1, 2, 3].map(request)));
    await web.answerTo(3);
  });

  it('takes TCP bytes however they are cut', async () => {
    const handshake = encodePackage(packageType.handshake, encodeUtf8(JSON.stringify({ sys })));
    const bytes = Buffer.concat([handshake, encodePackage(packageType.handshakeAck), request(1), request(2)]);
    for (const size of [1, 3, 7, bytes.length]) {
      await using client = await RawClient.connect(port, { transport: 'tcp' });
      for (let at = 0; at < bytes.length; at += size) {
        client.send(bytes.subarray(at, at + size));
        // Lets each piece leave by itself.
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(await client.answerTo(2)).toEqual({ n: 2 });
    }
  });

  it('takes a text frame as bytes, as pomelo does', async () => {
    await using client = await RawClient.connect(port);
    client.send(encodePackage(packageType.handshake, encodeUtf8('{"sys":{}}')));
    await client.next(packageType.handshake);
  });

  it('answers health checks and what is not there over plain HTTP on the same port, and closes', async () => {
    const get = async (path: string): Promise<string> => {
      const [head = '', body = ''] = (await http(port, `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`)).split(
        '\r\n\r\n',
      );
      return `${head.slice(9, 12)} ${body.trim()}`;
    };
    expect(await get('/healthz')).toBe('200 {"status":"ok","id":"connector-1"}');
    expect(await get('/readyz')).toBe('200 {"status":"ready","id":"connector-1"}');
    expect(await get('/ticket?uid=1')).toBe('404 {"code":404,"message":"there is nothing at /ticket"}');
    expect(await get('//')).toMatch(/^40[04] /);
    expect(await http(port, 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1.1 404 /);
    expect(await http(port, 'NONSENSE\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(running.count('connector-1', 'client.faults.http')).toBe(1);
  });

  it.each([
    [
      'h2c, as curl --http2 does',
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n',
    ],
    ['TLS', 'Connection: upgrade\r\nUpgrade: TLS/1.0\r\n'],
    ['several things', 'Connection: Upgrade\r\nUpgrade: h2c, foo/2\r\n'],
    ['nothing by name', 'Connection: Upgrade\r\n'],
    ['h2c, but not of this hop', 'Upgrade: h2c\r\n'],
  ])('answers a plain HTTP request that offers an upgrade to %s as if it did not', async (_what, headers) => {
    await using other = await game({
      app: (app) => {
        app.http((request, response, { pathname }) => {
          if (pathname !== '/post') return false;
          let body = '';
          request.on('data', (chunk) => {
            body += chunk;
          });
          request.on('end', () => response.end(`${request.headers['x-name']} said ${body}`));
          return true;
        });
      },
    });
    const otherPort = other.port('connector-1');
    const get = (path: string) => http(otherPort, `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`);
    expect(await get('/healthz')).toMatch(/^HTTP\/1.1 200 [\s\S]*{"status":"ok","id":"connector-1"}\n$/);
    expect(await get('/readyz')).toMatch(/^HTTP\/1.1 200 /);
    expect(await get('/nowhere')).toMatch(/^HTTP\/1.1 404 /);
    const said = await http(
      otherPort,
      `POST /post HTTP/1.1\r\nHost: x\r\n${headers}X-Name: ann\r\nContent-Length: 5\r\n\r\nhello`,
    );
    expect(said).toMatch(/^HTTP\/1.1 200 [\s\S]*ann said hello/);
    const chunked = await http(
      otherPort,
      `POST /post HTTP/1.1\r\nHost: x\r\n${headers}X-Name: ann\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    );
    expect(chunked).toMatch(/^HTTP\/1.1 200 [\s\S]*ann said [\s\S]*hello/);
    await using client = await RawClient.join(otherPort);
    await client.request(echo, { still: 1 });
    expect(other.count('connector-1', 'client.faults.http')).toBe(0);
  });

  it('closes a WebSocket with the code of its reason: 1009 and a line for what is too large, 1002 for what is no package', async () => {
    const lines: [string, object | undefined][] = [];
    const logger: Logger = {
      ...silentLogger,
      warn: (text, facts) => lines.push([text, facts]),
      child: () => logger,
    };
    await using other = await game({ client: { maxPackageBytes: 1000 }, logger });
    const otherPort = other.port('connector-1');
    const told = 'a client sent more at once than client.maxPackageBytes allows, and was closed';
    const closes = async (bytes: Uint8Array, transport: 'tcp' | 'ws' = 'ws') => {
      await using client = await RawClient.connect(otherPort, { transport });
      client.send(bytes);
      await client.closed();
      return client.closeCode;
    };
    expect(await closes(encodePackage(packageType.data, new Uint8Array(1001)))).toBe(1009);
    expect(lines).toEqual([[told, { bytes: 1001, limit: 1000, address: '127.0.0.1', uid: undefined }]]);
    expect(await closes(new Uint8Array(5000))).toBe(1009);
    expect(await closes(encodePackage(packageType.data, new Uint8Array(1001)), 'tcp')).toBe(0);
    expect(lines.map(([text]) => text)).toEqual([told, told, told]);
    expect(await closes(Uint8Array.of(9, 0, 0, 0))).toBe(1002);
    expect(await closes(encodePackage(packageType.kick))).toBe(1002);
    expect(lines).toHaveLength(3);
  });

  it('lets the game answer plain HTTP requests; what it throws costs that request alone', async () => {
    await using other = await game({
      app: (app) => {
        app.http((_request, response, { pathname }) => {
          if (pathname === '/throws') throw new Error('of the game');
          if (pathname === '/rejects') return Promise.reject(new Error('of the game')) as never;
          if (pathname !== '/hello') return false;
          response.end('hello');
          return true;
        });
      },
    });
    const get = (path: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${other.port('connector-1')}${path}`);
    expect(await (await get('/hello')).text()).toBe('hello');
    for (const path of ['/throws', '/rejects'])
      expect(await (await get(path)).json()).toEqual({ code: 500, message: 'the server failed' });
    expect((await get('/none')).status).toBe(404);
  });

  it('closes for what is neither HTTP nor a package, and counts it', async () => {
    const tls = Buffer.from('1603010200010001fc0303', 'hex');
    const socket = connect(port, '127.0.0.1').on('error', () => {}); // a reset is an end, too
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(tls);
    socket.resume();
    await closed;
    expect(running.count('connector-1', 'client.faults.PACKAGE_TYPE')).toBe(1);
  });

  it('counts a frame beyond the limit and a broken WebSocket frame, and closes', async () => {
    await using large = await RawClient.join(port);
    large.send(Buffer.alloc(5 * 64 * 1024, 4));
    await large.closed();
    await using broken = await RawClient.join(port);
    broken.socket.write(Buffer.from([0x82, 0x01, 0x03])); // not masked
    await broken.closed();
    expect(running.count('connector-1', 'client.faults.webSocket')).toBe(2);
  });

  it('offers no compression unless it is on', async () => {
    await using client = await RawClient.join(port, { deflate: true });
    expect(await client.request(echo, { text: 'x'.repeat(5000) })).toEqual({ text: 'x'.repeat(5000) });
    expect(client.socket.bytesRead).toBeGreaterThan(5000);
  });
});

describe('a client that costs more than it sends', () => {
  const heartbeats = (count: number): Buffer =>
    Buffer.concat(Array<Uint8Array>(count).fill(encodePackage(packageType.heartbeat)));

  it.each(['ws', 'tcp'] as const)('gets one answer to all heartbeats of a tick (%s)', async (transport) => {
    await using running = await game();
    await using client = await RawClient.join(running.port('connector-1'), { transport });
    await client.next(packageType.heartbeat);
    const beats = (): number => client.received.filter(({ type }) => type === packageType.heartbeat).length;
    const before = beats();
    client.send(Buffer.concat([heartbeats(900), request(1)]));
    await client.answerTo(1);
    expect(beats() - before).toBeLessThan(5);
  });

  it('is closed for a frame of more packages than anybody needs, also when it is compressed to nothing', async () => {
    await using running = await game({ client: { compression: true } });
    for (const deflate of [true, false]) {
      await using client = await RawClient.join(running.port('connector-1'), { deflate });
      client.send(heartbeats(65_000));
      await client.closed();
    }
    expect(running.count('connector-1', 'client.faults.PACKAGE_COUNT')).toBe(2);
  });

  it('is read more slowly, or closed, by what its compressed messages become', async () => {
    const clock = new FakeClock();
    await using running = await game({ client: { compression: true }, clock });
    const port = running.port('connector-1');
    const long = { text: 'x'.repeat(60_000) };
    await using honest = await RawClient.join(port, { deflate: true });
    for (let i = 0; i < 40; i++) honest.notify(echo, long);
    await poll(() => running.count('connector-1', 'client.pausedInflation')).toBe(1);
    const id = honest.sendMessage(echo, { n: 1 });
    await using other = await RawClient.join(port, { deflate: true });
    expect(await other.request(echo, { n: 2 })).toEqual({ n: 2 });
    await poll(async () => {
      clock.pass(1000);
      await new Promise((resolve) => setImmediate(resolve));
      return honest.answers.some((one) => one.id === id);
    }).toBe(true);
    // All in one piece, so that it has come before anything can be done about it.
    await using bomb = await RawClient.join(port, { deflate: true });
    const message = encodeMessage(messageType.notify, 0, echo, encodeUtf8(JSON.stringify(long)));
    const frame = deflatedFrame(encodePackage(packageType.data, message));
    bomb.socket.write(Buffer.concat(Array<Buffer>(200).fill(frame)));
    await bomb.closed();
    expect(running.count('connector-1', 'client.faults.inflation')).toBe(1);
  });

  it('is closed for a message in more fragments than it has pages, long before it fills the memory', async () => {
    await using running = await game();
    await using client = await RawClient.join(running.port('connector-1'));
    // A byte each, masked with zero, none of them the last.
    const fragment = (opcode: number): Buffer => Buffer.from([opcode, 0x81, 0, 0, 0, 0, 4]);
    client.socket.write(Buffer.concat([fragment(2), ...Array<Buffer>(200).fill(fragment(0))]));
    await client.closed();
    expect(running.count('connector-1', 'client.faults.webSocket')).toBe(1);
  });
});

describe('the settings of an acceptor', () => {
  it('compress messages when asked for, for clients that can', async () => {
    await using running = await game({ client: { compression: true } });
    await using client = await RawClient.join(running.port('connector-1'), { deflate: true });
    const ids = [1, 2, 3].map(() => client.sendMessage(echo, { text: 'x'.repeat(5000) }));
    for (const id of ids) expect(await client.answerTo(id)).toEqual({ text: 'x'.repeat(5000) });
    expect(client.socket.bytesRead).toBeLessThan(3000);
    await using plain = await RawClient.join(running.port('connector-1'));
    expect(await plain.request(echo, { n: 1 })).toEqual({ n: 1 });
  });

  const views = ['file://', 'null'];
  const origins: [title: string, rule: unknown, origin: string, host: string, allowed: boolean][] = [
    ['a page that a web view opened from a file', views, 'file://', 'game.example', true],
    ['a page without an origin of its own, as WebKit has it', views, 'null', 'game.example', true],
    ['another page, where web views may', views, 'http://a.example', 'game.example', false],
    ['a page from a file, where the same host may', 'same-host', 'file://', '', false],
    ['a page without an origin, where the same host may', 'same-host', 'null', 'null', false],
    ['same host, other port', 'same-host', 'http://game.example:8080', 'game.example:3010', true],
    ['another host', 'same-host', 'http://evil.example', 'game.example', false],
    ['an opaque origin', 'same-host', 'null', 'game.example', false],
    ['any', 'any', 'http://evil.example', 'game.example', true],
    ['a listed one', ['https://a.example'], 'https://A.example', 'x', true],
    ['one with another scheme', ['https://a.example'], 'http://a.example', 'x', false],
    ['a subdomain of a wildcard', ['https://*.a.example'], 'https://b.c.a.example', 'x', true],
    ['the bare domain of a wildcard', ['https://*.a.example'], 'https://a.example', 'x', false],
    ['a domain that only ends alike', ['https://*.a.example'], 'https://evila.example', 'x', false],
  ];
  it.each(origins)('decide about origins: %s', async (_, rule, origin, host, allowed) => {
    await using running = await game({ client: { origins: rule } });
    const options = { headers: { origin, host } };
    const join = RawClient.join(running.port('connector-1'), options);
    if (allowed) await (await join)[Symbol.asyncDispose]();
    else await expect(join).rejects.toThrow(/^403 .*"code":403.*is not allowed here/);
    expect(running.count('connector-1', 'client.refused.origin')).toBe(allowed ? 0 : 1);
  });

  it('let a function of the game decide about origins; one that throws lets nobody in', async () => {
    await using running = await game({
      app: (app) =>
        app.origins((origin) => {
          if (origin.includes('broken')) throw new Error('of the game');
          return origin.endsWith('.example');
        }),
    });
    const join = async (origin?: string): Promise<string> => {
      const headers: Record<string, string> = origin ? { origin } : {};
      return RawClient.join(running.port('connector-1'), { headers }).then(
        async (client) => {
          await client[Symbol.asyncDispose]();
          return 'in';
        },
        (error: Error) => error.message.slice(0, 3),
      );
    };
    expect(await join('http://a.example')).toBe('in');
    expect(await join('http://a.evil')).toBe('403');
    expect(await join('http://broken')).toBe('403');
    expect(await join()).toBe('in');
  });

  const forwarded: [header: string | undefined, address: string][] = [
    [undefined, '127.0.0.1'],
    ['203.0.113.7', '203.0.113.7'],
    ['198.51.100.1, 203.0.113.7, 10.1.2.3', '203.0.113.7'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::1]:4711, 10.0.0.1', '2001:db8::1'],
    ['garbage, 10.0.0.1', '10.0.0.1'],
    ['10.0.0.2, garbage', '127.0.0.1'],
    [',,,', '127.0.0.1'],
  ];
  it('believe trusted proxies only, and stumble over nothing that a client puts there', async () => {
    const seen: string[] = [];
    const app = (app: Application): void =>
      app.onConnect(({ remoteAddress }) => void seen.push(remoteAddress));
    await using running = await game({ app, client: { trustedProxies: ['127.0.0.1', '10.0.0.0/8'] } });
    for (const [header] of forwarded) {
      const headers: Record<string, string> = header === undefined ? {} : { 'x-forwarded-for': header };
      await using _client = await RawClient.join(running.port('connector-1'), { headers });
    }
    expect(seen).toEqual(forwarded.map(([, address]) => address));
    await using wary = await game({ app });
    seen.length = 0;
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    await using _client = await RawClient.join(wary.port('connector-1'), { headers });
    expect(seen).toEqual(['127.0.0.1']);
  });

  it.each(['ws', 'tcp'] as const)(
    'bound a package over %s as soon as its length is there',
    async (transport) => {
      await using running = await game({ client: { maxPackageBytes: 1000 } });
      await using client = await RawClient.join(running.port('connector-1'), { transport });
      client.send('04ffffff');
      await client.closed();
      expect(running.count('connector-1', 'client.faults.PACKAGE_TOO_LARGE')).toBe(1);
    },
  );

  it('refuse clients beyond max-connections in words, and let in again when one has gone', async () => {
    await using running = await game({ server: { 'max-connections': 2 } });
    const port = running.port('connector-1');
    await using first = await RawClient.join(port);
    await using _second = await RawClient.join(port, { transport: 'tcp' });
    await expect(RawClient.connect(port)).rejects.toThrow('503 {"code":503,"message":"this server is full"}');
    await using third = await RawClient.connect(port, { transport: 'tcp' });
    expect(await third.handshake({ sys })).toEqual({ code: 503, message: 'this server is full' });
    await third.closed();
    expect(running.count('connector-1', 'client.refused.full')).toBe(2);
    await first[Symbol.asyncDispose]();
    await poll(() => running.servers.get('connector-1')!.connections).toBe(1);
    await using _fourth = await RawClient.join(port);
  });
});

describe('the time limits of an acceptor', () => {
  const clock = new FakeClock();
  let running: RunningGame;
  let port: number;
  let other: RawClient;
  beforeAll(async () => {
    running = await game({ clock, client: { handshakeTimeout: '5s', heartbeat: '3s' } });
    port = running.port('connector-1');
    other = await RawClient.join(port);
  });
  afterAll(async () => {
    await other[Symbol.asyncDispose]();
    await running[Symbol.asyncDispose]();
  });
  /** Once another client has its answer, the server has read what was sent before. */
  const settle = (): Promise<unknown> => other.request(echo);

  it.each<[string, RawClientOptions, (string | Buffer)[]]>([
    ['says nothing over TCP', { transport: 'tcp' }, []],
    ['says nothing over WebSocket', {}, []],
    ['sends half a package head', { transport: 'tcp' }, ['01']],
    [
      'sends a handshake one byte a second',
      { transport: 'tcp' },
      [...'01000040'.match(/../g)!, ...Array(20).fill('7b')],
    ],
    ['sends half an HTTP header', { transport: 'tcp' }, [Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n')]],
    [
      'drips an HTTP header a line a second',
      { transport: 'tcp' },
      [
        Buffer.from('GET / HTTP/1.1\r\n'),
        ...Array.from({ length: 20 }, (_, i) => Buffer.from(`X-${i}: y\r\n`)),
      ],
    ],
  ])('close a client that %s', async (_, options, pieces) => {
    const before = running.count('connector-1', 'client.neverHandshook');
    await using client = await RawClient.connect(port, options);
    await settle();
    for (let second = 0; second < 7 && client.closeCode === undefined; second++) {
      if (pieces[second]) client.send(pieces[second]!);
      await settle();
      if (second < 4) expect(client.closeCode).toBeUndefined();
      clock.pass(1000);
      await settle();
    }
    await client.closed();
    expect(running.count('connector-1', 'client.neverHandshook')).toBe(before + 1);
  });

  it('close a client that never acknowledges', async () => {
    await using client = await RawClient.connect(port);
    await client.handshake({ sys });
    for (let second = 0; second < 7; second++) {
      clock.pass(1000);
      await settle();
    }
    await client.closed();
  });

  it('close a client that is silent for twice the heartbeat, and take any package for life', async () => {
    const before = running.count('connector-1', 'client.timedOut');
    await using silent = await RawClient.join(port);
    await using talking = await RawClient.join(port);
    await using beating = await RawClient.join(port, { transport: 'tcp' });
    for (let second = 0; second < 5; second++) {
      await talking.request(echo);
      beating.sendPackage(packageType.heartbeat);
      await settle();
      clock.pass(1000);
    }
    expect(silent.closeCode).toBeUndefined();
    await talking.request(echo);
    beating.sendPackage(packageType.heartbeat);
    await settle();
    clock.pass(1000);
    await settle();
    clock.pass(1000);
    await silent.closed();
    expect([talking.closeCode, beating.closeCode]).toEqual([undefined, undefined]);
    expect(running.count('connector-1', 'client.timedOut')).toBe(before + 1);
  });

  it('do not hold the end of a server up for sockets that said nothing', async () => {
    // Whatever waits for a time limit waits for ever.
    await using other = await game({ clock: new FakeClock() });
    const clients = [
      await RawClient.connect(other.port('connector-1'), { transport: 'tcp' }),
      await RawClient.join(other.port('connector-1')),
    ];
    await clients[1]!.next(packageType.heartbeat);
    await other.stop('connector-1');
    await Promise.all(clients.map((client) => client.closed()));
    expect(clients[1]!.kicked).toBe('shutdown');
  });
});

describe('a client that reads too slowly', () => {
  const shout = 'connector.entryHandler.shout';

  /** Lets a client stop reading and then asks for `count` pushes of 40 kB through another one. */
  async function neglect(running: RunningGame, count: number): Promise<RawClient> {
    const port = running.port('connector-1');
    const slow = await RawClient.join(port);
    await slow.request(echo);
    slow.socket.pause();
    await using other = await RawClient.join(port);
    for (let i = 0; i < count; i++) {
      await other.request(shout);
      await other.push('onShout');
    }
    return slow;
  }

  it('misses pushes with the policy "drop", and gets answers again once it reads', async () => {
    await using running = await game({ client: { sendQueue: { maxBytes: '256KiB', policy: 'drop' } } });
    await using slow = await neglect(running, 300);
    const dropped = running.count('connector-1', 'push.dropped.slow');
    expect(dropped).toBeGreaterThan(10);
    expect(running.count('connector-1', 'client.closedSlow')).toBe(0);
    slow.socket.resume();
    await slow.until(
      () => (slow.pushes.length === 300 - dropped ? true : undefined),
      'the pushes that were not dropped',
    );
    expect(await slow.request(echo, { n: 1 })).toEqual({ n: 1 });
  });

  it('is closed with the policy "close"', async () => {
    await using running = await game({ client: { sendQueue: { maxBytes: '256KiB', policy: 'close' } } });
    await using slow = await neglect(running, 300);
    expect(running.count('connector-1', 'client.closedSlow')).toBe(1);
    slow.socket.resume();
    await slow.closed();
  });

  it('is closed when answers pile up, whatever the policy', async () => {
    await using running = await game({ client: { sendQueue: { maxBytes: '256KiB', policy: 'drop' } } });
    const port = running.port('connector-1');
    await using greedy = await RawClient.join(port, { transport: 'tcp' });
    greedy.socket.pause();
    for (let i = 1; i <= 200; i++) greedy.sendMessage('connector.entryHandler.large');
    await poll(() => running.count('connector-1', 'client.closedSlow')).toBe(1);
  });
});
