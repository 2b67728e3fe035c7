import { type Logger, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { packageType } from '@pomelo-ts/protocol';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { OneAddress } from '../../src/acceptor/one-address.js';
import { Origins } from '../../src/acceptor/origins.js';
import type { Application } from '../../src/application.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

interface Parts {
  readonly client?: object;
  readonly max?: number;
  readonly clock?: FakeClock;
  readonly logger?: Logger;
  readonly env?: string;
}

const signIn = 'connector.entryHandler.signIn';

function game({ client = {}, max, ...options }: Parts): Promise<RunningGame> {
  return startGame(
    {
      servers: {
        connector: [{ id: 'connector-1', frontend: true, ...(max && { 'max-connections': max }) }],
      },
      ...(options.env && { env: options.env }),
      handlers: {
        connector: {
          entryHandler: (_app: Application) => ({
            signIn: ({ uid }: { uid: string }, session: { bind(uid: string): Promise<void> }) =>
              session.bind(uid).then(() => ({ uid })),
            signOut: (_msg: unknown, session: { unbind(): Promise<void> }) =>
              session.unbind().then(() => ({})),
          }),
        },
      },
      settings: { client: { dictionary: false, trustedProxies: ['127.0.0.1'], ...client } },
    },
    options,
  );
}

/** Clients that stay until the end of a test. */
class Crowd implements AsyncDisposable {
  readonly #port: number;
  readonly #all: RawClient[] = [];

  constructor(running: RunningGame) {
    this.#port = running.port('connector-1');
  }

  /** A client that seems to come from `address`. */
  async join(address: string): Promise<RawClient> {
    const client = await RawClient.join(this.#port, { headers: { 'x-forwarded-for': address } });
    this.#all.push(client);
    await client.next(packageType.heartbeat); // the server has it at work now
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#all) await client[Symbol.asyncDispose]();
  }
}

describe('a frontend that is full', () => {
  it('lets strangers in for those of a crowd from one address that have no uid, the oldest first', async () => {
    await using running = await game({ max: 20 });
    await using crowd = new Crowd(running);
    const many: RawClient[] = [];
    for (let i = 0; i < 20; i++) many.push(await crowd.join('192.0.2.1'));
    for (let i = 0; i < 10; i++) await crowd.join(`198.51.100.${i}`);
    for (const [i, one] of many.entries()) {
      if (i >= 10) expect(one.closeCode).toBeUndefined();
      else {
        await one.closed();
        expect(one.kicked).toBe('full');
      }
    }
    expect(running.count('connector-1', 'client.crowdedOut')).toBe(10);
    await expect(crowd.join('192.0.2.1')).rejects.toThrow('this server is full');
  });

  it('keeps who has a uid, and households', async () => {
    await using running = await game({ max: 20 });
    await using crowd = new Crowd(running);
    const players: RawClient[] = [];
    for (let i = 0; i < 12; i++) {
      const player = await crowd.join('192.0.2.1');
      await player.request(signIn, { uid: `player-${i}` });
      players.push(player);
    }
    for (let i = 0; i < 8; i++) await crowd.join('192.0.2.2');
    await expect(crowd.join('198.51.100.1')).rejects.toThrow('this server is full');
    await players[0]!.request('connector.entryHandler.signOut', {});
    await expect(crowd.join('198.51.100.1')).rejects.toThrow('this server is full');
    expect(running.count('connector-1', 'client.crowdedOut')).toBe(0);
    for (const player of players.slice(1, 9)) await player.request('connector.entryHandler.signOut', {});
    await crowd.join('198.51.100.1');
    await players[0]!.closed();
  });

  it('refuses one address more than its number, over WebSocket and TCP, and no other', async () => {
    await using running = await game({ client: { maxConnectionsPerAddress: 2 } });
    await using crowd = new Crowd(running);
    const first = await crowd.join('2001:db8::1');
    await crowd.join('2001:db8::2');
    await expect(crowd.join('2001:db8::3')).rejects.toThrow(
      '429 {"code":429,"message":"too many connections from your address"}',
    );
    await crowd.join('2001:db8:0:1::1');
    const port = running.port('connector-1');
    await using _one = await RawClient.join(port, { transport: 'tcp' });
    await using _two = await RawClient.join(port, { transport: 'tcp' });
    await using three = await RawClient.connect(port, { transport: 'tcp' });
    expect(await three.handshake({ sys: { type: 'raw', version: '1' } })).toMatchObject({ code: 429 });
    expect(running.count('connector-1', 'client.refused.address')).toBe(2);
    await first[Symbol.asyncDispose]();
    await poll(() => running.servers.get('connector-1')!.connections).toBe(4);
    await crowd.join('2001:db8::3');
  });
});

describe('a frontend whose clients all come from one address', () => {
  const linesOf = (): { lines: string[]; logger: Logger } => {
    const lines: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (text) => void lines.push(text), child: () => logger };
    return { lines, logger };
  };

  it.each([
    [
      'production',
      [expect.stringContaining('50 clients of 50 come from 127.0.0.1: is that a load balancer?')],
    ],
    ['development', []],
  ])('asks once whether that is a load balancer, in %s', async (env, expected) => {
    const { lines, logger } = linesOf();
    const clock = new FakeClock();
    const client = { trustedProxies: [], heartbeat: '100s' };
    await using running = await game({ clock, logger, env, client });
    await using crowd = new Crowd(running);
    for (let i = 0; i < 50; i++) await crowd.join('198.51.100.1');
    for (let i = 0; i < 125; i++) clock.pass(1000);
    expect(lines.filter((line) => line.includes('load balancer'))).toEqual(expected);
  });

  it.each([
    ['10.0.0.5', 45, true],
    ['10.0.0.5', 44, false],
    ['fd00::1', 50, true],
    ['203.0.113.5', 50, false],
    ['2001:db8::1', 50, false],
  ])('from %s, %s of 50: is told %s', (address, count, told) => {
    const { lines, logger } = linesOf();
    const origins = new Origins();
    for (let i = 0; i < 50; i++) {
      const from = i < count ? address : `198.51.100.${i}`;
      origins.enter(from).clients++;
    }
    new OneAddress({ clients: 50, origins }, logger).look(60);
    expect(lines.length === 1).toBe(told);
  });
});

it('clients are told by how far they are: in their handshake, without a uid, and bound to one', async () => {
  await using running = await game({});
  const states = () => {
    const { allMeasures, counters } = running.app('connector-1');
    allMeasures.refresh();
    const { handshake, guest, bound } = counters.clientStates;
    return [handshake.value, guest.value, bound.value, counters.clientConnected.value];
  };
  const port = running.port('connector-1');
  await using one = await RawClient.join(port);
  await using _other = await RawClient.join(port);
  await using _silent = await RawClient.connect(port);
  await poll(states).toEqual([1, 2, 0, 3]);
  await one.request(signIn, { uid: 'ann' });
  await poll(states).toEqual([1, 1, 1, 3]);
  await one.request('connector.entryHandler.signOut', {});
  await poll(states).toEqual([1, 2, 0, 3]);
  one.destroy();
  await poll(states).toEqual([1, 1, 0, 2]);
});
