import { describe, expect, test } from 'vitest';
import { type Anything, oneByOne, startOldGame } from './old-game.js';

type Next = (error?: unknown, answer?: unknown) => void;

/** A game whose connector and chat both have the handler `h` with these methods. */
function gameOf(methods: Record<string, Anything>, more: Parameters<typeof startOldGame>[0] = {}) {
  const handlers = { connector: { h: () => methods }, chat: { h: () => methods } };
  return startOldGame({ handlers, ...more });
}

/** Methods of handlers answer alike where a frontend handles them itself and where it forwards. */
const types = ['connector', 'chat'];

describe.each(types)('a handler of a %s', (type) => {
  test('answers by next(null, answer), with {} for nothing', async () => {
    await using game = await gameOf({
      answer: (msg: Anything, _session: Anything, next: Next) => next(null, { got: msg.n }),
      nothing: (_msg: Anything, _session: Anything, next: Next) => next(),
      later: (_msg: Anything, _session: Anything, next: Next) => setImmediate(next, null, { late: true }),
    });
    const client = await game.connect();
    expect(await client.request(`${type}.h.answer`, { n: 7 })).toEqual({ got: 7 });
    expect(await client.request(`${type}.h.nothing`, {})).toEqual({});
    expect(await client.request(`${type}.h.later`, {})).toEqual({ late: true });
  });

  test('answers code 500 for an error, never its text', async () => {
    await using game = await gameOf({
      fail: (_msg: Anything, _session: Anything, next: Next) => next(new Error('inside')),
      throws: () => {
        throw new Error('inside');
      },
    });
    const client = await game.connect();
    for (const method of ['fail', 'throws']) {
      const answer = await client.request(`${type}.h.${method}`, {});
      expect(answer, method).toMatchObject({ code: 500 });
      expect(JSON.stringify(answer)).not.toContain('inside');
    }
  });

  test('differs: an unknown route is answered with code 404, as is a name that every object has', async () => {
    await using game = await gameOf({});
    const client = await game.connect();
    for (const method of ['unknown', 'constructor', 'toString', '__proto__'])
      expect(await client.request(`${type}.h.${method}`, {}), method).toMatchObject({ code: 404 });
    expect(client.kicked).toBeUndefined();
  });

  test('differs: an answer with an error that the app did not make has a message beside its code', async () => {
    await using game = await gameOf({
      fail: (_msg: Anything, _session: Anything, next: Next) => next(new Error('inside')),
    });
    const client = await game.connect();
    expect(await client.request(`${type}.h.fail`, {})).toEqual({ code: 500, message: expect.any(String) });
  });

  test('sends the answer beside an error, with code 500 unless it has a code', async () => {
    await using game = await gameOf({
      coded: (_msg: Anything, _session: Anything, next: Next) => next(new Error('x'), { code: 42 }),
      uncoded: (_msg: Anything, _session: Anything, next: Next) => next(new Error('x'), { why: 'so' }),
    });
    const client = await game.connect();
    expect(await client.request(`${type}.h.coded`, {})).toEqual({ code: 42 });
    expect(await client.request(`${type}.h.uncoded`, {})).toEqual({ why: 'so', code: 500 });
  });

  test('finds the route in msg.__route__', async () => {
    await using game = await gameOf({
      echo: (msg: Anything, _session: Anything, next: Next) => next(null, msg),
    });
    const client = await game.connect();
    expect(await client.request(`${type}.h.echo`, { a: 1 })).toEqual({ a: 1, __route__: `${type}.h.echo` });
  });

  test('gets the elements of a body that is an array as arguments', async () => {
    await using game = await gameOf({
      add: (a: number, b: number, session: Anything, next: Next) =>
        next(null, { sum: a + b, by: session.frontendId }),
    });
    const client = await game.connect();
    expect(await client.request(`${type}.h.add`, [2, 3])).toEqual({ sum: 5, by: 'connector-1' });
  });

  test('may answer a notify, and nothing is sent', async () => {
    const seen: unknown[] = [];
    await using game = await gameOf({
      note(msg: Anything, _session: Anything, next: Next) {
        seen.push(msg.n);
        next(null, { answered: true });
      },
      silent: (msg: Anything) => void seen.push(msg.n),
    });
    const client = await game.connect();
    client.notify(`${type}.h.note`, { n: 1 });
    client.notify(`${type}.h.silent`, { n: 2 });
    await expect.poll(() => seen).toEqual([1, 2]);
    expect(await client.request(`${type}.h.note`, { n: 3 })).toEqual({ answered: true });
    expect(client.messages).toHaveLength(1);
  });
});

test('an instance of prototype methods, a plain object and one with a name of its own are all handlers', async () => {
  await using game = await startOldGame({
    servers: oneByOne,
    modules: {
      'app/servers/chat/handler/protoHandler.js': `
        var Handler = function (app) { this.app = app; };
        Handler.prototype.who = function (msg, session, next) { next(null, { id: this.app.getServerId() }); };
        module.exports = function (app) { return new Handler(app); };`,
      'app/servers/chat/handler/plainHandler.js': `
        exports.say = function (msg, session, next) { next(null, { said: this.word }); };
        exports.word = 'hello';`,
      'app/servers/chat/handler/fileHandler.js': `
        module.exports = function () {
          return { name: 'ownName', go: function (msg, session, next) { next(null, { ok: true }); } };
        };`,
    },
  });
  const client = await game.connect();
  expect(await client.request('chat.protoHandler.who', {})).toEqual({ id: 'chat-1' });
  expect(await client.request('chat.plainHandler.say', {})).toEqual({ said: 'hello' });
  expect(await client.request('chat.ownName.go', {})).toEqual({ ok: true });
});

test('differs: every route that has no handler is answered, be its server type or its form unknown', async () => {
  await using game = await startOldGame();
  const client = await game.connect();
  for (const [route, code] of Object.entries({
    'nobody.h.m': 404,
    badroute: 400,
    'a.b': 400,
    'a.b.c.d': 400,
  }))
    expect(await client.request(route, {}), route).toMatchObject({ code });
});

test('differs: a body that is no object is answered with code 400, and no handler gets it', async () => {
  const bodies: unknown[] = [];
  await using game = await gameOf({ echo: (msg: Anything) => void bodies.push(msg) });
  const client = await game.connect();
  for (const body of [5, 'text', null, true])
    for (const type of types)
      expect(await client.request(`${type}.h.echo`, body as never)).toMatchObject({ code: 400 });
  expect(bodies).toEqual([]);
});

test('a method without next may return its answer, or a promise of it', async () => {
  const methods = {
    now: (msg: Anything) => ({ n: msg.n }),
    soon: async (msg: Anything, session: Anything) => ({ n: msg.n, of: session.frontendId }),
  };
  await using game = await gameOf(methods);
  const client = await game.connect();
  expect(await client.request('chat.h.now', { n: 1 })).toEqual({ n: 1 });
  expect(await client.request('chat.h.soon', { n: 2 })).toEqual({ n: 2, of: 'connector-1' });
});

test('differs: handlers and remotes are swapped by pomelo-ts reload, without losing what the server knows', async () => {
  const source = (word: string): string => `module.exports = function (app) {
    return { say: function (msg, session, next) { next(null, { word: '${word}', room: session.get('room') }); } };
  };`;
  const file = 'app/servers/chat/handler/h.js';
  await using game = await startOldGame({
    modules: { [file]: source('old') },
    handlers: {
      connector: {
        h: () => ({
          enter(msg: Anything, session: Anything, next: Next) {
            session.set('room', msg.room);
            session.push('room', next);
          },
        }),
      },
    },
  });
  const client = await game.connect();
  await client.request('connector.h.enter', { room: 'r' });
  expect(await client.request('chat.h.say', {})).toEqual({ word: 'old', room: 'r' });
  game.files.write(file, source('new'));
  await game.cluster.server('chat-1').reload();
  expect(await client.request('chat.h.say', {})).toEqual({ word: 'new', room: 'r' });
});

test('what an app has set with app.set is kept when its handlers are swapped', async () => {
  const source = (word: string): string => `module.exports = function (app) {
    return { count: function (msg, session, next) {
      app.set('count', (app.get('count') || 0) + 1);
      app.set('rooms', app.get('rooms') || {}, true);
      app.rooms[app.get('count')] = '${word}';
      next(null, { count: app.get('count'), rooms: app.rooms });
    } };
  };`;
  const file = 'app/servers/chat/handler/h.js';
  await using game = await startOldGame({ modules: { [file]: source('old') } });
  const client = await game.connect();
  expect(await client.request('chat.h.count', {})).toEqual({ count: 1, rooms: { 1: 'old' } });
  game.files.write(file, source('new'));
  await game.cluster.server('chat-1').reload();
  expect(await client.request('chat.h.count', {})).toEqual({ count: 2, rooms: { 1: 'old', 2: 'new' } });
});
