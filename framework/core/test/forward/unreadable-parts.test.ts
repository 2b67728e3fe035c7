import { silentLogger } from '@pomelo-ts/common';
import { msgpackrCodec, type RpcCodec } from '@pomelo-ts/rpc';
import { describe, expect, it, vi } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { msgpackLiteCodec } from '../../../adapters/src/codec-msgpack-lite.js';
import type { Session } from '../../src/session.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

/** The codec, but for values with a certain text: those it writes, and cannot read. */
function halfBlind(codec: RpcCodec): RpcCodec {
  return {
    name: codec.name,
    encode: (value) => codec.encode(value),
    decode(bytes, start, end) {
      if (bytes.subarray(start, end).includes('unread')) throw new TypeError('no such kind');
      return codec.decode(bytes, start, end);
    },
  };
}

class Half implements AsyncDisposable {
  readonly told = vi.fn();
  release!: () => void;
  game!: RunningGame;

  async start(codec: RpcCodec): Promise<this> {
    this.game = await startGame(
      {
        servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
        app: (app) => app.rpcCodec(halfBlind(codec)),
        handlers: {
          connector: {
            own: (app) => ({
              set: ({ v }: { v: unknown }, session: Session) => session.set('part', v),
              call: async ({ v }: { v: unknown }) => ({
                got: await app.rpc['chat']!['own']!['take']!('k', v),
              }),
              notify: ({ v }: { v: unknown }) => app.rpc['chat']!['own']!['take']!.notify('k', v),
            }),
          },
          chat: {
            own: () => ({
              hold: () =>
                new Promise<object>((resolve) => {
                  this.release = () => resolve({ held: true });
                }),
              get: (_msg: unknown, session: Session) => ({ part: session.get('part') }),
            }),
          },
        },
        remotes: { chat: { own: () => ({ take: (v: unknown) => (v === 'answer' ? 'unread' : v) }) } },
        settings: { client: { dictionary: false } },
      },
      { logger: { ...silentLogger, warn: this.told, error: this.told } },
    );
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.game[Symbol.asyncDispose]();
  }
}

describe.each([msgpackrCodec(), msgpackLiteCodec()])('what $name cannot read', (codec) => {
  it('of a session fails the requests of that session alone, with a line, until it holds something else', async () => {
    await using half = await new Half().start(codec);
    const port = half.game.port('connector-1');
    await using player = await RawClient.join(port);
    await using bystander = await RawClient.join(port);
    const waits = bystander.request('chat.own.hold');
    await poll(() => typeof half.release).toBe('function');
    await player.request('connector.own.set', { v: 'unread' });
    for (let i = 0; i < 3; i++)
      expect(await player.request('chat.own.get')).toEqual({ code: 500, message: 'chat.own.get failed.' });
    expect(half.told).toHaveBeenCalledWith('chat.own.get failed', {
      error: expect.objectContaining({
        message: expect.stringMatching(
          /connector-1 sent of session [\da-z]+-1 cannot be decoded: no such kind/,
        ),
      }),
    });
    half.release();
    expect(await waits).toEqual({ held: true });
    await player.request('connector.own.set', { v: 'fine' });
    expect(await player.request('chat.own.get')).toEqual({ part: 'fine' });
    expect(half.game.count('connector-1', 'rpc.lostConnections')).toBe(0);
    expect(half.game.count('chat-1', 'forward.unreadableSessions')).toBe(1);
  });

  it('of a call, its answer or a notify fails that one alone', async () => {
    await using half = await new Half().start(codec);
    const port = half.game.port('connector-1');
    await using player = await RawClient.join(port);
    await using bystander = await RawClient.join(port);
    const waits = bystander.request('chat.own.hold');
    await poll(() => typeof half.release).toBe('function');
    for (const v of ['unread', 'answer'])
      expect(await player.request('connector.own.call', { v })).toMatchObject({ code: 500 });
    player.notify('connector.own.notify', { v: 'unread' });
    await poll(() => half.game.count('chat-1', 'rpc.failedNotifies')).toBe(1);
    expect(await player.request('connector.own.call', { v: 'fine' })).toEqual({ got: 'fine' });
    half.release();
    expect(await waits).toEqual({ held: true });
    expect(half.game.count('connector-1', 'rpc.lostConnections')).toBe(0);
  });
});
