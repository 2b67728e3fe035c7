import { Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { type RateLimit, RateLimiter, type Sender } from '../../src/dispatch/rate-limit.js';
import { TokenBucket } from '../../src/dispatch/token-bucket.js';
import { coreMeasures } from '../../src/measures.js';
import { type RunningGame, startGame } from '../running-game.js';

describe('a token bucket', () => {
  it('lets a burst pass, and then its rate', () => {
    const bucket = new TokenBucket({ perSecond: 2, burst: 3 }, 0);
    expect([1, 2, 3].map(() => bucket.take(1, 0))).toEqual([0, 0, 0]);
    expect(bucket.take(1, 0)).toBe(500);
    expect(bucket.take(1, 499)).toBe(1);
    expect(bucket.take(1, 500)).toBe(0);
    expect(bucket.isFull(1999)).toBe(false);
    expect(bucket.isFull(2000)).toBe(true);
  });

  it('lets what costs more than its burst pass when it is full, and makes up for it', () => {
    const bucket = new TokenBucket({ perSecond: 10 }, 0);
    expect(bucket.take(30, 0)).toBe(0);
    expect(bucket.take(1, 2000)).toBe(100);
    expect(bucket.take(1, 2100)).toBe(0);
  });
});

function senderOf(number: number, uid: string | undefined, address: string): Sender {
  return { id: `s${number}`, uid, remoteAddress: address, origin: { key: address } };
}

const ann = senderOf(1, 'ann', '10.0.0.1');
const annElsewhere = senderOf(2, 'ann', '10.0.0.2');
const stranger = senderOf(3, undefined, '10.0.0.1');

function limiterOf(...limits: RateLimit[]) {
  const declared = { has: (route: string) => !route.includes('invented') };
  const clock = new FakeClock();
  const counters = new Measures().makeAll(coreMeasures);
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  return {
    limiter: new RateLimiter(limits, { declared, clock, counters, logger }),
    clock,
    counters,
    warnings,
  };
}

describe('a rate limiter', () => {
  it('counts by connection, by uid or by address', () => {
    const once = { messages: { perSecond: 1 } };
    const { limiter: byConnection } = limiterOf({ per: 'connection', ...once });
    expect(
      [ann, annElsewhere, stranger, ann].map((one) => byConnection.take(one, 'a.b.c', 10)?.action),
    ).toEqual([undefined, undefined, undefined, 'throttle']);
    const { limiter: byUid } = limiterOf({ per: 'uid', ...once });
    expect([ann, annElsewhere, stranger].map((one) => byUid.take(one, 'a.b.c', 10)?.action)).toEqual([
      undefined,
      'throttle',
      undefined,
    ]);
    const { limiter: byAddress } = limiterOf({ per: 'ip', ...once });
    expect([ann, annElsewhere, stranger].map((one) => byAddress.take(one, 'a.b.c', 10)?.action)).toEqual([
      undefined,
      undefined,
      'throttle',
    ]);
  });

  it('counts only the routes it names, together or each by itself', () => {
    const { limiter } = limiterOf({ per: 'connection', routes: ['chat.*'], messages: { perSecond: 1 } });
    expect(limiter.take(ann, 'chat.chatHandler.send', 1)).toBeUndefined();
    expect(limiter.take(ann, 'chat.chatHandler.list', 1)?.action).toBe('throttle');
    expect(limiter.take(ann, 'arena.arenaHandler.steer', 1)).toBeUndefined();
    const each = limiterOf({ per: 'connection', eachRoute: true, messages: { perSecond: 1 } }).limiter;
    expect(each.take(ann, 'chat.chatHandler.send', 1)).toBeUndefined();
    expect(each.take(ann, 'chat.chatHandler.list', 1)).toBeUndefined();
    expect(each.take(ann, 'chat.chatHandler.send', 1)?.action).toBe('throttle');
  });

  it('gives all routes that there are not one allowance', () => {
    const { limiter } = limiterOf({ per: 'connection', eachRoute: true, messages: { perSecond: 5 } });
    const passed = (route: (n: number) => string): number =>
      Array.from({ length: 1000 }, (_, n) => limiter.take(ann, route(n), 1)).filter((one) => !one).length;
    expect(passed((n) => `chat.chatHandler.invented${n}`)).toBe(5);
    expect(passed((n) => `chat.chatHandler.list${n % 2}`)).toBe(10);
  });

  it('counts bytes, and says when the next one may come', () => {
    const { limiter, clock } = limiterOf({ per: 'connection', bytes: { perSecond: 1000 } });
    expect(limiter.take(ann, 'a.b.c', 900)).toBeUndefined();
    expect(limiter.take(ann, 'a.b.c', 200)).toEqual({ action: 'throttle', retryAfterMs: 100 });
    clock.pass(100);
    expect(limiter.take(ann, 'a.b.c', 200)).toBeUndefined();
  });

  it('only warns where it shall only warn, and not once for each message', () => {
    const { limiter, counters, warnings, clock } = limiterOf({
      per: 'connection',
      messages: { perSecond: 1 },
      action: 'warn',
    });
    for (let i = 0; i < 100; i++) expect(limiter.take(ann, 'a.b.c', 1)).toBeUndefined();
    expect(counters.requestRateWarned.value).toBe(99);
    expect(warnings).toHaveLength(1);
    clock.pass(1000);
    limiter.take(ann, 'a.b.c', 1);
    limiter.take(ann, 'a.b.c', 1);
    expect(warnings).toHaveLength(2);
  });

  it('does the strictest thing that its limits ask for', () => {
    const { limiter, counters } = limiterOf(
      { per: 'connection', messages: { perSecond: 1 }, action: 'close' },
      { per: 'connection', messages: { perSecond: 1 }, action: 'throttle' },
    );
    limiter.take(ann, 'a.b.c', 1);
    expect(limiter.take(ann, 'a.b.c', 1)?.action).toBe('close');
    expect(counters.clientClosedRate.value).toBe(1);
  });
});

async function start(limit: RateLimit, clock: FakeClock): Promise<RunningGame> {
  return startGame(
    {
      servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
      app: (app) => {
        if (app.serverType === 'connector') app.rateLimit(limit);
      },
      handlers: { chat: { handler: () => ({ echo: (msg: object) => msg }) } },
      settings: { client: { dictionary: false } },
    },
    { clock },
  );
}

describe('a client beyond its rate', () => {
  it('is answered with 429 and when to come again, and other clients are not', async () => {
    const clock = new FakeClock();
    await using game = await start({ per: 'connection', messages: { perSecond: 2 } }, clock);
    await using client = await RawClient.join(game.port('connector-1'));
    await using other = await RawClient.join(game.port('connector-1'));
    const ask = () => client.request('chat.handler.echo', { n: 1 });
    expect([await ask(), await ask()]).toEqual([{ n: 1 }, { n: 1 }]);
    expect(await ask()).toEqual({
      code: 429,
      message: 'chat.handler.echo was sent too often; the next one may come in 500 ms.',
      data: { retryAfterMs: 500 },
    });
    expect(await other.request('chat.handler.echo', { n: 2 })).toEqual({ n: 2 });
    clock.pass(500);
    expect(await ask()).toEqual({ n: 1 });
    expect(game.count('connector-1', 'request.rateLimited')).toBe(1);
  });

  it('is limited for routes that there are not, too', async () => {
    await using game = await start({ per: 'connection', messages: { perSecond: 1 } }, new FakeClock());
    await using client = await RawClient.join(game.port('connector-1'));
    expect(await client.request('no.such.route')).toMatchObject({ code: 404 });
    expect(await client.request('no.such.route')).toMatchObject({ code: 429 });
  });

  it('is closed where the limit says so, and told why', async () => {
    await using game = await start(
      { per: 'connection', messages: { perSecond: 1 }, action: 'close' },
      new FakeClock(),
    );
    await using client = await RawClient.join(game.port('connector-1'));
    client.notify('chat.handler.echo');
    client.notify('chat.handler.echo');
    await client.closed();
    expect(client.kicked).toBe('rate limit');
    expect(game.count('connector-1', 'client.closedRate')).toBe(1);
  });
});

describe('a limit for each route', () => {
  it('is not passed by inventing routes, and a route that a reload adds has an allowance of its own', async () => {
    const clock = new FakeClock();
    const chat = (more = '') => `export default { echo: (msg) => msg, other: (msg) => msg, ${more} };`;
    await using game = await startGame(
      {
        servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
        app: (app) => {
          if (app.serverType === 'connector')
            app.rateLimit({ per: 'ip', eachRoute: true, messages: { perSecond: 0.001, burst: 3 } });
        },
        modules: { 'app/servers/chat/handler/handler.js': chat() },
        settings: { client: { dictionary: false } },
      },
      { clock },
    );
    await new Promise((resolve) => setImmediate(resolve));
    await using client = await RawClient.join(game.port('connector-1'));
    const codes = async (...routes: string[]): Promise<unknown[]> =>
      Promise.all(routes.map(async (route) => (await client.request(route, { n: 1 }))['code'] ?? 'ok'));
    const invented = Array.from({ length: 100 }, (_, n) => `${n % 2 ? 'chat' : 'connector'}.handler.x${n}`);
    expect((await codes(...invented)).filter((code) => code === 404)).toHaveLength(3);
    for (const route of ['chat.handler.echo', 'chat.handler.other'])
      expect(await codes(route, route, route, route)).toEqual(['ok', 'ok', 'ok', 429]);
    game.files.write('app/servers/chat/handler/handler.js', chat('added: (msg) => msg'));
    await game.servers.get('chat-1')!.reload();
    clock.pass(5000);
    await expect.poll(async () => (await codes('chat.handler.added'))[0]).toBe('ok');
  });
});
