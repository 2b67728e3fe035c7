import { describe, expect, test } from 'vitest';
import { type Anything, type OldGame, startOldGame, twoByTwo } from './old-game.js';

type Next = (error?: unknown, answer?: unknown) => void;

/** Methods that both server types have, so that a test sees a session on its frontend and on a backend. */
const methods = {
  login(msg: Anything, session: Anything, next: Next) {
    session.bind(msg.uid, (error: Anything) =>
      next(null, { failed: Boolean(error), uid: session.uid ?? null }),
    );
  },
  logout(msg: Anything, session: Anything, next: Next) {
    session.unbind(msg.uid, (error: Anything) =>
      next(null, { failed: Boolean(error), uid: session.uid ?? null }),
    );
  },
  set(msg: Anything, session: Anything, next: Next) {
    session.set(msg.key, msg.value);
    if (!msg.push) return next(null, { own: session.get(msg.key) });
    session.push(msg.key, (error: Anything) => next(error, { own: session.get(msg.key) }));
  },
  setAll(msg: Anything, session: Anything, next: Next) {
    session.set(msg.settings);
    session.pushAll((error: Anything) => next(error, {}));
  },
  get: (_msg: Anything, session: Anything, next: Next) =>
    next(null, {
      frontendId: session.frontendId,
      uid: session.uid ?? null,
      settings: session.settings,
      exported: session.export().settings,
      id: typeof session.id,
    }),
};
const handlers = { connector: { h: () => methods }, chat: { h: () => methods } };

describe.each(['connector', 'chat'])('a session in a handler of a %s', (type) => {
  test('is bound to a uid, again to the same, and to no other', async () => {
    await using game = await startOldGame({ handlers });
    const client = await game.connect();
    expect(await client.request(`${type}.h.login`, { uid: 'ann' })).toEqual({ failed: false, uid: 'ann' });
    expect(await client.request(`${type}.h.login`, { uid: 'ann' })).toEqual({ failed: false, uid: 'ann' });
    expect(await client.request(`${type}.h.login`, { uid: 'bob' })).toEqual({ failed: true, uid: 'ann' });
    expect(await client.request(`${type}.h.logout`, { uid: 'bob' })).toEqual({ failed: true, uid: 'ann' });
    expect(await client.request(`${type}.h.logout`, { uid: 'ann' })).toEqual({ failed: false, uid: null });
  });

  test('keeps what was set to this request until it is pushed', async () => {
    await using game = await startOldGame({ handlers });
    const client = await game.connect();
    expect(await client.request(`${type}.h.set`, { key: 'a', value: 1 })).toEqual({ own: 1 });
    expect(await client.request('connector.h.get', {})).toMatchObject({ settings: {} });
    await client.request(`${type}.h.set`, { key: 'a', value: { deep: [1] }, push: true });
    await client.request(`${type}.h.setAll`, { settings: { b: 2, c: 3 } });
    const settings = { a: { deep: [1] }, b: 2, c: 3 };
    for (const reader of ['connector', 'chat'])
      expect(await client.request(`${reader}.h.get`, {})).toEqual({
        frontendId: 'connector-1',
        uid: null,
        settings,
        exported: settings,
        id: 'number',
      });
  });

  test("tells 'closed' with the session and its settings, which can still be read", async () => {
    const ended: unknown[] = [];
    await using game = await startOldGame({
      handlers: {
        [type]: {
          h: () => ({
            enter(msg: Anything, session: Anything, next: Next) {
              session.bind(msg.uid);
              session.set('room', 'r');
              session.on('closed', (gone: Anything, reason: unknown) =>
                ended.push([gone.uid, gone.get('room'), typeof reason]),
              );
              session.pushAll(() => next(null, {}));
            },
          }),
        },
      },
    });
    const client = await game.connect();
    await client.request(`${type}.h.enter`, { uid: 'ann' });
    client.disconnect();
    await expect.poll(() => ended).toEqual([['ann', 'r', 'string']]);
  });
});

test('differs: uids keep their type, 0 is a uid like any other, and no text is not', async () => {
  await using game = await startOldGame({ handlers });
  const client = await game.connect();
  expect(await client.request('connector.h.login', { uid: '' })).toEqual({ failed: true, uid: null });
  expect(await client.request('connector.h.login', { uid: 0 })).toEqual({ failed: false, uid: 0 });
  const { sessionService } = game.app('connector-1');
  expect([sessionService.getByUid(0)?.length, sessionService.getByUid('0')]).toEqual([1, undefined]);
});

test("differs: sessions tell 'closed' only, and say so when asked for more", async () => {
  const errors: unknown[] = [];
  await using game = await startOldGame({
    handlers: {
      connector: {
        h: () => ({
          listen(_msg: Anything, session: Anything, next: Next) {
            try {
              session.on('bind', () => {});
            } catch (error) {
              errors.push((error as { code: string }).code);
            }
            next();
          },
        }),
      },
    },
  });
  await (await game.connect()).request('connector.h.listen', {});
  expect(errors).toEqual(['OLD_APP_UNSUPPORTED']);
});

describe('sessionService', () => {
  test('finds sessions by id and uid, and changes them', async () => {
    await using game = await startOldGame({ handlers });
    const client = await game.connect();
    await client.request('connector.h.login', { uid: 'ann' });
    const service = game.app('connector-1').get('sessionService');
    const [session] = service.getByUid('ann');
    expect(service.get(session.id)).toBe(session);
    expect(service.getByUid('nobody')).toBeUndefined();
    expect(service.get(999)).toBeUndefined();
    expect(service.getSessionsCount()).toBe(1);
    expect(service.getClientAddressBySessionId(session.id).ip).toContain('127.0.0.1');
    expect(service.getClientAddressBySessionId(999)).toBeNull();
    await new Promise((done) => service.import(session.id, 'k', 'v', done));
    await service.aimportAll(session.id, { l: 'w' });
    expect(await client.request('chat.h.get', {})).toMatchObject({ settings: { k: 'v', l: 'w' } });
    await service.aunbind(session.id, 'ann');
    expect(service.getByUid('ann')).toBeUndefined();
    await service.abind(session.id, 'bob');
    const seen: unknown[] = [];
    service.forEachBindedSession((one: Anything) => seen.push(one.uid));
    expect(seen).toEqual(['bob']);
    await expect(service.abind(999, 'bob')).rejects.toThrow('session 999');
  });

  test('kicks the sessions of a uid on this frontend, and tells them why', async () => {
    await using game = await startOldGame({ handlers, servers: twoByTwo });
    const [here, there] = [await game.connect('connector-1'), await game.connect('connector-2')];
    await here.request('connector.h.login', { uid: 'ann' });
    await there.request('connector.h.login', { uid: 'ann' });
    const service = game.app('connector-1').get('sessionService');
    await new Promise((done) => service.kick('ann', 'go away', done));
    await expect.poll(() => here.kicked).toBe('go away');
    expect(await there.request('connector.h.get', {})).toMatchObject({ uid: 'ann' });
    const again = await game.connect('connector-1');
    // Until its handshake is done nothing is sent to a client.
    await again.request('connector.h.get', {});
    const [{ id }] = unbound(game, 'connector-1');
    await service.akickBySessionId(id, 'you too');
    await expect.poll(() => again.kicked).toBe('you too');
  });

  test('differs: raw messages are not sent by sessions, which say so', async () => {
    await using game = await startOldGame({ handlers });
    const client = await game.connect();
    await client.request('connector.h.login', { uid: 'ann' });
    const service = game.app('connector-1').get('sessionService');
    const [session] = service.getByUid('ann');
    for (const send of [
      () => service.sendMessage(session.id, 'x'),
      () => service.sendMessageByUid('ann', 'x'),
      () => session.send('x'),
      () => session.sendBatch(['x']),
    ])
      expect(send).toThrow(/of an old app has no counterpart: use channelService\.pushMessageByUids/);
    session.closed('enough');
    await expect.poll(() => client.kicked).toBe('enough');
  });

  test('differs: a kick without a reason says kick', async () => {
    await using game = await startOldGame({ handlers });
    const client = await game.connect();
    await client.request('connector.h.login', { uid: 'ann' });
    game.app('connector-1').get('sessionService').kick('ann');
    await expect.poll(() => client.kicked).toBe('kick');
  });

  test('is there on frontends alone', async () => {
    await using game = await startOldGame({ handlers });
    expect(game.app('chat-1').get('sessionService')).toBeUndefined();
  });

  test.each([false, true])(
    'lets a uid have several sessions unless singleSession is set (%s)',
    async (single) => {
      await using game = await startOldGame({
        handlers,
        setUp: (app) => app.set('sessionConfig', { singleSession: single }),
      });
      const [first, second] = [await game.connect(), await game.connect()];
      expect(await first.request('connector.h.login', { uid: 'ann' })).toMatchObject({ failed: false });
      expect(await second.request('connector.h.login', { uid: 'ann' })).toMatchObject({ failed: single });
    },
  );
});

/** The sessions of a frontend without a uid. */
function unbound(game: OldGame, server: string): Anything[] {
  const found: Anything[] = [];
  game
    .app(server)
    .get('sessionService')
    .forEachSession((session: Anything) => session.uid === undefined && found.push(session));
  return found;
}

describe('backendSessionService', () => {
  test('finds sessions of any frontend, changes and kicks them', async () => {
    await using game = await startOldGame({ handlers, servers: twoByTwo });
    const client = await game.connect('connector-2');
    await client.request('connector.h.login', { uid: 'ann' });
    const service = game.app('chat-1').get('backendSessionService');
    const sessions = await service.getByUid('connector-2', 'ann');
    expect(sessions.map((one: Anything) => [one.uid, one.frontendId])).toEqual([['ann', 'connector-2']]);
    const { id } = sessions[0];
    sessions[0].set('by', 'the backend');
    await new Promise((done) => sessions[0].push('by', done));
    await new Promise((done) => service.pushAll('connector-2', id, { more: 1 }, done));
    expect(await client.request('connector.h.get', {})).toMatchObject({
      settings: { by: 'the backend', more: 1 },
    });
    const got = await new Promise((done) =>
      service.get('connector-2', id, (_error: unknown, session: Anything) => done(session.uid)),
    );
    expect(got).toBe('ann');
    expect(await service.get('connector-2', 999)).toBeUndefined();
    expect(await service.getByUid('connector-1', 'ann')).toBeUndefined();
    await new Promise((done) => service.kickByUid('connector-2', 'ann', 'from behind', done));
    await expect.poll(() => client.kicked).toBe('from behind');
  });

  test('is localSessionService, too', async () => {
    await using game = await startOldGame();
    const app = game.app('chat-1');
    expect(app.get('localSessionService')).toBe(app.get('backendSessionService'));
  });
});

test('app.event tells of binds, unbinds and ends on the frontend', async () => {
  const seen: unknown[] = [];
  await using game = await startOldGame({
    handlers,
    setUp(app, pomelo) {
      for (const event of ['BIND_SESSION', 'UNBIND_SESSION', 'CLOSE_SESSION'])
        app.event.on(pomelo.events[event], () => seen.push(`${app.getServerId()} ${event}`));
    },
  });
  const client = await game.connect();
  await client.request('chat.h.login', { uid: 'ann' });
  await client.request('connector.h.logout', { uid: 'ann' });
  client.disconnect();
  await expect
    .poll(() => seen)
    .toEqual(['connector-1 BIND_SESSION', 'connector-1 UNBIND_SESSION', 'connector-1 CLOSE_SESSION']);
});
