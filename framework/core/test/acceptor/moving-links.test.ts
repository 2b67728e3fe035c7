import { encodeMessage, encodePackage, encodeUtf8, messageType, packageType } from '@pomelo-ts/protocol';
import { describe, expect, it } from 'vitest';
import { RawClient, type RawClientOptions } from '../../../../test/helpers/raw-client.js';
import { stockBrowserClient } from '../../../../test/helpers/stock-client.js';
import { makeHybrid } from '../../src/acceptor/make-hybrid.js';
import type { AcceptorMaker, MovingAcceptor } from '../../src/acceptor.js';
import { ContractFrontend } from '../../src/testing/acceptor-contract/frontend.js';
import type { ContractSession } from '../../src/testing/acceptor-contract/session.js';
import { maskedFrame } from './masked-frame.js';

const make: AcceptorMaker = (context) => makeHybrid({ ...context, options: {} });

/** Two frontends, of which the second goes on with the clients of the first. */
class Pair implements AsyncDisposable {
  readonly old = new ContractFrontend(make, noDial, {}, 15_000);
  readonly next = new ContractFrontend(make, noDial, {}, 15_000);

  static async open(): Promise<Pair> {
    const pair = new Pair();
    await pair.old.listen();
    await pair.next.listen();
    return pair;
  }

  /** A client of the first one. */
  async join(options: RawClientOptions): Promise<{ client: RawClient; session: ContractSession }> {
    const client = await RawClient.join(this.old.port, options);
    const session = this.old.sessions.at(-1)!;
    await this.old.until(() => session.ready, 'the end of the handshake');
    return { client, session };
  }

  /** Moves a client; gives its new session. */
  move(session: ContractSession): ContractSession {
    const taken = acceptorOf(this.old).takeApart(session.link);
    expect(taken).toBeDefined();
    expect(session.taken).toBe(true);
    expect(this.old.places.clients).toBe(0);
    // As it would travel to another process.
    acceptorOf(this.next).adopt({ ...taken!, state: structuredClone(taken!.state) });
    return this.next.sessions.at(-1)!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.old.close();
    await this.next.close();
  }
}

function noDial(): never {
  throw new Error('the clients of this test dial by themselves');
}

const acceptorOf = ({ acceptor }: ContractFrontend): MovingAcceptor => acceptor as MovingAcceptor;

const route = 'chat.chatHandler.send';
const request = (id: number, text = 'hi'): Uint8Array =>
  encodePackage(
    packageType.data,
    encodeMessage(messageType.request, id, route, encodeUtf8(JSON.stringify({ text }))),
  );
/** A message in three fragments, with a ping in between. */
function fragments(payload: Uint8Array): Buffer {
  return Buffer.concat([
    maskedFrame(payload.subarray(0, 10), { fin: false }),
    maskedFrame(encodeUtf8('you?'), { opcode: 9 }),
    maskedFrame(payload.subarray(10, 20), { opcode: 0, fin: false }),
    maskedFrame(payload.subarray(20), { opcode: 0 }),
  ]);
}

const long = 'x'.repeat(300);

describe.each<[string, RawClientOptions, (id: number) => Uint8Array]>([
  ['over TCP', { transport: 'tcp' }, (id) => request(id)],
  ['over WebSocket', { transport: 'ws' }, (id) => maskedFrame(request(id))],
  ['over WebSocket, of a long frame', { transport: 'ws' }, (id) => maskedFrame(request(id, long))],
  ['over WebSocket, of fragments', { transport: 'ws' }, (id) => fragments(request(id))],
])('a link that is moved %s', (_name, options, bytesOf) => {
  const bytes = bytesOf(2);
  const cuts = Array.from({ length: bytes.length }, (_, cut) => cut).filter(
    (cut) => cut < 16 || cut % 9 === 0,
  );

  it.each(cuts)('goes on in the midst of a message, cut after byte %i', async (cut) => {
    await using pair = await Pair.open();
    const { client, session } = await pair.join(options);
    // The whole one shows that what comes with it has been read too.
    client.socket.write(Buffer.concat([bytesOf(1), bytes.subarray(0, cut)]));
    await pair.old.until(() => session.messages.length === 1, 'the first message');
    session.answer(1, 'of the old one');
    const moved = pair.move(session);
    client.socket.write(Buffer.concat([bytes.subarray(cut), bytesOf(3)]));
    await pair.next.until(() => moved.messages.length === 2, 'the messages');
    expect(moved.messages.map(({ id }) => id)).toEqual([2, 3]);
    for (const id of [2, 3]) moved.answer(id, 'of the next one');
    moved.link.push(pair.next.push('onMoved', 1));
    expect([await client.answerTo(1), await client.answerTo(2), await client.answerTo(3)]).toEqual([
      'of the old one',
      'of the next one',
      'of the next one',
    ]);
    expect(await client.push('onMoved')).toBe(1);
    expect([session.ends, moved.ends, client.closeCode]).toEqual([[], [], undefined]);
    moved.link.kick('enough');
    await client.closed();
    expect([client.kicked, moved.ends, pair.next.places.clients]).toEqual(['enough', ['enough'], 0]);
  });
});

describe('a link', () => {
  it('carries a stock client on that notices nothing', async () => {
    await using pair = await Pair.open();
    const stock = stockBrowserClient();
    await stock.init('127.0.0.1', pair.old.port);
    let session = pair.old.sessions.at(-1)!;
    await pair.old.until(() => session.ready, 'the end of the handshake');
    session = pair.move(session);
    const answer = stock.request(route, { text: 'hi' });
    await pair.next.until(() => session.messages.length === 1, 'the request');
    session.answer(session.messages[0]!.id, { from: 'next' });
    expect(await answer).toEqual({ from: 'next' });
    stock.disconnect();
  });

  it.each<[string, RawClientOptions]>([
    ['TCP', { transport: 'tcp' }],
    ['WebSocket', { transport: 'ws' }],
  ])(
    'that was moved over %s ends when its client goes, and keeps no acceptor from closing',
    async (_, options) => {
      await using pair = await Pair.open();
      const { client, session } = await pair.join(options);
      const moved = pair.move(session);
      await pair.old.acceptor.close('moved all');
      client.destroy();
      await pair.next.until(() => moved.ends.length === 1, 'the end');
      expect([moved.ends, session.ends]).toEqual([['disconnected'], []]);
    },
  );

  it('is not taken apart in its handshake, while something waits to leave, when it has ended, or is another acceptor’s', async () => {
    await using pair = await Pair.open();
    const greeting = await RawClient.connect(pair.old.port, { transport: 'tcp' });
    greeting.send(encodePackage(packageType.handshake, encodeUtf8('{"sys":{}}')));
    await greeting.next(packageType.handshake);
    const old = acceptorOf(pair.old);
    expect(old.takeApart(pair.old.sessions.at(-1)!.link)).toBeUndefined();
    const { client, session } = await pair.join({ transport: 'tcp' });
    expect(acceptorOf(pair.next).takeApart(session.link)).toBeUndefined();
    client.socket.pause();
    const filled = (): boolean =>
      !session.link.push(pair.old.push('onMore', 'x'.repeat(60_000))) || session.link.queuedBytes > 200_000;
    await pair.old.until(filled, 'what waits');
    expect(old.takeApart(session.link)).toBeUndefined();
    expect([session.taken, session.ends]).toEqual([false, []]);
    client.socket.resume();
    session.link.kick('over');
    await client.closed();
    expect(old.takeApart(session.link)).toBeUndefined();
    await greeting[Symbol.asyncDispose]();
  });
});
