import { FakeClock } from '@pomelo-ts/common/testing';
import { encodePackage, encodeUtf8, packageType } from '@pomelo-ts/protocol';
import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import type { Application } from '../../src/application.js';
import type { Session } from '../../src/session.js';
import { poll } from '../poll.js';
import { type RunningGame, type StartOptions, startGame } from '../running-game.js';

const sys = { type: 'raw', version: '1' };

const start = ({ app = () => {} }: { app?: (app: Application) => void } = {}, options: StartOptions = {}) =>
  startGame(
    {
      servers: { connector: [{ id: 'connector-1', frontend: true }] },
      app,
      handlers: {
        connector: {
          entry: () => ({
            bind: ({ uid }: { uid: string }, session: Session) => session.bind(uid).then(() => ({})),
            leave: ({ why }: { why: string }, session: Session) => session.kick(why),
          }),
        },
      },
      settings: {
        client: { dictionary: false, sendQueue: { maxBytes: '64KiB' } },
        session: { perUid: 'replace' },
      },
    },
    options,
  );

/** What has been counted under a name, by the value of its label. */
const countsOf = (game: RunningGame, name: string) =>
  Object.fromEntries(
    Object.entries(game.app('connector-1').measures.counts())
      .filter(([key]) => key.startsWith(`${name}.`))
      .map(([key, count]) => [key.slice(name.length + 1), count]),
  );

const join = (game: RunningGame) => RawClient.join(game.port('connector-1'));

describe('the ends of connections', () => {
  it('are counted once each by why, also those that a game makes by words of its own', async () => {
    await using game = await start();
    const left = await join(game);
    left.socket.destroy();
    await poll(() => countsOf(game, 'client.closed')).toEqual({ disconnected: 1 });
    const [kicked, faulty] = [await join(game), await join(game)];
    kicked.notify('connector.entry.leave', { why: 'the round is over' });
    await kicked.closed();
    faulty.send(encodePackage(packageType.kick, encodeUtf8('{}')));
    await faulty.closed();
    const [first, second] = [await join(game), await join(game)];
    await first.request('connector.entry.bind', { uid: 'anna' });
    await second.request('connector.entry.bind', { uid: 'anna' });
    await first.closed();
    const counts = { disconnected: 1, kick: 1, fault: 1, replaced: 1 };
    await poll(() => countsOf(game, 'client.closed')).toEqual(counts);
    const { counters } = game.app('connector-1');
    await game.stop('connector-1');
    await second.closed();
    expect(counters.clientClosed.shutdown.value).toBe(1);
  });

  it('are counted by why when clients are silent, never shake hands, or do not read', async () => {
    const clock = new FakeClock();
    await using game = await start({}, { clock });
    await using _silent = await join(game);
    await using _strange = await RawClient.connect(game.port('connector-1'));
    await poll(() => game.servers.get('connector-1')!.connections).toBe(2);
    for (let second = 0; second < 65; second++) clock.pass(1000);
    await poll(() => countsOf(game, 'client.closed')).toEqual({ silent: 1, neverHandshook: 1 });
    await using slow = await join(game);
    slow.socket.pause();
    const { channels } = game.app('connector-1');
    await poll(async () => {
      await channels.broadcast('connector', 'onMore', { text: 'x'.repeat(40_000) });
      return countsOf(game, 'client.closed')['slow'];
    }).toBe(1);
  });
});

describe('the handshakes of clients', () => {
  it('are counted by what came of them', async () => {
    const answers = {
      fine: () => undefined,
      banned: () => ({ refuse: { code: 403, reason: 'banned' } }),
      broken: () => {
        throw new Error('no store');
      },
      round: () => {
        const user: Record<string, unknown> = {};
        user['self'] = user;
        return { user };
      },
    };
    await using game = await start({
      app: (app) =>
        app.onConnect(({ user }) => answers[(user as { kind: keyof typeof answers }).kind]() as never),
    });
    const shake = async (handshake: object) => {
      await using client = await RawClient.connect(game.port('connector-1'));
      return ((await client.handshake(handshake)) as { code: number }).code;
    };
    for (const kind of Object.keys(answers)) await shake({ sys, user: { kind } });
    await shake({ user: {} });
    expect(countsOf(game, 'client.handshakes')).toEqual({ ok: 1, refused: 1, failed: 2, invalid: 1 });
    await poll(() => countsOf(game, 'client.closed')['refused']).toBe(4);
  });
});
