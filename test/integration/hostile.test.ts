import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { ClusterConfig } from '@pomelo-ts/cluster';
import { encodeMessage, encodePackage, encodeUtf8, messageType, packageType } from '@pomelo-ts/protocol';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, RunningCommand } from '../helpers/cluster-process.js';
import { RawClient, type RawClientOptions } from '../helpers/raw-client.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

/*
 * What hostile and broken clients, and processes that are killed, do to a cluster of real processes. Each test is named
 * after what was done to pomelo and pinus (shared/reference/peers.md, section 8), or after a line of "What bad input must
 * get" of issue 2. A well-behaved client asks both backends and its connector all the while.
 */

const secret = { POMELO_TS_SECRET: 'of the hostile tests' };

const app = `export default {
  setUp(app) {
    app.http((request, response, { pathname }) => {
      if (pathname !== '/counters') return false;
      response.end(JSON.stringify(app.measures.counts()));
      return true;
    });
  },
};`;

const handler = `export default (app) => ({
  echo: (msg) => msg,
  who: () => ({ id: app.serverId }),
  note: () => void (app.notes = (app.notes ?? 0) + 1),
  notes: () => ({ count: app.notes ?? 0 }),
  large: () => ({ text: 'x'.repeat(180000) }),
  fails: () => { throw new Error('a secret of the game'); },
  rejects: async () => { throw new Error('a secret of the game'); },
  never: () => new Promise(() => {}),
  move: (msg) => msg,
  forgets: () => void Promise.reject(new Error('nobody waits for this')),
  explodes: () => void setTimeout(() => { throw new Error('nobody can catch this'); }),
});`;

interface Row {
  readonly id: string;
  readonly state: string;
  readonly pid: number;
  readonly restarts: number;
}

/** A cluster of real processes, as `pomelo-ts start -D` starts it. */
class Cluster implements AsyncDisposable {
  readonly game: TemporaryGame;
  readonly config: ClusterConfig;
  readonly env: string;

  private constructor(game: TemporaryGame) {
    this.game = game;
    this.config = game.config;
    this.env = game.env;
  }

  static async start(
    more: { env?: string; chat?: object; connector?: object; settings?: Record<string, unknown> } = {},
  ): Promise<Cluster> {
    const game = await TemporaryGame.make({
      servers: {
        gate: [{ id: 'gate-1', frontend: true }],
        connector: ['connector-1', 'connector-2'].map((id) => ({ id, frontend: true, ...more.connector })),
        chat: ['chat-1', 'chat-2'].map((id) => ({ id, ...more.chat })),
      },
      app,
      handlers: { connector: { handler }, chat: { handler }, gate: { handler } },
      config: {
        clientProtos: { 'connector.handler.move': { 'required uInt32 x': 1, 'required string y': 2 } },
      },
      settings: more.settings ?? {
        client: { handshakeTimeout: '1500ms', heartbeat: '1s', sendQueue: { maxBytes: '1MiB' } },
        request: { timeout: '1500ms' },
      },
      env: more.env ?? 'production',
    });
    return new Cluster(game);
  }

  command(name: string, ...args: string[]): RunningCommand {
    return new RunningCommand([name, '-d', this.game.root, '-e', this.env, ...args], secret);
  }

  async startDaemon(): Promise<void> {
    const { code, stderr } = await this.command('start', '-D').ended;
    if (code !== 0) throw new Error(stderr);
  }

  async rows(): Promise<Map<string, Row>> {
    const { stdout, stderr } = await this.command('list', '--json').ended;
    if (!stdout) throw new Error(stderr);
    return new Map((JSON.parse(stdout) as Row[]).map((row) => [row.id, row]));
  }

  async kill(id: string): Promise<void> {
    process.kill((await this.rows()).get(id)!.pid, 'SIGKILL');
  }

  get masterPid(): number {
    return Number(readFileSync(`${this.game.root}/.pomelo-ts/master.pid`, 'utf8'));
  }

  port(id: string): number {
    return this.config.servers.find((one) => one.id === id)!.clientPort!;
  }

  /** Clients connect to this one where nothing else is said. */
  get main(): number {
    return this.port('connector-1');
  }

  async count(name: string): Promise<number> {
    const response = await fetch(`http://127.0.0.1:${this.main}/counters`);
    return ((await response.json()) as Record<string, number>)[name] ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.command('stop').ended;
    this.game[Symbol.dispose]();
  }
}

function residentBytes(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * 4096;
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Resolves with what came until the server closed a bare socket. */
async function bare(port: number, ...texts: (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk) => {
    answer += chunk;
  });
  socket.on('error', () => {});
  for (const text of texts) socket.write(text);
  await once(socket, 'close');
  return answer;
}

/** Sockets that have connected and send `bytes`, or nothing. */
async function silentSockets(port: number, count: number, bytes?: Buffer): Promise<Socket[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {}).resume();
      await once(socket, 'connect');
      if (bytes) socket.write(bytes);
      return socket;
    }),
  );
}

async function allClosed(sockets: readonly Socket[]): Promise<void> {
  await Promise.all(sockets.map((socket) => socket.closed || once(socket, 'close')));
}

/** A well-behaved client that asks its connector and a backend in turns, one request at a time. */
class Healthy {
  readonly #client: RawClient;
  readonly #loop: Promise<void>;
  #going = true;
  #answers = 0;
  #failure: unknown;
  #watchers: (() => void)[] = [];

  private constructor(client: RawClient) {
    this.#client = client;
    this.#loop = this.#ask();
  }

  static async at(port: number): Promise<Healthy> {
    return new Healthy(await RawClient.join(port));
  }

  /** Ends it; throws when it was ever answered wrongly. */
  async stop(): Promise<void> {
    this.#going = false;
    await this.#loop;
    if (this.#failure) throw this.#failure;
    await this.#client[Symbol.asyncDispose]();
  }

  /** Resolves with the next answers of both servers: whatever is done to the connector now, others are served meanwhile. */
  async isServed(): Promise<void> {
    for (const end = this.#answers + 4; this.#answers < end; ) {
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  async #ask(): Promise<void> {
    while (this.#going && !this.#failure) {
      const n = this.#answers;
      try {
        const answer = await this.#client.request(`${n % 2 ? 'chat' : 'connector'}.handler.echo`, { n });
        if (answer['n'] !== n) throw new Error(`${n} was answered with ${JSON.stringify(answer)}`);
        this.#answers++;
      } catch (error) {
        this.#failure = error;
      }
      for (const tell of this.#watchers.splice(0)) tell();
      // Requests every few milliseconds are load enough.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
}

const request = (id: number[], route = 'connector.handler.echo'): Buffer =>
  Buffer.from([0, ...id, route.length, ...Buffer.from(route), ...Buffer.from('{}')]);
const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
};

describe('a connector and its clients', () => {
  let cluster: Cluster;
  let pid: number;
  let healthy: Healthy;
  beforeAll(async () => {
    cluster = await Cluster.start();
    await cluster.startDaemon();
    pid = (await cluster.rows()).get('connector-1')!.pid;
    healthy = await Healthy.at(cluster.main);
  });
  afterAll(async () => {
    await healthy.stop();
    await cluster[Symbol.asyncDispose]();
  });

  // Everybody else goes on, whatever one connection does. What one test did to them is not told of those after it.
  afterEach(async () => {
    try {
      await healthy.isServed();
    } catch (error) {
      healthy = await Healthy.at(cluster.main);
      throw error;
    }
  });

  const join = (options?: RawClientOptions) => RawClient.join(cluster.main, options);

  /** The connection closes and the counter rises by one. */
  async function closes(
    counter: string,
    send: (client: RawClient) => void,
    options?: RawClientOptions,
  ): Promise<void> {
    const before = await cluster.count(counter);
    await using client = await join(options);
    await client.next(packageType.heartbeat);
    send(client);
    await client.closed();
    // A client hears of its end before a busy server has counted it.
    await eventually(async () => (await cluster.count(counter)) > before, `${counter} counts it`);
    expect(await cluster.count(counter)).toBe(before + 1);
  }

  const both = ['ws', 'tcp'] as const;

  describe.each(both)('over %s', (transport) => {
    it.each<[string, number[]]>([
      ['request with message id 2^31', varint(2n ** 31n)],
      ['id 2^40', varint(2n ** 40n)],
      ['id varint of 30 x 0xff', Array(30).fill(0xff)],
    ])('%s: closed', async (_, id) => {
      await closes(
        'client.faults.MESSAGE_ID',
        (client) => client.sendPackage(packageType.data, request(id)),
        { transport },
      );
    });

    it('the largest id that a client can use is answered', async () => {
      await using client = await join({ transport });
      expect(await client.answerTo(client.sendMessage('chat.handler.echo', { n: 1 }, 2 ** 31 - 1))).toEqual({
        n: 1,
      });
    });

    it.each<[string, string, string | Buffer]>([
      ['garbage binary frame', 'PACKAGE_TYPE', Buffer.from('garbage')],
      ['unknown package type', 'PACKAGE_TYPE', '09000000'],
      ['kick from a client', 'kick', '05000000'],
      ['DATA package with empty body', 'MESSAGE_TRUNCATED', '04000000'],
      ['truncated varint', 'MESSAGE_TRUNCATED', '0400000200ff'],
      ['route longer than its message', 'MESSAGE_TRUNCATED', '040000040001ff61'],
      ['message type 7', 'MESSAGE_TYPE', '040000030e0161'],
      ['response from a client', 'MESSAGE_TYPE', '040000020401'],
      ['reserved flag bits', 'MESSAGE_FLAG', '0400000280ff'],
      ['route code 0', 'ROUTE_CODE', '040000040101' + '0000'],
    ])('%s: closed', async (_, code, bytes) => {
      await closes(`client.faults.${code}`, (client) => client.send(bytes), { transport });
    });

    it('declared length 16 MB, 10 bytes sent, 100 times: closed at once, and no memory for it', async () => {
      const before = residentBytes(pid);
      for (let i = 0; i < 100; i++) {
        await using client = await join({ transport });
        client.send(Buffer.concat([Buffer.from([4, 0xff, 0xff, 0xff]), Buffer.alloc(10)]));
        await client.closed();
      }
      expect(residentBytes(pid) - before).toBeLessThan(30e6);
      expect(await cluster.count('client.faults.PACKAGE_TOO_LARGE')).toBeGreaterThanOrEqual(100);
    });

    it('several packages in one frame (1000 heartbeats): answered, those of one tick once', async () => {
      await using client = await join({ transport });
      const heartbeats = (): number =>
        client.received.filter(({ type }) => type === packageType.heartbeat).length;
      await client.until(() => (heartbeats() === 1 ? true : undefined), 'the first heartbeat');
      client.send(Buffer.alloc(4 * 1000, Buffer.from('03000000', 'hex')));
      await client.until(() => (heartbeats() > 1 ? true : undefined), 'an answer');
      await client.request('connector.handler.echo');
      expect(heartbeats()).toBeLessThan(10);
    });

    it.each(['{', '{"a":', 'null', '"text"', '7'])(
      'bad JSON / null / a string as body (%s): 400',
      async (text) => {
        await using client = await join({ transport });
        for (const type of ['connector', 'chat']) {
          expect(await client.request(`${type}.handler.echo`, Buffer.from(text))).toMatchObject({
            code: 400,
            message: expect.stringContaining('cannot be decoded'),
          });
        }
        expect(await cluster.count('request.badBodies')).toBeGreaterThan(0);
      },
    );

    it.each(['', '0801', '08', '08ffffffffff', '080112ff', '6000', 'ffffffffffffffffffff'])(
      'malformed protobuf, or without its required fields (%s): 400',
      async (hex) => {
        await using client = await join({ transport });
        expect(await client.request('connector.handler.move', Buffer.from(hex, 'hex'))).toMatchObject({
          code: 400,
        });
        const good = Buffer.from('08011201' + '61', 'hex');
        expect(await client.request('connector.handler.move', good)).toEqual({ x: 1, y: 'a' });
      },
    );

    it('DATA before handshake; second handshake: ignored', async () => {
      await using client = await RawClient.connect(cluster.main, { transport });
      client.sendMessage('connector.handler.echo', { early: 1 });
      await client.handshake({ sys: {} });
      client.sendPackage(packageType.handshakeAck);
      client.sendPackage(packageType.handshake, encodeUtf8('{"sys":{}}'));
      expect(await client.request('connector.handler.echo', { n: 1 })).toEqual({ n: 1 });
      expect(client.answers).toHaveLength(1);
    });

    it('handshake with bad JSON: code 500 with the reason, closed', async () => {
      await using client = await RawClient.connect(cluster.main, { transport });
      expect(await client.handshake('{"sys":')).toMatchObject({ code: 500, message: expect.any(String) });
      await client.closed();
    });

    it('client asks for 180 MB of answers, never reads: closed, and memory stays bounded', async () => {
      const [before, count] = [residentBytes(pid), await cluster.count('client.closedSlow')];
      await using client = await join({ transport });
      await client.next(packageType.heartbeat);
      client.socket.pause();
      let highest = 0;
      for (let i = 0; i < 40; i++) {
        for (let n = 0; n < 25; n++) client.sendMessage('connector.handler.large', {}, i * 25 + n + 1);
        await healthy.isServed();
        highest = Math.max(highest, residentBytes(pid));
      }
      await eventually(async () => (await cluster.count('client.closedSlow')) === count + 1, 'the close');
      expect(highest - before).toBeLessThan(80e6);
    });

    it('real 15 MB body: closed as soon as its length is known', async () => {
      const before = residentBytes(pid);
      await using client = await join({ transport });
      await client.next(packageType.heartbeat);
      const body = encodeMessage(messageType.request, 1, 'connector.handler.echo', Buffer.alloc(15e6, 'x'));
      client.socket.on('error', () => {});
      client.send(encodePackage(packageType.data, body));
      await client.closed();
      expect(residentBytes(pid) - before).toBeLessThan(40e6);
    });
  });

  it.each<[string, string]>([
    ['text frame', 'a text'],
    ['empty frame', ''],
    ['1-byte frame', '\u0004'],
    ['three bytes of a package head', '\u0003\u0000\u0000'],
  ])('%s on a WebSocket: closed', async (name, text) => {
    const counter = name === 'text frame' ? 'PACKAGE_TYPE' : 'PACKAGE_TRUNCATED';
    await closes(`client.faults.${counter}`, (client) => client.send(Buffer.from(text, 'latin1')));
  });

  it('64 MB frame: closed as soon as its length is known', async () => {
    const before = residentBytes(pid);
    await closes('client.faults.webSocket', (client) => {
      client.socket.on('error', () => {});
      // its head alone and a little more: to write all of it takes a busy client longer than it may be silent
      const head = Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
      head.writeBigUInt64BE(64_000_000n, 2);
      client.socket.write(Buffer.concat([head, Buffer.alloc(1e6, 4)]));
    });
    expect(residentBytes(pid) - before).toBeLessThan(40e6);
  });

  it.each<[string, number, RegExp]>([
    ['nowhere.handler.echo', 404, /no route nowhere/],
    ['connector.nowhere.echo', 404, /no route connector/],
    ['connector.handler.nothing', 404, /no route connector/],
    ['chat.nowhere.echo', 404, /no route chat/],
    ['chat.handler.nothing', 404, /no route chat/],
    ['connector.handler', 400, /is not a route/],
    ['gate.handler.echo', 404, /no route gate/],
    ['badroute', 400, /badroute is not a route/],
    ['', 400, /is not a route/],
  ])(
    'unknown server type, handler or method; 2-part route; other frontend type; route without dots (%j): %i, and which',
    async (route, code, message) => {
      await using client = await join();
      const before = await cluster.count('request.unknownRoutes');
      expect(await client.request(route)).toEqual({ code, message: expect.stringMatching(message) });
      if (!route.startsWith('chat')) expect(await cluster.count('request.unknownRoutes')).toBe(before + 1);
    },
  );

  it('unknown route code: 404', async () => {
    await using client = await join();
    expect(await client.request(60_000)).toEqual({ code: 404, message: 'There is no route code 60000.' });
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', '__defineGetter__', 'valueOf'])(
    'x.y.%s: 404, and the connection stays',
    async (name) => {
      await using client = await join();
      const routes = ['connector', 'chat'].flatMap((type) => [
        `${type}.handler.${name}`,
        `${type}.${name}.echo`,
      ]);
      for (const route of [...routes, `${name}.handler.echo`])
        expect(await client.request(route)).toEqual({ code: 404, message: `There is no route ${route}.` });
      expect(await client.request('chat.handler.echo', { n: 1 })).toEqual({ n: 1 });
    },
  );

  it('request id 0: the handler runs, as for a notify, and nothing is answered', async () => {
    await using client = await join();
    const before = (await client.request<{ count: number }>('connector.handler.notes')).count;
    client.sendPackage(
      packageType.data,
      encodeMessage(messageType.request, 0, 'connector.handler.note', encodeUtf8('{}')),
    );
    expect((await client.request<{ count: number }>('connector.handler.notes')).count).toBe(before + 1);
    expect(client.answers).toHaveLength(2);
  });

  it.each(['chat', 'connector'])(
    'handler throws in %s, synchronously or later: 500 without anything of the inside',
    async (type) => {
      await using client = await join();
      for (const method of ['fails', 'rejects']) {
        const route = `${type}.handler.${method}`;
        expect(await client.request(route)).toEqual({ code: 500, message: `${route} failed.` });
      }
      if (type === 'connector') expect(await cluster.count('request.failures')).toBeGreaterThanOrEqual(2);
    },
  );

  it.each(['chat', 'connector'])(
    'handler in %s never answers: 504 after the time that the settings give',
    async (type) => {
      await using client = await join();
      const heartbeats = setInterval(() => client.sendPackage(packageType.heartbeat), 300);
      expect(await client.request(`${type}.handler.never`)).toEqual({
        code: 504,
        message: `${type}.handler.never was not answered within 1500 ms.`,
      });
      clearInterval(heartbeats);
    },
  );

  it('thousands of requests to a handler that never answers: refused beyond a bound, others are served', async () => {
    await using client = await join();
    const ids = Array.from({ length: 3000 }, () => client.sendMessage('chat.handler.never'));
    expect(await client.answerTo(ids[2999]!)).toMatchObject({ code: 503 });
    await healthy.isServed();
    expect(await client.answerTo(ids[0]!)).toMatchObject({ code: 504 });
    expect(await cluster.count('request.tooMany')).toBeGreaterThanOrEqual(2700);
  });

  it('slow clients: TCP silent, half an HTTP header: closed at the handshake time limit', async () => {
    const before = await cluster.count('client.neverHandshook');
    await Promise.all([bare(cluster.main), bare(cluster.main, 'GET / HTTP/1.1\r\nHost: x\r\n')]);
    expect(await cluster.count('client.neverHandshook')).toBe(before + 2);
  });

  it('header dripped; one byte a second; ws open without handshake; handshake without ack: closed at the same limit', async () => {
    const before = await cluster.count('client.neverHandshook');
    // Sends pieces for as long as it may: that it ends at all is the server's doing.
    const dripping = async (piece: (n: number) => string | Buffer): Promise<void> => {
      const socket = connect(cluster.main, '127.0.0.1');
      socket.on('error', () => {}).resume();
      const closed = once(socket, 'close');
      let sent = 0;
      const timer = setInterval(() => socket.write(piece(sent++)), 300);
      await closed;
      clearInterval(timer);
    };
    const line = (n: number): string => (n === 0 ? 'GET / HTTP/1.1\r\n' : `X-${n}: y\r\n`);
    const bytes = encodePackage(packageType.handshake, encodeUtf8(`{"sys":{"type":"${'x'.repeat(3000)}"}}`));
    await using open = await RawClient.connect(cluster.main);
    await using unacknowledged = await RawClient.connect(cluster.main);
    await unacknowledged.handshake({ sys: {} });
    await Promise.all([
      dripping(line),
      dripping((n) => Buffer.from(bytes.subarray(n, n + 1))),
      open.closed(),
      unacknowledged.closed(),
    ]);
    expect(await cluster.count('client.neverHandshook')).toBe(before + 4);
  });

  it('handshaken, no heartbeat: closed after twice the heartbeat', async () => {
    const before = await cluster.count('client.timedOut');
    await using client = await join();
    await client.next(packageType.heartbeat);
    await client.closed();
    expect(await cluster.count('client.timedOut')).toBe(before + 1);
  });

  it('thousands of connections that never handshake: all closed, memory stays bounded, others are served', async () => {
    const before = residentBytes(pid);
    const count = await cluster.count('client.neverHandshook');
    const silent = [
      ...(await silentSockets(cluster.main, 1500)),
      ...(await silentSockets(cluster.main, 1500, Buffer.from([1]))),
    ];
    await healthy.isServed();
    expect(residentBytes(pid) - before).toBeLessThan(80e6);
    await allClosed(silent);
    expect(await cluster.count('client.neverHandshook')).toBe(count + 3000);
  });

  it('more connections than the process has file descriptors for: some are lost, the server is not', async () => {
    const other = (await cluster.rows()).get('connector-2')!.pid;
    execFileSync('prlimit', [`--pid=${other}`, '--nofile=60:60']);
    const port = cluster.port('connector-2');
    const log = () => readFileSync(`${cluster.game.root}/logs/connector-2.log`, 'utf8');
    const told = 'Connections are taken and closed at once, as no more files may be open: raise ulimit -n';
    await eventually(async () => {
      await Promise.all(Array.from({ length: 300 }, () => bare(port)));
      return log().includes(told);
    }, 'a line on the shortage');
    await eventually(
      () => log().includes('This process may open files and connections again.'),
      'a line on its end',
    );
    await using client = await eventually(
      () => RawClient.join(port).catch(() => undefined),
      'a place for a client',
    );
    expect(await client.request('chat.handler.echo', { n: 1 })).toEqual({ n: 1 });
    expect((await cluster.rows()).get('connector-2')).toMatchObject({ pid: other, restarts: 0 });
  });

  it('TCP garbage / OPTIONS request: closed at once', async () => {
    expect(await bare(cluster.main, Buffer.from('ffffffffffffffff', 'hex'))).toBe('');
    expect(await bare(cluster.main, 'OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(/^HTTP\/1.1 404 /);
    expect(await bare(cluster.main, 'GET / HTTP/9.9\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /);
    expect(await cluster.count('client.faults.http')).toBeGreaterThan(0);
  });

  it('HTTP GET without upgrade: 404, closed', async () => {
    expect(await bare(cluster.main, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toMatch(
      /^HTTP\/1.1 404 .*"there is nothing at \/"}\n$/s,
    );
  });

  it('raw TCP mode: works', async () => {
    await using client = await join({ transport: 'tcp' });
    expect(await client.request('chat.handler.echo', { n: 1 })).toEqual({ n: 1 });
  });

  it('garbage on the RPC port: closed, and the servers go on', async () => {
    for (const id of ['connector-1', 'chat-1']) {
      const { port } = cluster.config.servers.find((one) => one.id === id)!;
      for (const bytes of [
        'ff'.repeat(64),
        '00000002' + '0202',
        '00000400',
        Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex'),
      ])
        await bare(port!, Buffer.from(bytes, 'hex'), Buffer.alloc(2000));
    }
    expect(await cluster.count('rpc.refusedConnections')).toBeGreaterThanOrEqual(4);
  });

  it('after all this the same processes run', async () => {
    const rows = await cluster.rows();
    expect([...rows.values()].map(({ state, restarts }) => [state, restarts])).toEqual(
      Array(5).fill(['ready', 0]),
    );
    expect(rows.get('connector-1')!.pid).toBe(pid);
  });
});

/** Of clusters whose clients have commands run meanwhile, which may take seconds: no client is lost for its silence. */
const patient = { client: { heartbeat: '10s' }, request: { timeout: '15s' } };

describe('processes that end or are killed', () => {
  it('promise of the game that nobody waits for: logged, and the server goes on; error that nobody can catch: the server tells its clients, ends, and is started again', async () => {
    await using cluster = await Cluster.start({ connector: { 'auto-restart': true }, settings: patient });
    await cluster.startDaemon();
    const log = (): string => readFileSync(`${cluster.game.root}/logs/connector-1.log`, 'utf8');
    await using client = await RawClient.join(cluster.main);
    await client.request('connector.handler.forgets');
    expect(await client.request('connector.handler.echo', { n: 1 })).toEqual({ n: 1 });
    await eventually(() => log().includes('nobody waits for this'), 'the rejection in the log');
    await client.request('connector.handler.explodes');
    await client.closed();
    expect(client.kicked).toBe('shutdown');
    expect(log()).toContain('nobody can catch this');
    await eventually(
      async () => (await cluster.rows()).get('connector-1')!.restarts === 1,
      'the restart',
      25_000,
    );
    await using again = await eventually(
      () => RawClient.join(cluster.main).catch(() => undefined),
      'the server started again',
    );
    expect(await again.request('chat.handler.echo', { n: 1 })).toEqual({ n: 1 });
  });

  it('backend kill -9 with 5 in flight: 503 as soon as it is gone; later requests go to the other; auto-restart brings it back', async () => {
    await using cluster = await Cluster.start({ chat: { 'auto-restart': true }, settings: patient });
    await cluster.startDaemon();
    await using client = await RawClient.join(cluster.main);
    const { id } = await client.request<{ id: string }>('chat.handler.who');
    const { pid } = (await cluster.rows()).get(id)!;
    const ids = Array.from({ length: 5 }, () => client.sendMessage('chat.handler.never'));
    await client.request('chat.handler.echo');
    process.kill(pid, 'SIGKILL');
    // Told by the broken connection: the time limit of a request would answer 504.
    for (const one of ids)
      expect(await client.answerTo(one)).toEqual({
        code: 503,
        message: expect.stringContaining('went away'),
      });
    const next = await eventually(async () => {
      const answer = await client.request<{ id?: string }>('chat.handler.who');
      return answer.id;
    }, 'an answer of the other backend');
    expect(next).not.toBe(id);
    await eventually(
      async () => {
        const row = (await cluster.rows()).get(id)!;
        client.sendPackage(packageType.heartbeat);
        return row.state === 'ready' && row.restarts === 1;
      },
      `${id} back`,
      25_000,
    );
    await expect.poll(() => client.request('chat.handler.who')).toEqual({ id });
  });

  it('connector kill -9: its clients are closed; the gate hands out only the other', async () => {
    await using cluster = await Cluster.start({ connector: { 'auto-restart': false }, settings: patient });
    await cluster.startDaemon();
    await using client = await RawClient.join(cluster.main);
    await cluster.kill('connector-1');
    await client.closed();
    const ticket = async (uid: number): Promise<{ id: string }> =>
      (await fetch(`http://127.0.0.1:${cluster.port('gate-1')}/ticket?uid=${uid}`)).json() as Promise<{
        id: string;
      }>;
    const uids = Array.from({ length: 20 }, (_, i) => i);
    await eventually(async () => {
      const ids = await Promise.all(uids.map(async (uid) => (await ticket(uid)).id));
      return ids.every((id) => id === 'connector-2');
    }, 'only the other connector');
    expect((await cluster.rows()).get('connector-1')).toMatchObject({ state: 'gone' });
  });

  it('master kill -9, production: the others live on and serve; a new master adopts them', async () => {
    await using cluster = await Cluster.start();
    await cluster.startDaemon();
    const before = await cluster.rows();
    const healthy = await Healthy.at(cluster.main);
    const master = cluster.masterPid;
    process.kill(master, 'SIGKILL');
    await eventually(() => !lives(master), 'the end of the master');
    await healthy.isServed();
    await cluster.startDaemon();
    const after = await cluster.rows();
    await healthy.isServed();
    await healthy.stop();
    const pids = (rows: Map<string, Row>) => [...rows].map(([id, { pid, state }]) => [id, pid, state]);
    expect(pids(after)).toEqual(pids(before));
  });

  it('master kill -9, development: its servers end, and none spins', async () => {
    await using cluster = await Cluster.start({ env: 'development' });
    const start = cluster.command('start');
    await start.says('servers ready');
    const pids = [...(await cluster.rows()).values()].map(({ pid }) => pid);
    start.child.kill('SIGKILL');
    await start.ended;
    await eventually(() => !pids.some(lives), 'the end of all servers');
  });
});
