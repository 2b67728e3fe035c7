import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type GameParts, TemporaryGame } from '../../../test/helpers/temporary-game.js';
import type { Session } from '../src/session.js';
import {
  expectPush,
  FakeClock,
  startCluster,
  type TestCluster,
  type TestClusterOptions,
} from '../src/testing.js';
import { poll } from './poll.js';

const parts: GameParts = {
  env: 'development',
  servers: {
    gate: [{ id: 'gate-1', frontend: true }],
    connector: [
      { id: 'connector-1', frontend: true },
      { id: 'connector-2', frontend: true },
    ],
    chat: [{ id: 'chat-1' }],
  },
  handlers: {
    connector: {
      entryHandler: () => ({
        login: async ({ name }: { name: string }, session: Session) => {
          await session.bind(name);
          return { on: session.frontendId };
        },
      }),
    },
    chat: {
      chatHandler: (app) => ({
        join: (_msg: object, session: Session) => ({ in: app.channels.create('room').add(session) }),
        say: ({ text }: { text: string }, session: Session) =>
          app.channels.create('room').deliver('onChat', { text, from: { uid: session.uid } }),
        who: (_msg: object, session: Session) => ({
          uid: session.uid ?? null,
          rid: session.get('rid') ?? null,
        }),
        never: () => new Promise(() => {}),
      }),
    },
  },
};

let files: TemporaryGame | undefined;
afterEach(() => files?.[Symbol.dispose]());

async function start(options: TestClusterOptions = {}): Promise<TestCluster> {
  files = await TemporaryGame.make(parts);
  return startCluster({ root: files.root, ...options });
}

describe('a test cluster', () => {
  it('is one whose servers all know of each other', async () => {
    await using cluster = await start();
    const { servers } = cluster;
    for (const { id } of servers)
      expect(cluster.app(id).registry.all.map((one) => `${one.id} ${one.state}`)).toEqual(
        servers.map((one) => `${one.id} ready`),
      );
  });

  it('gives the hooks of the game their time when it stops', async () => {
    const cluster = await start();
    const ended: string[] = [];
    for (const id of ['connector-1', 'chat-1'])
      cluster.app(id).lifecycle({
        async beforeShutdown(app) {
          await setTimeout(5);
          ended.push(app.serverId);
        },
      });
    await cluster.stop();
    expect(ended.sort()).toEqual(['chat-1', 'connector-1']);
  });

  it('opens no port, and lets clients in all the same', async () => {
    await using cluster = await start();
    const { port } = addressOf(cluster, 'connector-1');
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
    await using ann = await cluster.connectClient({ server: 'connector-1' });
    expect(await ann.request('connector.entryHandler.login', { name: 'ann' })).toEqual({ on: 'connector-1' });
    expect(await ann.request('chat.chatHandler.who')).toEqual({ uid: 'ann', rid: null });
    expect(cluster.server('connector-1').connections).toBe(1);
  });

  it('opens free ports when it is told to, and its gate names them', async () => {
    await using cluster = await start({ ports: true });
    const { port } = addressOf(cluster, 'gate-1');
    const health = await fetch(`http://127.0.0.1:${port}/readyz`);
    expect(health.status).toBe(200);
    await using ann = await cluster.connectClient({ uid: 'ann', throughGate: true });
    const ports = ['connector-1', 'connector-2'].map((id) => addressOf(cluster, id).port);
    expect(ports).toContain(Number(new URL(ann.url!).port));
    expect(port).not.toBe(files!.config.servers.find(({ id }) => id === 'gate-1')!.clientPort);
  });

  it('opens free ports for further acceptors too, and the registry tells them', async () => {
    const connectors: number[] = [];
    await using cluster = await start({
      ports: true,
      changeServer: ({ type, clientPort }) => {
        if (type !== 'connector') return {};
        connectors.push(clientPort!);
        return { acceptors: [{ name: 'hybrid', port: clientPort! }] };
      },
    });
    const [further] = cluster.servers.find(({ id }) => id === 'connector-1')!.acceptors!;
    expect(connectors).not.toContain(further!.port);
    expect((await fetch(`http://127.0.0.1:${further!.port}/readyz`)).status).toBe(200);
  });

  it('sends a client where the gate would', async () => {
    await using cluster = await start();
    for (const uid of ['ann', 'bob', 'cleo', 'dora']) {
      await using direct = await cluster.connectClient({ uid });
      await using asked = await cluster.connectClient({ uid, throughGate: true });
      expect(direct.url).toBe(asked.url);
    }
  });

  it('binds a session and gives it settings before its first request', async () => {
    await using cluster = await start();
    const clients = await Promise.all(
      ['ann', 'bob', 'cleo'].map((uid) =>
        cluster.connectClient({
          uid,
          bind: true,
          settings: { rid: `room of ${uid}` },
          server: 'connector-1',
        }),
      ),
    );
    expect(await Promise.all(clients.map((client) => client.request('chat.chatHandler.who')))).toEqual(
      ['ann', 'bob', 'cleo'].map((uid) => ({ uid, rid: `room of ${uid}` })),
    );
  });

  it('has only the types that are asked for, with the changes that are asked for', async () => {
    await using cluster = await start({
      types: ['connector', 'chat'],
      changeServer: ({ id }) => (id === 'chat-1' ? { weight: 7 } : {}),
      settings: { session: { perUid: 'refuse' } },
    });
    expect(cluster.servers.map(({ id }) => id).sort()).toEqual(['chat-1', 'connector-1', 'connector-2']);
    expect(cluster.app('chat-1').server.weight).toBe(7);
    const { settings } = cluster.app('chat-1').settings;
    expect(settings.session.perUid).toBe('refuse');
    expect(settings.tracing).toBe(false); // what is off stays off
    expect(() => cluster.app('chat-2')).toThrow(
      'there is no server chat-2; known are: chat-1, connector-1, connector-2',
    );
    await expect(cluster.connectClient({ throughGate: true })).rejects.toThrow('this cluster has no gate');
    await expect(cluster.connectClient({ server: 'chat-1' })).rejects.toThrow('there is no frontend chat-1');
  });

  it('moves its time only when told to, with a fake clock', async () => {
    const clock = new FakeClock();
    await using cluster = await start({ clock });
    await using ann = await cluster.connectClient();
    const asked = ann.request('chat.chatHandler.never');
    await poll(() => cluster.server('chat-1').busy).toBe(true);
    await clock.letPass(30_000);
    expect(await asked).toMatchObject({ code: 504 });
  });

  it('is gone when it is disposed, with its clients', async () => {
    const cluster = await start();
    const ann = await cluster.connectClient();
    await cluster.stop();
    expect(ann.state).toBe('closed');
  });
});

describe('inject', () => {
  it('gives the answer to one request of a player who leaves again', async () => {
    await using cluster = await start();
    expect(await cluster.inject('chat.chatHandler.who')).toEqual({ uid: null, rid: null });
    expect(
      await cluster.inject('chat.chatHandler.who', {}, { uid: 'ann', settings: { rid: 'lobby' } }),
    ).toEqual({
      uid: 'ann',
      rid: 'lobby',
    });
    expect(await cluster.inject('chat.chatHandler.nope')).toMatchObject({ code: 404 });
    await poll(
      () => cluster.server('connector-1').connections + cluster.server('connector-2').connections,
    ).toBe(0);
  });
});

describe('expectPush', () => {
  it('takes pushes by route and by what is in them, also those that came before', async () => {
    await using cluster = await start();
    await using ann = await cluster.connectClient({ uid: 'ann', bind: true });
    await using bob = await cluster.connectClient({ uid: 'bob', bind: true });
    await ann.request('chat.chatHandler.join');
    await bob.request('chat.chatHandler.join');
    await ann.request('chat.chatHandler.say', { text: 'one' });
    await bob.request('chat.chatHandler.say', { text: 'two' });
    expect(await expectPush(ann, 'onChat', { from: { uid: 'bob' } })).toEqual({
      text: 'two',
      from: { uid: 'bob' },
    });
    expect(await expectPush(ann, 'onChat')).toMatchObject({ text: 'one' });
    const late = expectPush<{ text: string }>(ann, 'onChat', (body: { text: string }) =>
      body.text.startsWith('th'),
    );
    await bob.request('chat.chatHandler.say', { text: 'three' });
    expect((await late).text).toBe('three');
    expect(ann.pushes.waiting).toEqual([]);
    expect(bob.pushes.waiting).toHaveLength(3);
  });

  it('tells what came instead when the push does not come', async () => {
    await using cluster = await start();
    await using ann = await cluster.connectClient({ uid: 'ann', bind: true });
    await expect(expectPush(ann, 'onChat', { text: 'x' }, { timeoutMs: 1 })).rejects.toThrow(
      'expected a push onChat with {"text":"x"} within 1 ms; no other push came',
    );
    await ann.request('chat.chatHandler.join');
    await ann.request('chat.chatHandler.say', { text: 'y' });
    await expect.poll(() => ann.pushes.waiting.length).toBe(1);
    await expect(expectPush(ann, 'onChat', { text: 'x' }, { timeoutMs: 1 })).rejects.toThrow(
      'these came instead:\n  onChat {"text":"y","from":{"uid":"ann"}}',
    );
  });
});

function addressOf(cluster: TestCluster, id: string): { port: number } {
  return { port: cluster.servers.find((one) => one.id === id)!.clientPort! };
}
