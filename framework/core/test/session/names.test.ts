import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import type { Session } from '../../src/session.js';
import type { Uid } from '../../src/session-names.js';
import { type RunningGame, startGame } from '../running-game.js';

const entry = () => ({
  bind: async ({ uid }: { uid: Uid }, session: Session) => {
    await session.bind(uid);
    return {};
  },
  set: async ({ key }: { key: string }, session: Session) => {
    session.set(key, 1);
    await session.push();
    return { value: session.get(key) };
  },
});

const start = (perUid: string): Promise<RunningGame> =>
  startGame({
    servers: {
      gate: [{ id: 'gate-1', frontend: true }],
      connector: [
        { id: 'connector-1', frontend: true },
        { id: 'connector-2', frontend: true },
      ],
      chat: [{ id: 'chat-1' }],
    },
    settings: { session: { perUid }, client: { dictionary: false } },
    handlers: { connector: { entry }, chat: { entry } },
  });

const half = 'ann\ud800';
const invalid = { code: 400, message: expect.stringContaining('Expected a uid') };
const others: readonly unknown[] = [half, { toString: 1 }, { toString: null, valueOf: 1 }, [], '', null];

describe('what other servers would know as something else', () => {
  it.each(['refuse', 'replace', 'many'])('is no uid, with session.perUid: %s', async (perUid) => {
    await using game = await start(perUid);
    for (const uid of others)
      for (const type of ['connector', 'chat'])
        for (const connector of ['connector-1', 'connector-2']) {
          await using player = await RawClient.join(game.port(connector));
          expect(await player.request(`${type}.entry.bind`, { uid })).toMatchObject(invalid);
        }
    expect(game.app('connector-1').sessions.localOf(half)).toEqual([]);
  });

  it('is refused where a uid is looked for: kick, push lists and gate', async () => {
    await using game = await start('many');
    const { sessions, channels, gate } = game.app('chat-1');
    const uid = half;
    await expect(sessions.kickUid(uid)).rejects.toMatchObject({ code: 'UID_INVALID' });
    const channel = channels.create('room');
    const calls = [
      () => channels.push('onX', {}, [{ uid, frontendId: 'connector-1' }]),
      () => channel.add({ uid, frontendId: 'connector-1' }),
      () => channel.leave({ uid, frontendId: 'connector-1' }),
      () => gate.pick(uid),
    ];
    for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'UID_INVALID' }));
    await using client = await RawClient.join(game.port('gate-1'));
    expect(await client.request('gate.gateHandler.queryEntry', { uid })).toMatchObject(invalid);
  });

  it.each(['connector', 'chat'])('names nothing in a session, set by a %s', async (type) => {
    await using game = await start('many');
    await using player = await RawClient.join(game.port('connector-1'));
    for (const key of [half, '', 'x'.repeat(257)])
      expect(await player.request(`${type}.entry.set`, { key })).toMatchObject({
        code: 400,
        message: expect.stringContaining('cannot be the name of a key of a session'),
      });
    expect(await player.request(`${type}.entry.set`, { key: 'Zoë 😂' })).toMatchObject({ value: 1 });
  });

  it('names no channel and no lease', async () => {
    await using game = await start('many');
    const app = game.app('chat-1');
    for (const name of [half, '', 'x'.repeat(257), undefined, { toString: 1 }] as string[]) {
      expect(() => app.channels.create(name)).toThrow(expect.objectContaining({ code: 'NAME_INVALID' }));
      await expect(app.lease(name)).rejects.toMatchObject({ code: 'LEASE_NAME_INVALID' });
    }
  });
});
