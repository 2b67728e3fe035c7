import { describe, expect, it } from 'vitest';
import { RawClient, type RawClientOptions } from '../../../../test/helpers/raw-client.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const waits = 'chat.handler.wait';

function start(settings: object = {}, connector: object = {}): Promise<RunningGame> {
  const handler = () => ({ wait: () => new Promise(() => {}), echo: (msg: unknown) => msg });
  return startGame({
    servers: { connector: [{ id: 'connector-1', frontend: true, ...connector }], chat: [{ id: 'chat-1' }] },
    handlers: { chat: { handler }, connector: { handler } },
    settings: { client: { dictionary: false, trustedProxies: ['127.0.0.1'] }, ...settings },
  });
}

/** A client that comes from `address`, by a proxy. */
const from = (address: string): RawClientOptions => ({ headers: { 'x-forwarded-for': address } });

/** Sends requests that are never answered, and waits until the server has read them. */
async function flood(client: RawClient, count: number): Promise<void> {
  for (let i = 0; i < count; i++) client.sendMessage(waits);
  await client.request('connector.handler.echo');
}

describe('clients that fill what may wait for a backend', () => {
  it('leave room for everybody else', async () => {
    await using game = await start();
    const port = game.port('connector-1');
    const greedy = await Promise.all(Array.from({ length: 60 }, () => RawClient.join(port)));
    await Promise.all(greedy.map((one) => flood(one, 255)));
    expect(game.count('connector-1', 'forward.overloaded')).toBeGreaterThan(0);
    await using honest = await RawClient.join(port);
    for (let n = 0; n < 20; n++) expect(await honest.request('chat.handler.echo', { n })).toEqual({ n });
    // Those that took most are told so.
    expect(await greedy[0]!.request('chat.handler.echo')).toMatchObject({
      code: 503,
      message: expect.stringMatching(/requests of this session are already waiting|calls to chat-1/),
    });
    await Promise.all(greedy.map((one) => one[Symbol.asyncDispose]()));
  }, 30_000);

  it('take nothing with them when they leave: their places are free at once', async () => {
    await using game = await start();
    const port = game.port('connector-1');
    const greedy = await Promise.all(Array.from({ length: 60 }, () => RawClient.join(port)));
    await Promise.all(greedy.map((one) => flood(one, 200)));
    const server = game.servers.get('connector-1')!;
    await Promise.all(greedy.map((one) => one[Symbol.asyncDispose]()));
    await poll(() => server.connections).toBe(0);
    await using one = await RawClient.join(port, from('10.0.0.1'));
    await flood(one, 255);
    expect(one.answers).toHaveLength(1);
    expect(server.app.counters.requestTooMany.value).toBe(0);
  }, 30_000);

  it('cannot come and go for ever: what they leave behind counts for their address, and for no other', async () => {
    await using game = await start({ request: { timeout: '2s' }, rpc: { maxPending: 2000 } });
    const port = game.port('connector-1');
    const churn = async (): Promise<number> => {
      await using one = await RawClient.join(port, from('10.0.0.9'));
      await flood(one, 100);
      return one.answers.filter(({ body }) => body.includes('503')).length;
    };
    const refused: number[] = [];
    for (let i = 0; i < 20; i++) refused.push(await churn());
    expect(refused[0]).toBe(0);
    expect(refused.at(-1)).toBe(100);
    await using honest = await RawClient.join(port, from('10.0.0.1'));
    await flood(honest, 50);
    expect(honest.answers).toHaveLength(1);
    await using again = await RawClient.join(port, from('10.0.0.9'));
    // What is worked on ends in time, and the address is as good as any.
    await expect
      .poll(() => again.request('chat.handler.echo', { n: 1 }), { timeout: 10_000 })
      .toEqual({ n: 1 });
  }, 30_000);
});

describe('notifies that wait', () => {
  it.each(['connector', 'chat'])('of one client on %s leave room for those of others', async (type) => {
    const client = { dictionary: false, maxPendingNotifies: 100 };
    await using game = await start({ client });
    await using greedy = await RawClient.join(game.port('connector-1'));
    await using honest = await RawClient.join(game.port('connector-1'));
    // Requests that wait are none of their number.
    await flood(greedy, 200);
    for (let i = 0; i < 500; i++) greedy.notify(`${type}.handler.wait`);
    await greedy.request(`${type}.handler.echo`);
    expect(game.count(`${type}-1`, 'request.droppedNotifies')).toBe(450);
    for (let i = 0; i < 20; i++) honest.notify(`${type}.handler.wait`);
    await honest.request(`${type}.handler.echo`);
    expect(game.count(`${type}-1`, 'request.droppedNotifies')).toBe(450);
  });
});

describe('a full frontend', () => {
  it('lets a client in for one of many from one address that do not get on with their handshake', async () => {
    await using game = await start({}, { 'max-connections': 10 });
    const port = game.port('connector-1');
    await using player = await RawClient.join(port, from('10.0.0.1'));
    const idle = await Promise.all(
      Array.from({ length: 9 }, () => RawClient.connect(port, from('10.0.0.9'))),
    );
    await using other = await RawClient.join(port, from('10.0.0.2'));
    expect(await other.request('connector.handler.echo', { n: 1 })).toEqual({ n: 1 });
    await poll(() => idle.filter(({ closeCode }) => closeCode !== undefined).length).toBe(1);
    // Each of these comes from another address: none of them gives way.
    for (let i = 0; i < 7; i++) await RawClient.join(port, from(`10.0.1.${i}`));
    await expect(RawClient.join(port, from('10.0.2.1'))).rejects.toThrow('503 ');
    expect(await player.request('connector.handler.echo', { n: 2 })).toEqual({ n: 2 });
  });
});
