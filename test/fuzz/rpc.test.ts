import { isPomeloError } from '@pomelo-ts/common';
import { frame } from '@pomelo-ts/common/internal';
import { msgpackrCodec, tcpTransport } from '@pomelo-ts/rpc';
import { frameType } from '@pomelo-ts/rpc/internal';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type MemberKey,
  memberBytes,
  readMember,
  writeMember,
} from '../../framework/core/src/channel/member.js';
import { encodePush, readPushHead } from '../../framework/core/src/channel/push-frame.js';
import {
  forwardHeadBytes,
  readForwardFrame,
  writeForwardHead,
} from '../../framework/core/src/forward/forward-frame.js';
import { ByteReader } from '../../framework/core/src/wire/byte-reader.js';
import { frameKind } from '../../framework/core/src/wire/frame-kind.js';
import { type RunningGame, startGame, testKey } from '../../framework/core/test/running-game.js';
import type { ProvedChannel } from '../../framework/rpc/src/wire/handshake.js';
import { proveTo } from '../../framework/rpc/test/cluster-of-nodes.js';
import { RawClient } from '../helpers/raw-client.js';

const codec = msgpackrCodec();
const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
};

function forward(route: string, number: number, notify: boolean): Buffer {
  const snapshot = codec.encode({ uid: 'u1', address: '127.0.0.1', settings: { rid: 1 } });
  const session = { id: `s-${number}`, number, moves: 0, version: 1 };
  const head = { ...session, snapshot, notify, route: Buffer.from(route) };
  const bytes = Buffer.alloc(forwardHeadBytes(head));
  writeForwardHead(bytes, 0, head);
  return Buffer.concat([bytes, Buffer.from('{"n":1}')]);
}

function member(key: MemberKey): Buffer {
  const bytes = Buffer.alloc(memberBytes(key));
  writeMember(bytes, 0, key);
  return bytes;
}

const push = encodePush('onChat', Buffer.from('{}'), ['u1', 7]).bytes;
const members = [{ uid: 'u1' }, { uid: 7 }, { sessionId: 's-1' }].map(member);

/** A valid frame of each kind: the seeds of random edits. */
const seeds: readonly [kind: number, body: Buffer][] = [
  [frameKind.forward, forward('chat.handler.echo', 5, false)],
  [frameKind.forward, forward('connector.handler.echo', 6, true)],
  [frameKind.sessionClosed, Buffer.concat([u32(5), Buffer.from('gone')])],
  [frameKind.sessionsAlive, u32(0, 9, 5, 6)],
  [frameKind.sessionMoved, u32(5, 1)],
  [frameKind.sessionTaken, Buffer.concat([u32(7, 1), Buffer.from('\u0003s-5')])],
  ...members.flatMap((one): [number, Buffer][] => [
    [frameKind.channelAdd, Buffer.concat([u32(1, 1), one])],
    [frameKind.channelLeave, Buffer.concat([u32(1, 1), one])],
    [frameKind.memberLeft, Buffer.concat([u32(1, 1), one])],
    [frameKind.memberMoved, Buffer.concat([u32(1, 1), one, Buffer.from('\u0000connector-2')])],
  ]),
  [frameKind.channelDrop, u32(1)],
  [frameKind.channelPush, Buffer.concat([u32(1), push])],
  [frameKind.listPush, Buffer.concat([u32(3), ...members, push])],
  [frameKind.broadcast, Buffer.concat([Buffer.from([0]), push])],
];

const edits = fc.array(fc.tuple(fc.nat(80), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255))), {
  maxLength: 4,
});
const editedSeed = fc
  .tuple(fc.constantFrom(...seeds), edits, fc.nat(6))
  .map(([[kind, seed], list, cut]): [number, Buffer] => {
    const bytes = Buffer.from(seed.subarray(0, Math.max(0, seed.length - cut)));
    for (const [at, byte] of list) if (bytes.length > 0) bytes[at % bytes.length] = byte;
    return [kind, bytes];
  });
const anySmall = fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes));

/** A frame between servers: any type around any bytes, or a raw frame of a kind that there is. */
const anyFrame = fc
  .oneof(
    {
      weight: 1,
      arbitrary: fc.tuple(fc.nat(11), anySmall).map(([type, bytes]) => [Buffer.from([type]), bytes]),
    },
    {
      weight: 4,
      arbitrary: fc
        .tuple(editedSeed, fc.option(fc.nat(0xffff)))
        .map(([[kind, bytes], callId]) =>
          callId === null
            ? [Buffer.from([frameType.rawNotify, kind]), bytes]
            : [Buffer.from([frameType.rawRequest]), u32(callId), Buffer.from([kind]), bytes],
        ),
    },
  )
  .map((parts) => frame(Buffer.concat(parts)));

describe('any bytes between servers', () => {
  let game: RunningGame;
  let healthy: RawClient;
  let bootId: string;
  beforeAll(async () => {
    const handler = () => ({ echo: (msg: unknown) => msg });
    game = await startGame(
      {
        servers: {
          connector: [{ id: 'connector-1', frontend: true }],
          chat: [{ id: 'chat-1' }],
          arena: [{ id: 'arena-1' }],
        },
        handlers: {
          connector: { handler },
          chat: {
            handler: (app) => ({
              echo: (msg: unknown) => msg,
              join: (_msg: unknown, session: unknown) => ({
                added: app.channels.create('room').add(session as never),
              }),
            }),
          },
        },
      },
      { only: ['connector-1', 'chat-1'], transport: () => tcpTransport() },
    );
    healthy = await RawClient.join(game.port('connector-1'));
    await healthy.request('chat.handler.join');
    // A server of the cluster that knows the secret and whose code is broken.
    const { link, bootId: life } = await game.join('arena-1');
    bootId = life;
    link.report('ready');
  });
  afterAll(async () => {
    await healthy[Symbol.asyncDispose]();
    await game[Symbol.asyncDispose]();
  });

  const portOf = (id: string): number => game.config.servers.find((one) => one.id === id)!.port!;

  async function othersGoOn(): Promise<void> {
    expect(await healthy.request('chat.handler.echo', { n: 1 })).toEqual({ n: 1 });
    expect(await game.app('chat-1').channels.get('room')!.deliver('onTick', {})).toEqual({
      delivered: 1,
      failed: [],
    });
  }

  it('from a stranger are refused, whatever they are', async () => {
    const before = game.count('chat-1', 'rpc.refusedConnections');
    let runs = 0;
    const hello = frame(Buffer.from('\u0001{"id":"arena-1","bootId":"x","nonce":"y"}'));
    const bytes = fc.oneof(
      anySmall,
      anyFrame,
      edits.map((list) => {
        const edited = Buffer.from(hello);
        for (const [at, byte] of list) edited[at % edited.length] = byte;
        return edited;
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 3 }), async (pieces) => {
        runs++;
        const channel = await tcpTransport().dial({ host: '127.0.0.1', port: portOf('chat-1') }, 1000);
        channel.read({ onBytes: () => {}, onClose: () => {} });
        for (const piece of pieces) channel.write(piece);
        channel.destroy();
        await othersGoOn();
      }),
      { numRuns: 300 },
    );
    await expect.poll(() => game.count('chat-1', 'rpc.refusedConnections') - before).toBe(runs);
  });

  it('from a server that has proved itself cost its own connection at most', async () => {
    let dials = 0;
    const cases = fc.tuple(
      fc.constantFrom('connector-1', 'chat-1'),
      fc.array(anyFrame, { minLength: 1, maxLength: 8 }),
      fc.array(fc.nat(200), { maxLength: 4 }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([id, frames, cuts]) => {
        const { channel } = await prove(id);
        dials++;
        const bytes = Buffer.concat(frames);
        const edges = [0, ...cuts.map((cut) => cut % bytes.length).sort((a, b) => a - b), bytes.length];
        for (const [index, end] of edges.slice(1).entries()) channel.write(bytes.subarray(edges[index], end));
        channel.destroy();
        await othersGoOn();
      }),
      { numRuns: 500 },
    );
    expect(dials).toBeGreaterThan(50);
    for (const id of ['connector-1', 'chat-1']) {
      // The only connections that were lost are those of the broken server.
      await expect.poll(() => game.count(id, 'rpc.lostConnections')).toBeGreaterThan(0);
      expect(game.app(id).registry.ofType('chat')).toHaveLength(1);
    }
  });

  async function prove(id: string): Promise<ProvedChannel> {
    const self = { id: 'arena-1', bootId };
    const expected = { id, bootId: game.app(id).registry.get(id)!.bootId };
    const channel = await tcpTransport().dial({ host: '127.0.0.1', port: portOf(id) }, 1000);
    const proved = await proveTo(channel, expected, self, testKey);
    proved.resume({ onFrame: () => {}, onHeard: () => {}, onClose: () => {} });
    return proved;
  }
});

describe('the readers of frames between servers', () => {
  const readers: Record<string, (reader: ByteReader) => unknown> = {
    forward: (reader) => readForwardFrame(reader),
    member: (reader) => readMember(reader),
    push: (reader) => readPushHead(reader),
  };

  it.each(Object.entries(readers))('give a value inside the bytes or FRAME_INVALID (%s)', (_, read) => {
    const bytes = fc.oneof(
      anySmall,
      editedSeed.map(([, body]) => body),
    );
    fc.assert(
      fc.property(bytes, fc.nat(8), (body, skip) => {
        const reader = new ByteReader(body, Math.min(skip, body.length), body.length, 'a peer');
        try {
          read(reader);
          expect(reader.at).toBeLessThanOrEqual(body.length);
        } catch (error) {
          if (!isPomeloError(error, 'FRAME_INVALID')) throw error;
        }
      }),
      { numRuns: 5000 },
    );
  });
});
