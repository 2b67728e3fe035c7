// Handlers and remotes that do what game code does by mistake.
import { GameError } from '@pomelo-ts/core';

/** Throws whatever is done with it. */
export const hostile = () =>
  new Proxy(
    {},
    Object.fromEntries(
      ['get', 'has', 'getPrototypeOf', 'ownKeys', 'getOwnPropertyDescriptor'].map((trap) => [
        trap,
        () => {
          throw new Error(`of the trap ${trap}`);
        },
      ]),
    ),
  );

const unreadable = () =>
  Object.defineProperties(new Error(), {
    message: {
      get() {
        throw new Error('of the getter');
      },
    },
    name: {
      get() {
        throw new Error('of the getter');
      },
    },
  });

/** What code throws, or rejects with. */
export const thrown = {
  undefined: () => undefined,
  null: () => null,
  number: () => 42,
  symbol: () => Symbol('of the game'),
  frozen: () => Object.freeze(new Error('frozen')),
  object: () => ({ message: { not: 'a text' } }),
  bare: () => Object.create(null),
  textless: () => Object.assign(new Error('x'), { message: { not: 'a text' } }),
  unreadable,
  hostile,
};

const circular = () => {
  const made = {};
  made.self = made;
  return made;
};

/** What code gives that cannot be sent. */
export const given = {
  circular,
  bigint: () => ({ n: 1n }),
  function: () => () => {},
  symbol: () => Symbol('of the game'),
  badJson: () => ({
    toJSON() {
      throw hostile();
    },
  }),
  badThen: () => ({
    // biome-ignore lint/suspicious/noThenProperty: that is the mistake
    then() {
      throw new Error('of then');
    },
  }),
  noThen: () => ({
    // biome-ignore lint/suspicious/noThenProperty: that is the mistake
    get then() {
      throw new Error('of the getter then');
    },
  }),
  hostile,
  badData: () => {
    throw new GameError('CODE', circular());
  },
};

export default {
  setUp(app) {
    app.onSessionClosed(() => {
      throw new Error('of onSessionClosed');
    });
    if (app.serverType !== 'chat') return;
    app.filter({
      before: (msg, _session, context) => {
        if (msg.filter === 'fails twice') {
          context.fail(new Error('first'));
          context.fail(hostile());
        } else if (msg.filter) throw thrown[msg.filter]();
      },
      after: (_outcome, msg) => {
        if (msg.after) throw thrown[msg.after]();
      },
    });
    app.onStarted(() =>
      app.registry.onChange(() => {
        throw hostile();
      }),
    );
    if (app.server.hangs)
      app.onStop(() => {
        app.logger.warn('onStop has begun');
        return new Promise(() => {});
      });
  },
};
