import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { NoPlace, probe } from '../../src/probe/probe-client.js';

/** What answers a probe, each in its own way. */
async function answering(answer: RequestListener): Promise<Server & AsyncDisposable> {
  const server = createServer(answer);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, {
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

const at = (server: Server, timeoutMs = 5000) =>
  probe({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, word: 'a word', timeoutMs });

describe('a probe', () => {
  it('knows nothing of a server that is full', async () => {
    await using server = await answering((_request, response) => response.writeHead(503).end());
    await expect(at(server)).rejects.toBeInstanceOf(NoPlace);
  });

  it('tells how far it came: where it is refused, where nobody listens, where all is silent, and where nonsense comes', async () => {
    await using refuses = await answering((_request, response) => response.writeHead(403).end());
    await expect(at(refuses)).rejects.toMatchObject({
      ...{
        stage: 'connection',
        message: expect.stringMatching(/^it was refused with status 403: .*blacklist/),
      },
    });
    await using silent = await answering(() => {});
    await expect(at(silent, 50)).rejects.toMatchObject({
      ...{ stage: 'connection', message: 'nothing came within 50 ms' },
    });
    const webSockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(webSockets, 'listening');
    webSockets.on('connection', (ws) => ws.on('message', () => ws.send(Buffer.from('nonsense'))));
    const { port } = webSockets.address() as AddressInfo;
    await expect(probe({ host: '127.0.0.1', port, word: 'a word', timeoutMs: 5000 })).rejects.toMatchObject({
      stage: 'handshake',
    });
    await new Promise((resolve) => webSockets.close(resolve));
    await expect(probe({ host: '127.0.0.1', port, word: 'a word', timeoutMs: 5000 })).rejects.toMatchObject({
      stage: 'connection',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});
