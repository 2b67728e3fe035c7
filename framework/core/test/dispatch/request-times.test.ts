import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { GameError } from '../../src/game-error.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const handler = () => ({
  echo: (msg: unknown) => msg,
  later: async (msg: unknown) => msg,
  fails: () => {
    throw new Error('a fault');
  },
  poor: async () => {
    throw new GameError('POOR', {});
  },
  never: () => new Promise(() => {}),
  circle: () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    return circle;
  },
});

const start = (settings: object = {}, clock?: FakeClock) =>
  startGame(
    {
      servers: {
        connector: [{ id: 'connector-1', frontend: true }],
        chat: [{ id: 'chat-1' }],
      },
      handlers: { connector: { handler }, chat: { handler } },
      settings: { client: { dictionary: false }, ...settings },
    },
    clock ? { clock } : {},
  );

/** How many requests of a route ended so, as a server measures it. */
function timesOf(game: RunningGame, id: string, measure: 'requestDuration' | 'requestWork', route: string) {
  const { ok, error, timeout, refused } = game.app(id).counters[measure].of(route);
  return [ok.count, error.count, timeout.count, refused.count];
}

describe.each(['connector', 'chat'])('the times of requests to a handler on %s', (type) => {
  const noted = (game: RunningGame, method: string) =>
    timesOf(game, 'connector-1', 'requestDuration', `${type}.handler.${method}`);

  it('are noted on the frontend by route and by how they ended', async () => {
    await using game = await start({ request: { timeout: '50ms' } });
    await using client = await RawClient.join(game.port('connector-1'));
    const ask = (method: string) => client.request(`${type}.handler.${method}`, {});
    await poll(async () => {
      await ask('echo');
      return noted(game, 'echo')[0];
    }).toBeGreaterThan(0); // the routes of a backend are told once it is there
    const echoes = noted(game, 'echo')[0]!;
    for (const method of ['echo', 'later', 'fails', 'poor', 'never', 'circle']) await ask(method);
    expect(noted(game, 'echo')).toEqual([echoes + 1, 0, 0, 0]);
    expect(noted(game, 'later')).toEqual([1, 0, 0, 0]);
    expect(noted(game, 'fails')).toEqual([0, 1, 0, 0]);
    expect(noted(game, 'poor')).toEqual([0, 1, 0, 0]);
    expect(noted(game, 'never')).toEqual([0, 0, 1, 0]);
    expect(noted(game, 'circle')).toEqual([0, 1, 0, 0]);
    const passedOn = game.app('connector-1').counters.forwardDuration.of('chat');
    const counts = [passedOn.ok, passedOn.error, passedOn.timeout].map(({ count }) => count);
    expect(counts.map((count) => count > 0)).toEqual(new Array(3).fill(type === 'chat'));
    const work = timesOf(game, 'chat-1', 'requestWork', 'chat.handler.later');
    expect(work).toEqual(type === 'chat' ? [1, 0, 0, 0] : [0, 0, 0, 0]);
  });

  it('are those from the arrival to the answer', async () => {
    const clock = new FakeClock();
    await using game = await start({ request: { timeout: '5s' } }, clock);
    await using client = await RawClient.join(game.port('connector-1'));
    await poll(async () => {
      await client.request(`${type}.handler.echo`, {});
      return noted(game, 'echo')[0];
    }).toBeGreaterThan(0);
    const answer = client.request(`${type}.handler.never`, {});
    await clock.letPass(6000);
    await answer;
    const { timeout } = game.app('connector-1').counters.requestDuration.of(`${type}.handler.never`);
    expect(timeout.sum).toBeGreaterThanOrEqual(5);
    expect(timeout.sum).toBeLessThanOrEqual(6.1);
    expect(timeout.buckets.slice(0, 12)).toEqual(new Array(12).fill(0));
  });
});

it('puts routes that nobody has declared into one, whatever clients invent', async () => {
  await using game = await start();
  await using client = await RawClient.join(game.port('connector-1'));
  for (let i = 0; i < 20; i++) await client.request(`chat.invented${i}.method`, {});
  const { requestDuration } = game.app('connector-1').counters;
  expect(requestDuration.other.error.count).toBe(20);
  const [family] = [...game.app('connector-1').allMeasures.all].filter(
    ({ definition }) => definition.name === 'request.duration',
  );
  expect(family!.rows.map(({ value }) => value).filter((route) => route.includes('invented'))).toEqual([]);
});

it('notes a request once that passes global filters', async () => {
  await using game = await startGame({
    servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
    handlers: { connector: { handler }, chat: { handler } },
    settings: { client: { dictionary: false } },
    app: (app) =>
      app.globalFilter({ before: (msg) => ('refuse' in (msg as object) ? { code: 401 } : undefined) }),
  });
  await using client = await RawClient.join(game.port('connector-1'));
  const noted = (type: string) => timesOf(game, 'connector-1', 'requestDuration', `${type}.handler.echo`);
  await poll(async () => {
    await client.request('chat.handler.echo', {});
    return noted('chat')[0];
  }).toBeGreaterThan(0);
  for (const type of ['connector', 'chat']) {
    const [before = 0] = noted(type);
    await client.request(`${type}.handler.echo`, {});
    expect(noted(type)).toEqual([before + 1, 0, 0, 0]);
    await client.request(`${type}.handler.echo`, { refuse: true });
    expect(noted(type)[0]! + noted(type)[1]!).toBe(before + 2);
  }
});

it('notes a request that its backend is too busy for as refused', async () => {
  await using game = await start({
    rpc: { maxPending: 16 },
    client: { maxPendingRequests: 100, dictionary: false },
  });
  await using client = await RawClient.join(game.port('connector-1'));
  await poll(async () => {
    await client.request('chat.handler.echo', {});
    return timesOf(game, 'connector-1', 'requestDuration', 'chat.handler.echo')[0];
  }).toBeGreaterThan(0);
  for (let i = 0; i < 40; i++) void client.request('chat.handler.never', {}).catch(() => {});
  await poll(() => timesOf(game, 'connector-1', 'requestDuration', 'chat.handler.never')[3]).toBeGreaterThan(
    20,
  );
});
