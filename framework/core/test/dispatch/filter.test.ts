import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import type { Application } from '../../src/application.js';
import type { Filter } from '../../src/dispatch/filter.js';
import { serialFilter } from '../../src/dispatch/filters/serial.js';
import { timeoutFilter } from '../../src/dispatch/filters/timeout.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const releases: ((value?: object) => void)[] = [];
let log: string[] = [];

const handler = () => ({
  echo: (msg: { n?: number }) => {
    log.push(`handler ${msg.n ?? ''}`.trim());
    return msg;
  },
  fails: () => {
    throw new Error('of the game');
  },
  hold: (msg: { n?: number }) => {
    log.push(`begin ${msg.n ?? ''}`.trim());
    return new Promise<object>((resolve) => releases.push((value = { held: true }) => resolve(value)));
  },
});

async function start(
  app: (app: Application) => void,
): Promise<{ game: RunningGame; client: RawClient } & AsyncDisposable> {
  log = [];
  releases.length = 0;
  const game = await startGame({
    servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
    app,
    handlers: { connector: { handler }, chat: { handler } },
    settings: { client: { dictionary: false } },
  });
  const client = await RawClient.join(game.port('connector-1'));
  return {
    game,
    client,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await game[Symbol.asyncDispose]();
    },
  };
}

function noting(name: string, more: Partial<Filter> = {}): Filter {
  return {
    before: (msg, session, context) => {
      log.push(`before ${name}`);
      return more.before?.(msg, session, context);
    },
    after: (outcome, msg, session, context) => {
      log.push(`after ${name} ${'error' in outcome ? 'error' : 'answer'}`);
      return more.after?.(outcome, msg, session, context);
    },
  };
}

/** Sends two answers' worth of time: an answer that was sent twice would have come by then. */
async function answersTo(client: RawClient, id: number): Promise<number> {
  await client.answerTo(id);
  await client.request('connector.handler.echo');
  return client.answers.filter((one) => one.id === id).length;
}

/** The same must hold for filters of the frontend around everything, and for filters of the server with the handler. */
const local =
  (type: string) =>
  (app: Application, filters: Filter[]): void => {
    if (app.serverType === type) for (const filter of filters) app.filter(filter);
  };
const global = (app: Application, filters: Filter[]): void => {
  for (const filter of filters) app.globalFilter(filter);
};
const kinds = {
  'a local filter on a frontend': { route: 'connector.handler', register: local('connector') },
  'a local filter on a backend': { route: 'chat.handler', register: local('chat') },
  "a global filter around the frontend's own handlers": { route: 'connector.handler', register: global },
  'a global filter around forwarded requests': { route: 'chat.handler', register: global },
};

describe.each(Object.entries(kinds))('%s', (kind, { route, register }) => {
  const isGlobal = kind.includes('global');
  const add = (app: Application, ...filters: Filter[]): void => register(app, filters);

  it('runs befores in order and afters in reverse', async () => {
    await using one = await start((app) => add(app, noting('a'), noting('b')));
    expect(await one.client.request(`${route}.echo`, { n: 1 })).toEqual({ n: 1 });
    await poll(() => log).toEqual(['before a', 'before b', 'handler 1', 'after b answer', 'after a answer']);
  });

  it('answers by itself, and the handler is not called', async () => {
    const answering = noting('b', { before: () => ({ by: 'filter' }) });
    await using one = await start((app) => add(app, noting('a'), answering, noting('c')));
    expect(await one.client.request(`${route}.echo`)).toEqual({ by: 'filter' });
    expect(log).toEqual(['before a', 'before b', 'after b answer', 'after a answer']);
  });

  it('that throws is an error for the client and for the filters before it', async () => {
    const failing = noting('b', {
      before: async () => {
        throw new Error('of the game');
      },
    });
    await using one = await start((app) => add(app, noting('a'), failing));
    expect(await one.client.request(`${route}.echo`)).toEqual({
      code: 500,
      message: `${route}.echo failed.`,
    });
    expect(log).toEqual(['before a', 'before b', 'after b error', 'after a error']);
  });

  it('sees the body, the session and the route', async () => {
    const seen: unknown[] = [];
    const looking: Filter = {
      before: (msg, session, { route, serverType, handler, method, isNotify }) =>
        void seen.push(msg, session.id, [route, serverType, handler, method, isNotify]),
    };
    await using one = await start((app) => add(app, looking));
    await one.client.request(`${route}.echo`, { n: 1 });
    one.client.notify(`${route}.echo`, { n: 2 });
    await poll(() => seen.length).toBe(6);
    const parts = [`${route}.echo`, ...route.split('.'), 'echo'];
    expect(seen).toEqual([
      { n: 1 },
      expect.any(String),
      [...parts, false],
      { n: 2 },
      seen[1],
      [...parts, true],
    ]);
  });

  it('changes the body, and the handler gets what it has become', async () => {
    const changing: Filter = {
      before: (msg) => {
        const body = msg as { n: number; list?: number[]; gone?: boolean };
        body.n++;
        body.list?.push(body.n);
        delete body.gone;
      },
    };
    await using one = await start((app) => add(app, changing, changing));
    const answer = await one.client.request(`${route}.echo`, { n: 1, list: [], gone: true, text: 'ö' });
    expect(answer).toEqual({ n: 3, list: [2, 3], text: 'ö' });
    one.client.notify(`${route}.echo`, { n: 10 });
    await poll(() => log).toEqual(['handler 3', 'handler 12']);
  });

  it('is not called for a body that cannot be decoded', async () => {
    await using one = await start((app) => add(app, noting('a')));
    for (const text of ['{', 'null', '7'])
      expect(await one.client.request(`${route}.echo`, Buffer.from(text))).toMatchObject({ code: 400 });
    expect(log).toEqual([]);
  });

  it('whose after throws leaves one answer', async () => {
    const failing = noting('a', {
      after: () => {
        throw new Error('of the game');
      },
    });
    await using one = await start((app) => add(app, failing));
    const id = one.client.sendMessage(`${route}.echo`, { n: 1 });
    expect(await one.client.answerTo(id)).toEqual(
      isGlobal ? { n: 1 } : { code: 500, message: `${route}.echo failed.` },
    );
    expect(await answersTo(one.client, id)).toBe(1);
  });

  it('that fails the request late answers once: what the handler gives then is ignored', async () => {
    let fail!: () => void;
    const failing: Filter = {
      before: (_msg, _session, context) => {
        fail = () => context.fail(new Error('too late'));
      },
    };
    await using one = await start((app) => add(app, failing));
    const id = one.client.sendMessage(`${route}.hold`);
    await poll(() => releases.length).toBe(1);
    fail();
    expect(await one.client.answerTo(id)).toEqual({ code: 500, message: `${route}.hold failed.` });
    releases[0]!();
    expect(await answersTo(one.client, id)).toBe(1);
    fail();
    expect(await answersTo(one.client, id)).toBe(1);
  });

  it('leaves a client that has gone meanwhile alone', async () => {
    let release!: () => void;
    const slow = noting('a', {
      before: () =>
        new Promise<void>((resolve) => {
          release = resolve;
        }),
    });
    await using one = await start((app) => add(app, slow));
    await using other = await RawClient.join(one.game.port('connector-1'));
    other.sendMessage(`${route}.echo`);
    await poll(() => log).toEqual(['before a']);
    other.destroy();
    await poll(() => one.game.servers.get('connector-1')!.connections).toBe(1);
    release();
    if (isGlobal) {
      await poll(() => log).toEqual(['before a', 'after a answer']);
      expect(log).not.toContain('handler');
    }
    const asking = one.client.request(`${route}.echo`);
    await poll(() => log.filter((line) => line === 'before a').length).toBe(2);
    release();
    expect(await asking).toEqual({});
  });

  it('turns errors into answers with onError, unless that gives nothing', async () => {
    await using one = await start((app) => {
      add(app, noting('a'));
      app.onError((error, msg, session, context) =>
        (msg as { quiet?: boolean }).quiet
          ? undefined
          : { code: 499, error: String(error), id: session.id, method: context.method },
      );
    });
    const { client } = one;
    expect(await client.request(`${route}.fails`)).toEqual({
      code: 499,
      error: 'Error: of the game',
      id: expect.stringMatching(/^[0-9a-z]{13}-1$/),
      method: 'fails',
    });
    expect(await client.request(`${route}.fails`, { quiet: true })).toEqual({
      code: 500,
      message: `${route}.fails failed.`,
    });
    expect(await client.request(`${route}.echo`, { n: 1 })).toEqual({ n: 1 });
  });
});

describe('filters of both kinds', () => {
  it('nest: the global ones outside', async () => {
    await using one = await start((app) => {
      if (app.serverType === 'connector') app.globalFilter(noting('global'));
      else app.filter(noting('local'));
    });
    await one.client.request('chat.handler.echo');
    await poll(() => log).toEqual([
      'before global',
      'before local',
      'handler',
      'after local answer',
      'after global answer',
    ]);
  });

  it('change protobuf bodies too, by their schema', async () => {
    const fields = { 'required uInt32 n': 1, 'optional string by': 2 };
    const protos = { 'chat.handler.echo': fields, 'connector.handler.echo': fields };
    await using game = await startGame({
      servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
      app: (app) =>
        app.globalFilter({ before: (msg) => void Object.assign(msg as object, { by: 'filter', other: 1 }) }),
      handlers: { connector: { handler }, chat: { handler } },
      config: { clientProtos: protos },
      settings: { client: { dictionary: false } },
    });
    await using client = await RawClient.join(game.port('connector-1'));
    const five = Uint8Array.of(0x08, 5);
    expect(await client.request('chat.handler.echo', five)).toEqual({ n: 5, by: 'filter' });
    expect(await client.request('connector.handler.echo', five)).toMatchObject({ n: 5, by: 'filter' });
  });

  it('that make something of a body that cannot be sent on fail that request', async () => {
    await using one = await start((app) =>
      app.globalFilter({ before: (msg) => void Object.assign(msg as object, { self: msg }) }),
    );
    expect(await one.client.request('chat.handler.echo')).toEqual({
      code: 500,
      message: 'chat.handler.echo failed.',
    });
    expect(one.game.count('connector-1', 'request.failures')).toBe(1);
  });

  it('take no part in the answer of one to a notify', async () => {
    await using one = await start((app) =>
      app.globalFilter(noting('a', { before: () => ({ by: 'filter' }) })),
    );
    one.client.notify('chat.handler.echo');
    one.client.notify('connector.handler.echo');
    await one.client.request('chat.handler.echo');
    expect(one.client.answers).toHaveLength(1);
  });

  it('answer the client in time also when a global filter never comes to an end', async () => {
    log = [];
    await using game = await startGame({
      servers: { connector: [{ id: 'connector-1', frontend: true }] },
      app: (app) => app.globalFilter({ before: () => new Promise(() => {}) }),
      handlers: { connector: { handler } },
      settings: { request: { timeout: '90ms' } },
    });
    await using client = await RawClient.join(game.port('connector-1'));
    expect(await client.request('connector.handler.echo')).toMatchObject({ code: 504 });
  });
});

describe('the serial filter', () => {
  it('runs the requests of one session one after the other, and those of others meanwhile', async () => {
    await using one = await start((app) => app.serverType === 'chat' && app.filter(serialFilter()));
    await using other = await RawClient.join(one.game.port('connector-1'));
    const ids = [1, 2, 3].map((n) => one.client.sendMessage('chat.handler.hold', { n }));
    await poll(() => log).toEqual(['begin 1']);
    expect(await other.request('chat.handler.echo', { n: 9 })).toEqual({ n: 9 });
    for (const n of [1, 2, 3]) {
      await poll(() => releases.length).toBe(n);
      releases[n - 1]!({ n });
      expect(await one.client.answerTo(ids[n - 1]!)).toEqual({ n });
    }
    expect(log).toEqual(['begin 1', 'handler 9', 'begin 2', 'begin 3']);
  });

  it('goes on after a request that fails, and after one that takes too long', async () => {
    const clock = new FakeClock();
    await using one = await start((app) => app.filter(serialFilter({ timeoutMs: 1000, clock })));
    const { client } = one;
    const failed = client.request('connector.handler.fails');
    const slow = client.sendMessage('connector.handler.hold', { n: 1 });
    const next = client.sendMessage('connector.handler.echo', { n: 2 });
    expect(await failed).toMatchObject({ code: 500 });
    await poll(() => log).toEqual(['begin 1']);
    clock.pass(1000);
    expect(await client.answerTo(slow)).toEqual({
      code: 504,
      message: 'connector.handler.hold was not answered within 1000 ms.',
    });
    expect(await client.answerTo(next)).toEqual({ n: 2 });
    releases[0]!();
    expect(await answersTo(client, slow)).toBe(1);
  });

  it('bounds what waits', async () => {
    await using one = await start(
      (app) => app.serverType === 'chat' && app.filter(serialFilter({ maxWaiting: 2 })),
    );
    const ids = [1, 2, 3, 4].map((n) => one.client.sendMessage('chat.handler.hold', { n }));
    expect(await one.client.answerTo(ids[3]!)).toMatchObject({ code: 503 });
    for (const n of [1, 2, 3]) {
      await poll(() => releases.length).toBe(n);
      releases[n - 1]!();
      expect(await one.client.answerTo(ids[n - 1]!)).toEqual({ held: true });
    }
  });
});

describe('the timeout filter', () => {
  it('answers for a handler that takes too long, once', async () => {
    const clock = new FakeClock();
    await using one = await start(
      (app) => app.serverType === 'chat' && app.filter(timeoutFilter({ timeoutMs: 500, clock })),
    );
    const id = one.client.sendMessage('chat.handler.hold');
    await poll(() => releases.length).toBe(1);
    clock.pass(499);
    expect(one.client.answers).toEqual([]);
    clock.pass(1);
    expect(await one.client.answerTo(id)).toMatchObject({ code: 504 });
    releases[0]!();
    const quick = one.client.sendMessage('chat.handler.echo', { n: 1 });
    expect(await one.client.answerTo(quick)).toEqual({ n: 1 });
    clock.pass(1000);
    expect(await answersTo(one.client, id)).toBe(1);
    expect(await answersTo(one.client, quick)).toBe(1);
  });
});
