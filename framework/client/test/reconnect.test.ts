import { describe, expect, it, vi } from 'vitest';
import { ClientError, connect, type StateChange } from '../src/index.js';
import { echo, GameServer } from './game-server.js';
import { ManualClock } from './manual-clock.js';

const codeOf = (error: unknown) => (error instanceof ClientError ? error.code : error);

describe('a lost connection', () => {
  it('comes back with pushes still listened to, and requests in between fail at once', async () => {
    await using server = await GameServer.start({ onMessage: echo });
    await using client = await connect({ url: server.url, reconnect: { minMs: 1, maxMs: 5 } });
    const pushes: unknown[] = [];
    client.on('onX', (body) => pushes.push(body));
    const changes: StateChange[] = [];
    client.onState((change) => changes.push(change));

    const waiting = client.request('a.b.c').catch(codeOf);
    server.peer.socket.terminate();
    expect(await waiting).toBe('DISCONNECTED');
    await vi.waitFor(() => expect(client.state).toBe('open'));
    expect(changes[0]).toMatchObject({ state: 'reconnecting', attempt: 1, error: { code: 'DISCONNECTED' } });
    expect(changes.at(-1)).toEqual({ state: 'open' });

    server.peer.push('onX', { n: 1 });
    await vi.waitFor(() => expect(pushes).toEqual([{ n: 1 }]));
    expect(await client.request('a.b.c', {})).toEqual({ route: 'a.b.c', body: {} });
  });

  it('is tried again after waits of random length under a doubling ceiling, so many times', async () => {
    const clock = new ManualClock();
    const server = await GameServer.start();
    const draws = [0.5, 0.25, 0.75, 0.5];
    const client = await connect({
      url: server.url,
      clock,
      random: () => draws.shift() ?? 0,
      reconnect: { minMs: 100, maxMs: 300, attempts: 4 },
    });
    const changes: StateChange[] = [];
    client.onState((change) => changes.push(change));
    await server[Symbol.asyncDispose]();
    for (let attempt = 1; attempt <= 4; attempt++) {
      await vi.waitFor(() => expect(changes).toHaveLength(attempt));
      expect(await client.request('a.b.c').catch(codeOf)).toBe('DISCONNECTED');
      clock.advance(changes.at(-1)?.delayMs ?? 0);
    }
    await vi.waitFor(() => expect(client.state).toBe('closed'));
    expect(changes.map(({ delayMs }) => delayMs)).toEqual([50, 50, 225, 150, undefined]);
    expect(changes.at(-1)).toMatchObject({ state: 'closed', error: { code: 'CONNECT_FAILED' } });
    expect(await client.request('a.b.c').catch(codeOf)).toBe('CONNECT_FAILED');
    expect(clock.armed).toBe(0);
  });

  it('is given up at once when the server no longer accepts this client', async () => {
    let code = 200;
    await using server = await GameServer.start({ handshake: () => ({ code }) });
    await using client = await connect({ url: server.url, reconnect: { minMs: 1 } });
    code = 501;
    server.peer.socket.terminate();
    await vi.waitFor(() => expect(client.state).toBe('closed'));
    expect(server.peers).toHaveLength(2);
    expect(await client.request('a.b.c').catch(codeOf)).toBe('HANDSHAKE_REFUSED');
  });

  it('stays lost after close(), also in the middle of a wait or an attempt', async () => {
    const clock = new ManualClock();
    await using server = await GameServer.start();
    const client = await connect({ url: server.url, clock, reconnect: { minMs: 1000 }, random: () => 0.5 });
    server.peer.socket.terminate();
    await vi.waitFor(() => expect(client.state).toBe('reconnecting'));
    await client.close();
    expect([client.state, clock.armed]).toEqual(['closed', 0]);

    const other = await connect({ url: server.url, clock, reconnect: { minMs: 1000 }, random: () => 0.5 });
    server.peer.socket.terminate();
    await vi.waitFor(() => expect(other.state).toBe('reconnecting'));
    clock.advance(500);
    await other.close();
    expect([other.state, clock.armed]).toEqual(['closed', 0]);
    for (const peer of server.peers) await vi.waitFor(() => expect(peer.socket.readyState).toBe(3));
  });

  it('comes back after a kick only when asked to', async () => {
    await using server = await GameServer.start();
    await using client = await connect({ url: server.url, reconnect: { minMs: 1, afterKick: true } });
    server.peer.kick('drained');
    await vi.waitFor(() => expect(server.peers).toHaveLength(2));
    await vi.waitFor(() => expect(client.state).toBe('open'));
  });

  it('comes back when a server that stops has sent it away', async () => {
    await using server = await GameServer.start();
    await using client = await connect({ url: server.url, reconnect: { minMs: 1 } });
    server.peer.kick('shutdown');
    await vi.waitFor(() => expect(server.peers).toHaveLength(2));
    await vi.waitFor(() => expect(client.state).toBe('open'));
  });
});

describe('a gate', () => {
  it('is asked for the connector, before the first connection and before every other', async () => {
    await using one = await GameServer.start({ onMessage: echo });
    await using two = await GameServer.start({ onMessage: echo });
    const asked: unknown[] = [];
    await using gate = await GameServer.start({
      onMessage: ({ id, route, body, peer }) => {
        asked.push([route, JSON.parse(Buffer.from(body).toString())]);
        peer.respond(id, { code: 200, host: '127.0.0.1', port: asked.length === 1 ? one.port : two.port });
      },
    });
    await using client = await connect({
      gate: { host: '127.0.0.1', port: gate.port, uid: 'ann' },
      reconnect: { minMs: 1 },
    });
    expect(client.url).toBe(one.url);
    expect(asked).toEqual([['gate.gateHandler.queryEntry', { uid: 'ann' }]]);
    one.peer.socket.terminate();
    await vi.waitFor(() => expect(client.url).toBe(two.url));
    expect(asked).toHaveLength(2);
    for (const peer of gate.peers) await vi.waitFor(() => expect(peer.socket.readyState).toBe(3));
  });

  it('gets the route and body that were named', async () => {
    await using server = await GameServer.start();
    let asked: unknown;
    await using gate = await GameServer.start({
      onMessage: ({ id, route, body, peer }) => {
        asked = [route, JSON.parse(Buffer.from(body).toString())];
        peer.respond(id, { url: server.url });
      },
    });
    await using client = await connect({
      gate: { url: gate.url, route: 'lobby.entryHandler.find', body: { region: 'eu' } },
    });
    expect([client.url, asked]).toEqual([server.url, ['lobby.entryHandler.find', { region: 'eu' }]]);
  });

  it.each([{ code: 500 }, { code: 500, host: 'h', port: 1 }, {}, null, 'text'])(
    'that answers %o refuses',
    async (answer) => {
      await using gate = await GameServer.start({ onMessage: ({ id, peer }) => peer.respond(id, answer) });
      const error = await connect({ gate: { url: gate.url } }).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: 'GATE_REFUSED', facts: { route: 'gate.gateHandler.queryEntry' } });
    },
  );

  it('that is down fails the connection', async () => {
    const gate = await GameServer.start();
    const { url } = gate;
    await gate[Symbol.asyncDispose]();
    expect(await connect({ gate: { url } }).catch(codeOf)).toBe('CONNECT_FAILED');
  });
});
