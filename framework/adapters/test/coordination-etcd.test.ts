import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { isPomeloError, reasonOf } from '@pomelo-ts/common';
import { afterEach, describe, expect, it } from 'vitest';
import { EtcdStore } from '../src/coordination-etcd.js';

/** A port where each connection is treated as told, once it has asked something. */
async function portThat(act: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    socket.once('data', () => act(socket)).on('end', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';

/** Sends one line without an end, as fast as it is taken. */
const endless = (socket: Socket) => {
  const more = () => {
    const length = 256 * 1024;
    const text = 'x'.repeat(length);
    if (socket.writable && socket.write(`${length.toString(16)}\r\n${text}\r\n`)) setImmediate(more);
  };
  socket.write(head);
  socket.on('drain', more);
  more();
};

describe('a member of etcd that', () => {
  const states: Readonly<Record<string, (socket: Socket) => void>> = {
    'says nothing': () => {},
    'resets the connection': (socket) => socket.resetAndDestroy(),
    'closes its half': (socket) => socket.end(),
    'ends in the middle of its answer': (socket) => socket.end(`${head}5\r\n{"kvs`),
    'drips its answer': (socket) => {
      socket.write(head);
      const drip = setInterval(() => socket.write('1\r\n \r\n'), 20);
      socket.once('close', () => clearInterval(drip));
    },
    'answers without an end': endless,
    'is no HTTP server': (socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n'),
    'answers what is no object': (socket) => socket.write(`${head}4\r\nnull\r\n0\r\n\r\n`),
  };
  for (const [name, act] of Object.entries(states))
    it(`${name} is told of as one that cannot be reached, and is let go`, async () => {
      await using port = await portThat(act);
      const store = new EtcdStore({ endpoints: [port.endpoint], prefix: 'p/', timeoutMs: 300 });
      for (const work of [() => store.get('leader'), () => store.watch('leader', () => {})]) {
        const error = await work().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(isPomeloError(error, 'STORE_UNREACHABLE'), reasonOf(error)).toBe(true);
      }
      await store.close();
      await expect.poll(() => port.sockets.size).toBe(0);
    });
});

describe('the sign-in to etcd', () => {
  let close: () => Promise<void> = async () => {};
  afterEach(() => close());

  /** A member whose sign-in takes so many ms, and any other answer none. */
  async function memberThatSignsInAfter(ms: number) {
    const server = createHttpServer((request, response) => {
      request.resume().once('end', async () => {
        if (request.url?.endsWith('/auth/authenticate')) await wait(ms, undefined, { ref: false });
        response
          .setHeader('content-type', 'application/json')
          .end(JSON.stringify({ token: 'of the game', kvs: [] }));
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const options = { endpoints: [endpoint], prefix: 'p/', user: 'game', password: 'secret', timeoutMs: 300 };
    const store = new EtcdStore(options);
    close = async () => {
      await store.close();
      server.closeAllConnections();
      server.close();
    };
    return store;
  }

  it('may take longer than an answer, as passwords are hashed slowly on purpose', async () => {
    const store = await memberThatSignsInAfter(600);
    expect(await store.get('leader')).toBeUndefined();
  });

  it('has its own deadline', async () => {
    const store = await memberThatSignsInAfter(60_000);
    await expect(store.get('leader')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });
});
