import { crc32 } from 'node:zlib';
import { connect } from '@pomelo-ts/client';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../test/helpers/raw-client.js';
import type { Session } from '../src/session.js';
import { poll } from './poll.js';
import { type RunningGame, startGame } from './running-game.js';

interface Ticket {
  readonly code: number;
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly message?: string;
}

function start(gate: object = {}, only?: string[]): Promise<RunningGame> {
  return startGame(
    {
      servers: {
        gate: [{ id: 'gate-1', frontend: true }],
        connector: [
          { id: 'connector-1', frontend: true, clientHost: 'play.example' },
          { id: 'connector-2', frontend: true },
          { id: 'connector-3', frontend: true },
        ],
      },
      settings: { gate, client: { origins: ['https://page.example'] } },
      handlers: { connector: { handler: () => ({ echo: (msg: unknown) => msg }) } },
    },
    only ? { only } : {},
  );
}

async function query(client: RawClient, uids: unknown[]): Promise<Ticket[]> {
  return Promise.all(uids.map((uid) => client.request<Ticket>('gate.gateHandler.queryEntry', { uid })));
}

const uids = Array.from({ length: 60 }, (_, i) => `player-${i}`);

describe('a gate', () => {
  it('sends a uid to its connector, at the address that clients are told', async () => {
    await using game = await start();
    await using client = await RawClient.join(game.port('gate-1'));
    const tickets = await query(client, uids);
    for (const { code, id, host, port } of tickets) {
      expect(code).toBe(200);
      expect(port).toBe(game.port(id));
      expect(host).toBe(id === 'connector-1' ? 'play.example' : '127.0.0.1');
    }
    expect(await query(client, uids)).toEqual(tickets);
    expect(new Set(tickets.map(({ id }) => id)).size).toBe(3);
  });

  it('by hash moves only the players of a connector that goes', async () => {
    await using game = await start();
    await using client = await RawClient.join(game.port('gate-1'));
    const before = await query(client, uids);
    await game.stop('connector-2');
    await poll(async () => (await query(client, uids)).some(({ id }) => id === 'connector-2')).toBe(false);
    const after = await query(client, uids);
    for (const [index, { id }] of before.entries())
      if (id !== 'connector-2') expect(after[index]!.id).toBe(id);
  });

  it('by modulo takes the rest of the signed crc32, as pomelo does', async () => {
    await using game = await start({ strategy: 'modulo' });
    await using client = await RawClient.join(game.port('gate-1'));
    const tickets = await query(client, uids);
    expect(tickets.map(({ id }) => id)).toEqual(
      uids.map((uid) => `connector-${(Math.abs(crc32(uid) | 0) % 3) + 1}`),
    );
    // crc32 of "a" is 0xe8b7be43, as a signed number -390611389.
    expect((await query(client, ['a']))[0]!.id).toBe(`connector-${(390_611_389 % 3) + 1}`);
  });

  it('by least takes the connector with the fewest clients, those on their way included', async () => {
    await using game = await start({ strategy: 'least' });
    await using client = await RawClient.join(game.port('gate-1'));
    const counts = new Map<string, number>();
    for (const { id } of await query(client, uids)) counts.set(id, (counts.get(id) ?? 0) + 1);
    expect([...counts.values()]).toEqual([20, 20, 20]);
  });

  it.each([[undefined], [''], [null], [{}], [true]])('answers code 500 for %j as uid', async (uid) => {
    await using game = await start({}, ['gate-1', 'connector-1']);
    await using client = await RawClient.join(game.port('gate-1'));
    expect(await query(client, [uid])).toEqual([{ code: 500 }]);
    expect(await query(client, [0])).toMatchObject([{ code: 200 }]);
  });

  it('says so at once when no connector is ready', async () => {
    await using game = await start({}, ['gate-1']);
    await using client = await RawClient.join(game.port('gate-1'));
    expect(await query(client, ['u1'])).toEqual([{ code: 503, message: 'No connector is ready.' }]);
    const response = await fetch(`http://127.0.0.1:${game.port('gate-1')}/ticket?uid=u1`);
    expect([response.status, await response.json()]).toEqual([
      503,
      { code: 503, message: 'No connector is ready.' },
    ]);
    await game.start('connector-1');
    await poll(() => query(client, ['u1'])).toMatchObject([{ code: 200 }]);
  });

  it('gives the same over HTTP, to the pages that may connect', async () => {
    await using game = await start();
    const base = `http://127.0.0.1:${game.port('gate-1')}`;
    await using client = await RawClient.join(game.port('gate-1'));
    const [ticket] = await query(client, ['u1']);
    const response = await fetch(`${base}/ticket?uid=u1`, { headers: { origin: 'https://page.example' } });
    expect(await response.json()).toEqual(ticket);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://page.example');
    const other = await fetch(`${base}/ticket?uid=u1`, { headers: { origin: 'https://evil.example' } });
    expect(other.headers.get('access-control-allow-origin')).toBeNull();
    const without = await fetch(`${base}/ticket`);
    expect([without.status, await without.json()]).toEqual([
      400,
      { code: 400, message: 'expected /ticket?uid=…' },
    ]);
    expect((await fetch(`http://127.0.0.1:${game.port('connector-2')}/ticket?uid=u1`)).status).toBe(404);
  });

  it('tells the URL of a connector beside host and port, and our client dials that', async () => {
    await using game = await startGame({
      servers: {
        gate: [{ id: 'gate-1', frontend: true }],
        connector: [
          // Nobody answers at that name: a client that ignored the URL would fail.
          {
            id: 'connector-1',
            frontend: true,
            clientHost: 'nowhere.invalid',
            clientUrl: 'ws://localhost:1/{id}',
          },
        ],
      },
      handlers: { connector: { handler: () => ({ where: () => ({ at: 'connector-1' }) }) } },
    });
    const gate = game.port('gate-1');
    const ticket = await (await fetch(`http://127.0.0.1:${gate}/ticket?uid=u1`)).json();
    const port = game.port('connector-1');
    const told = {
      code: 200,
      id: 'connector-1',
      host: 'nowhere.invalid',
      port,
      url: 'ws://localhost:1/connector-1',
    };
    expect(ticket).toEqual(told);
    await using client = await RawClient.join(gate);
    expect(await query(client, ['u1'])).toEqual([told]);
    await expect(connect({ gate: { host: '127.0.0.1', port: gate, uid: 'u1' } })).rejects.toMatchObject({
      code: 'CONNECT_FAILED',
      facts: { url: 'ws://localhost:1/connector-1' },
    });
  });
});

describe('a gate whose connectors have no address but all of their machine', () => {
  const servers = (host: string) => ({
    gate: [{ id: 'gate-1', host, frontend: true }],
    connector: [{ id: 'connector-1', host, frontend: true }],
  });
  const handlers = {
    connector: {
      handler: () => ({ whence: (_: unknown, { remoteAddress }: Session) => ({ remoteAddress }) }),
    },
  };

  it.each(['::', '0.0.0.0'])(
    'sends clients to the host at which they have reached it, with host %s',
    async (host) => {
      await using game = await startGame({ servers: servers(host), handlers });
      const port = game.port('gate-1');
      const reached = ['127.0.0.1', 'localhost', '127.0.0.3', '[::1]'];
      for (const name of reached) {
        const answer = await fetch(`http://${name}:${port}/ticket?uid=u1`);
        const bare = name.replace(/[[\]]/g, '');
        expect(await answer.json()).toMatchObject({ host: bare });
        await using ws = await RawClient.join(port, { host: name });
        expect(await query(ws, ['u1'])).toMatchObject([{ host: bare }]);
        await using tcp = await RawClient.join(port, { host: bare, transport: 'tcp' });
        expect(await query(tcp, ['u1'])).toMatchObject([
          { host: name === 'localhost' ? expect.any(String) : bare },
        ]);
        const player = await connect({ gate: { host: name, port, uid: 'u1' } });
        const { remoteAddress } = (await player.request('connector.handler.whence')) as {
          remoteAddress: string;
        };
        expect(['127.0.0.1', '::1']).toContain(remoteAddress); // never ::ffff:127.0.0.1
        await player.close();
      }
    },
  );
});
