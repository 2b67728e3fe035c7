import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { describe, expect, it } from 'vitest';
import type { NamedKey } from '../../src/trust/secret-keys.js';
import { secureDial } from '../../src/trust/secure-dial.js';
import { SecureDoor, type SecureDoorOptions } from '../../src/trust/secure-door.js';
import { selfSigned } from './self-signed.js';

const key: NamedKey = { name: 'server:1:a', key: randomBytes(32) };

describe('a secure door', () => {
  it('hands on both ends of a connection once each has proved the key', async () => {
    await using house = await House.open();
    const stream = await house.dial(key);
    const met = await house.met.next();
    expect(met.who).toBe('server:1:a');
    stream.write('from the dialer');
    expect(String((await once(met.stream, 'data'))[0])).toBe('from the dialer');
    met.stream.write('from the listener');
    expect(String((await once(stream, 'data'))[0])).toBe('from the listener');
    expect(house.door.strangers).toBe(0);
  });

  it('carries no byte that can be read on the way, nor one that was changed there', async () => {
    await using house = await House.open();
    const seen: Buffer[] = [];
    let tamper = false;
    const middle = createServer((near) => {
      const far = connect(house.port, '127.0.0.1');
      near.on('data', (chunk: Buffer) => {
        seen.push(chunk);
        if (tamper) chunk[chunk.length - 1]! ^= 1;
        far.write(chunk);
      });
      far.on('data', (chunk: Buffer) => near.write(chunk));
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        one.on('error', () => {}).on('close', () => other.destroy());
      }
    });
    await once(middle.listen(0, '127.0.0.1'), 'listening');
    try {
      const stream = await house.dial(key, (middle.address() as AddressInfo).port);
      const met = await house.met.next();
      stream.write('an order that others must not read');
      await once(met.stream, 'data');
      expect(Buffer.concat(seen).includes('an order')).toBe(false);
      tamper = true;
      const got: Buffer[] = [];
      met.stream.on('data', (chunk: Buffer) => got.push(chunk));
      const ended = new Promise((resolve) => met.stream.once('close', resolve));
      stream.write('another order');
      await ended;
      expect(got).toEqual([]);
    } finally {
      middle.close();
    }
  });

  it.each([
    ['another key by the same name', { name: key.name, key: randomBytes(32) }],
    ['a key that there is not', { name: 'server:2:a', key: key.key }],
  ])('refuses %s, and both ends say that the secret is not known', async (_, wrong) => {
    await using house = await House.open();
    await expect(house.dial(wrong)).rejects.toMatchObject({ code: 'PROOF_WRONG' });
    expect(await house.refused.next()).toMatchObject({ code: 'PROOF_WRONG' });
  });

  it('refuses a dialer without any key', async () => {
    await using house = await House.open();
    const stream = tlsConnect({ port: house.port, host: '127.0.0.1', rejectUnauthorized: false });
    const [error] = await once(stream, 'error');
    expect(error).toMatchObject({ code: expect.stringMatching(/ALERT_HANDSHAKE_FAILURE$/) });
    await house.refused.next();
  });

  it('is not deceived, as a dialer, by whoever answers with a certificate', async () => {
    const server = createTlsServer(selfSigned, (stream) => stream.on('error', () => {}));
    server.on('tlsClientError', () => {});
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      await expect(secureDial(socket, key, 5000)).rejects.toMatchObject({ code: 'PROOF_WRONG' });
      expect(socket.destroyed).toBe(true);
    } finally {
      server.close();
    }
  });

  it.each([
    ['says nothing', () => {}],
    ['drips without an end', (socket: Socket) => drip(socket)],
    ['resets', (socket: Socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['closes at once', (socket: Socket) => socket.end()],
    ['speaks something else', (socket: Socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n')],
  ])('is given up, as a dialer, when whoever answers %s', async (_, act: (socket: Socket) => void) => {
    const server = createServer((socket) => act(socket.on('error', () => {})));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      await once(socket, 'connect');
      await expect(secureDial(socket, key, 300)).rejects.toThrow();
      expect(socket.destroyed).toBe(true);
    } finally {
      server.close();
    }
  });

  it('gives a connection that is no TLS to whoever takes those, with all its bytes', async () => {
    const plain = new Arrivals<string>();
    await using house = await House.open({
      metPlain: (socket) => socket.on('data', (chunk: Buffer) => plain.add(chunk.toString())),
    });
    const socket = await house.connect();
    socket.write('hello');
    expect(await plain.next()).toBe('hello');
    socket.write('again');
    expect(await plain.next()).toBe('again');
  });

  it('refuses a connection that is no TLS where nobody takes those', async () => {
    await using house = await House.open();
    const socket = await house.connect();
    socket.write('GET / HTTP/1.1\r\n\r\n');
    expect(await house.refused.next()).toMatchObject({ code: 'FRAME_INVALID' });
    await closed(socket);
  });

  it('waits for a first record that drips in byte by byte', async () => {
    await using house = await House.open();
    const server = createServer((near) => {
      const far = connect({ port: house.port, host: '127.0.0.1', noDelay: true });
      near.on('data', async (chunk: Buffer) => {
        near.pause();
        for (const byte of chunk) await new Promise<void>((done) => far.write(Buffer.of(byte), () => done()));
        near.resume();
      });
      far.on('data', (chunk: Buffer) => near.write(chunk));
      near.on('error', () => {}).on('close', () => far.destroy());
      far.on('error', () => {}).on('close', () => near.destroy());
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    try {
      const stream = await house.dial(key, (server.address() as AddressInfo).port);
      expect((await house.met.next()).who).toBe('server:1:a');
      stream.destroy();
    } finally {
      server.close();
    }
  });

  it.each([
    ['has one byte of a hello', [22, 3, 1, 0, 1, 1]],
    ['has a part of one', [22, 3, 1, 0, 5, 1, 0, 2, 0, 3]],
    ['has something else', [22, 3, 1, 0, 4, 2, 0, 0, 0]],
  ])('refuses a first record that %s: TLS would keep more than that of it', async (_, bytes) => {
    await using house = await House.open();
    const socket = await house.connect();
    socket.write(Buffer.from(bytes));
    expect(await house.refused.next()).toMatchObject({
      code: 'FRAME_INVALID',
      message: expect.stringContaining('its first record is no whole hello'),
    });
    await closed(socket);
  });

  it('refuses a first record that is longer than any with a key', async () => {
    await using house = await House.open();
    const socket = await house.connect();
    socket.write(Buffer.of(22, 3, 1, 0x10, 0x00, 1));
    expect(await house.refused.next()).toMatchObject({ code: 'FRAME_TOO_LARGE' });
    await closed(socket);
  });

  it.each([
    ['says nothing', ''],
    ['begins a record and goes silent', '\x16\x03\x01\x01'],
    ['has named a key by a record that it took from another connection', 'replayed'],
  ])('ends a connection that %s, after its time', async (_, bytes) => {
    await using house = await House.open({ timeoutMs: 200 });
    const socket = await house.connect();
    socket.on('data', () => {});
    socket.write(bytes === 'replayed' ? await house.recordHello(key) : Buffer.from(bytes, 'latin1'));
    expect(await house.refused.next()).toMatchObject({ message: 'no proof within 200 ms' });
    await closed(socket);
    expect(house.door.strangers).toBe(0);
  });

  it('keeps at most so many strangers, and lets go one of whoever has most', async () => {
    await using house = await House.open({ maxStrangers: 3 });
    const sockets: Socket[] = [];
    for (let n = 0; n < 4; n++) {
      sockets.push(await house.connect());
      await expect.poll(() => house.door.strangers).toBe(Math.min(n + 1, 3));
    }
    await closed(sockets[0]!);
    expect(await house.refused.next()).toMatchObject({ message: 'too many connections prove nothing' });
    const stream = await house.dial(key);
    expect((await house.met.next()).who).toBe('server:1:a');
    stream.destroy();
  });

  it('lets in who needs long for its proof while a crowd comes from elsewhere', async () => {
    await using house = await House.open({ maxStrangers: 20 });
    const slow = await house.connect();
    await expect.poll(() => house.door.strangers).toBe(1);
    for (let n = 0; n < 200; n++) await house.connect(house.port, '127.0.0.2');
    await expect.poll(() => house.door.strangers).toBe(20);
    const stream = await secureDial(slow, key, 5000);
    expect((await house.met.next()).who).toBe('server:1:a');
    stream.destroy();
  });
});

/** The head of a long record, and then a byte of it again and again until the other end has gone. */
function drip(socket: Socket): void {
  socket.write(Buffer.of(22, 3, 3, 0x20, 0));
  const timer = setInterval(() => socket.write(Buffer.of(2)), 10);
  socket.once('close', () => clearInterval(timer));
}

/** What arrives from time to time. */
class Arrivals<T> {
  readonly #come: T[] = [];
  #waiting: ((value: T) => void)[] = [];

  add(value: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(value);
    else this.#come.push(value);
  }

  next(): Promise<T> {
    return this.#come.length > 0
      ? Promise.resolve(this.#come.shift()!)
      : new Promise((resolve) => this.#waiting.push(resolve));
  }
}

/** A door with a port. */
class House implements AsyncDisposable {
  readonly met = new Arrivals<{ stream: TLSSocket; who: string }>();
  readonly refused = new Arrivals<Error>();
  readonly door: SecureDoor<string>;
  readonly #server = createServer({ noDelay: true }, (socket) => {
    this.#sockets.add(socket);
    this.door.accept(socket);
  });
  readonly #sockets = new Set<Socket>();

  private constructor(more: Partial<SecureDoorOptions<string>>) {
    this.door = new SecureDoor<string>({
      keyOf: (name) => (name === key.name ? { key: key.key, who: name } : undefined),
      met: (stream, who) => this.met.add({ stream: stream.on('error', () => {}).resume(), who }),
      refused: (error) => this.refused.add(error),
      ...more,
    });
  }

  static async open(more: Partial<SecureDoorOptions<string>> = {}): Promise<House> {
    const house = new House(more);
    await once(house.#server.listen(0, '127.0.0.1'), 'listening');
    return house;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async connect(port = this.port, localAddress = '127.0.0.1'): Promise<Socket> {
    const socket = connect({ port, host: '127.0.0.1', localAddress, noDelay: true }).on('error', () => {});
    this.#sockets.add(socket);
    await once(socket, 'connect');
    return socket;
  }

  async dial(by: NamedKey, port = this.port): Promise<TLSSocket> {
    return secureDial(await this.connect(port), by, 5000);
  }

  /** The first record of a connection that has the key. */
  async recordHello(by: NamedKey): Promise<Buffer> {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const accepted = once(server, 'connection') as Promise<[Socket]>;
    const dialed = this.dial(by, (server.address() as AddressInfo).port).catch(() => {});
    const [socket] = await accepted;
    const [hello] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    await dialed;
    server.close();
    return hello;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.door.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.destroyed) await once(socket, 'close');
}
