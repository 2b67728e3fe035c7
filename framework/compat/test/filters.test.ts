import { describe, expect, test } from 'vitest';
import { type Anything, startOldGame } from './old-game.js';

type Next = (error?: unknown, answer?: unknown) => void;

const handlers = {
  connector: {
    h: () => ({
      ok: (msg: Anything, _session: Anything, next: Next) => next(null, { ok: msg.n }),
      fail: (_msg: Anything, _session: Anything, next: Next) => next(new Error('of the handler')),
    }),
  },
  chat: { h: () => ({ ok: (msg: Anything, _session: Anything, next: Next) => next(null, { ok: msg.n }) }) },
};

/** A filter that says when it runs. */
function noting(seen: string[], name: string): object {
  return {
    before(_msg: Anything, _session: Anything, next: Next) {
      seen.push(`before ${name}`);
      next();
    },
    after(error: Anything, _msg: Anything, _session: Anything, answer: Anything, next: Next) {
      seen.push(`after ${name} ${error ? error.message : JSON.stringify(answer)}`);
      next(error);
    },
  };
}

describe('filters', () => {
  test('run befores in the order in which they were added, and afters in reverse', async () => {
    const seen: string[] = [];
    await using game = await startOldGame({
      handlers,
      setUp(app) {
        app.filter(noting(seen, 'a'));
        app.filter(noting(seen, 'b'));
        app.before((_msg: Anything, _session: Anything, next: Next) => {
          seen.push('before c');
          next();
        });
      },
    });
    const client = await game.connect();
    expect(await client.request('connector.h.ok', { n: 1 })).toEqual({ ok: 1 });
    expect(seen).toEqual(['before a', 'before b', 'before c', 'after b {"ok":1}', 'after a {"ok":1}']);
  });

  test('run on the backend for requests that are forwarded, not on the frontend', async () => {
    const seen: string[] = [];
    await using game = await startOldGame({
      handlers,
      setUp: (app) => app.filter(noting(seen, app.getServerId())),
    });
    const client = await game.connect();
    await client.request('chat.h.ok', { n: 1 });
    expect(seen).toEqual(['before chat-1', 'after chat-1 {"ok":1}']);
  });

  test('stop a request by next(error, answer), and every after runs all the same', async () => {
    const seen: string[] = [];
    await using game = await startOldGame({
      handlers,
      setUp(app) {
        app.before((_msg: Anything, _session: Anything, next: Next) =>
          next(new Error('stopped'), { code: 401, why: 'not you' }),
        );
        app.filter(noting(seen, 'later'));
      },
    });
    const client = await game.connect();
    expect(await client.request('connector.h.ok', { n: 1 })).toEqual({ code: 401, why: 'not you' });
    expect(seen).toEqual(['after later stopped']);
  });

  test('see what a handler failed with, may take its error away, and change the message', async () => {
    await using game = await startOldGame({
      handlers,
      setUp(app) {
        app.before((msg: Anything, _session: Anything, next: Next) => {
          msg.n = 'changed';
          next();
        });
        app.after((_error: Anything, _msg: Anything, _session: Anything, _answer: Anything, next: Next) =>
          next(),
        );
      },
    });
    const client = await game.connect();
    expect(await client.request('connector.h.ok', { n: 1 })).toEqual({ ok: 'changed' });
    expect(await client.request('connector.h.fail', {})).toEqual({});
  });

  test('differs: a filter or handler that throws fails its request alone', async () => {
    await using game = await startOldGame({
      handlers,
      setUp: (app) =>
        app.before((msg: Anything, _session: Anything, next: Next) => {
          if (msg.n === 'throw') throw new Error('thrown');
          next();
        }),
    });
    const client = await game.connect();
    expect(await client.request('connector.h.ok', { n: 'throw' })).toMatchObject({ code: 500 });
    expect(await client.request('connector.h.ok', { n: 2 })).toEqual({ ok: 2 });
  });
});

describe('errorHandler', () => {
  test.each([5, 6])('with %i parameters makes the answer of an error', async (parameters) => {
    const five = (error: Anything, msg: Anything, answer: Anything, session: Anything, next: Next) =>
      next(error, {
        code: 501,
        said: error.message,
        n: msg.n,
        answer: answer ?? null,
        of: session.frontendId,
      });
    const six = (
      error: Anything,
      msg: Anything,
      answer: Anything,
      session: Anything,
      _options: Anything,
      next: Next,
    ) => five(error, msg, answer, session, next);
    await using game = await startOldGame({
      handlers,
      setUp: (app) => app.set('errorHandler', parameters === 5 ? five : six),
    });
    const client = await game.connect();
    expect(await client.request('connector.h.fail', { n: 3 })).toEqual({
      code: 501,
      said: 'of the handler',
      n: 3,
      answer: null,
      of: 'connector-1',
    });
  });
});

describe('global filters', () => {
  test('run around every request of a frontend, forwarded ones too, and afters when the answer has left', async () => {
    const seen: string[] = [];
    await using game = await startOldGame({
      handlers,
      setUp(app) {
        if (app.isFrontend()) app.globalFilter(noting(seen, 'global'));
        app.filter(noting(seen, 'own'));
      },
    });
    const client = await game.connect();
    expect(await client.request('chat.h.ok', { n: 1 })).toEqual({ ok: 1 });
    await expect
      .poll(() => seen.map((line) => line.split(' ').slice(0, 2).join(' ')))
      .toEqual([...['before global', 'before own'], ...['after own', 'after global']]);
  });

  test('change what handlers get, those of this server and of others', async () => {
    await using game = await startOldGame({
      handlers,
      setUp(app) {
        if (app.isFrontend())
          app.globalBefore((msg: Anything, _session: Anything, next: Next) => {
            msg.n = `${msg.__route__} ${msg.n}`;
            next();
          });
      },
    });
    const client = await game.connect();
    for (const type of ['connector', 'chat'])
      expect(await client.request(`${type}.h.ok`, { n: 1 })).toEqual({ ok: `${type}.h.ok 1` });
  });

  test('stop a request with an answer, or with what globalErrorHandler makes of the error', async () => {
    await using game = await startOldGame({
      handlers,
      setUp(app) {
        if (!app.isFrontend()) return;
        app.globalBefore((msg: Anything, _session: Anything, next: Next) => {
          if (msg.n === 'stop') next(new Error('stopped'), { code: 403 });
          else next();
        });
        app.set(
          'globalErrorHandler',
          (error: Anything, _msg: Anything, answer: Anything, _session: Anything, next: Next) =>
            next(error, { ...answer, handled: true }),
        );
      },
    });
    const client = await game.connect();
    expect(await client.request('chat.h.ok', { n: 'stop' })).toEqual({ code: 403, handled: true });
    expect(await client.request('chat.h.ok', { n: 1 })).toEqual({ ok: 1 });
  });

  test('differs: a global after is given {} for the answer, which has left as bytes', async () => {
    const answers: unknown[] = [];
    await using game = await startOldGame({
      handlers,
      setUp(app) {
        if (app.isFrontend())
          app.globalAfter(
            (_error: Anything, _msg: Anything, _session: Anything, answer: Anything, next: Next) => {
              answers.push(answer);
              next();
            },
          );
      },
    });
    const client = await game.connect();
    await client.request('connector.h.ok', { n: 1 });
    await expect.poll(() => answers).toEqual([{}]);
  });
});

describe('the filters that come with the framework', () => {
  test.each(['serial', 'time', 'timeout', 'toobusy'])(
    '%s can be made by name, by filters, and with new',
    async (name) => {
      await using game = await startOldGame({
        handlers,
        setUp(app, pomelo) {
          app.filter(pomelo[name]());
          app.filter(pomelo.filters[name]());
          app.filter(new pomelo.filters[name]());
        },
      });
      const client = await game.connect();
      expect(await client.request('connector.h.ok', { n: 1 })).toEqual({ ok: 1 });
    },
  );

  test('serial handles the requests of one session one after the other', async () => {
    const seen: string[] = [];
    const waiting: (() => void)[] = [];
    await using game = await startOldGame({
      setUp: (app, pomelo) => app.filter(pomelo.filters.serial()),
      handlers: {
        connector: {
          h: () => ({
            wait(msg: Anything, _session: Anything, next: Next) {
              seen.push(`begin ${msg.n}`);
              waiting.push(() => next(null, { n: msg.n }));
            },
          }),
        },
      },
    });
    const client = await game.connect();
    const answers = [1, 2].map((n) => client.request('connector.h.wait', { n }));
    await expect.poll(() => waiting.length).toBe(1);
    waiting[0]!();
    expect(await answers[0]).toEqual({ n: 1 });
    await expect.poll(() => seen).toEqual(['begin 1', 'begin 2']);
    waiting[1]!();
    expect(await answers[1]).toEqual({ n: 2 });
  });

  test('differs: serial answers a request that takes too long, with an error', async () => {
    await using game = await startOldGame({
      setUp: (app, pomelo) => app.filter(pomelo.filters.serial(20)),
      handlers: {
        connector: {
          h: () => ({
            never() {},
            ok: (_msg: Anything, _session: Anything, next: Next) => next(null, { ok: true }),
          }),
        },
      },
    });
    const client = await game.connect();
    const never = client.request('connector.h.never', {});
    expect(await client.request('connector.h.ok', {})).toEqual({ ok: true });
    expect(await never).toMatchObject({ code: expect.any(Number) });
  });

  test('timeout only warns', async () => {
    let answer = (): void => {};
    await using game = await startOldGame({
      setUp: (app, pomelo) => app.filter(pomelo.filters.timeout(1)),
      handlers: {
        connector: {
          h: () => ({
            slow(_msg: Anything, _session: Anything, next: Next) {
              answer = () => next(null, { late: true });
            },
          }),
        },
      },
    });
    const client = await game.connect();
    const slow = client.request('connector.h.slow', {});
    await expect.poll(() => game.logged('warn')).toContain('request connector.h.slow timeout');
    answer();
    expect(await slow).toEqual({ late: true });
  });
});
