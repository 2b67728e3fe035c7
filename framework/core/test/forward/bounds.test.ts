import { Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { MemoryNetwork, memoryTransport, msgpackrCodec, type Peer, RpcNode } from '@pomelo-ts/rpc';
import { maxAtWork } from '@pomelo-ts/rpc/internal';
import { describe, expect, it, vi } from 'vitest';
import { forwardHeadBytes, writeForwardHead } from '../../src/forward/forward-frame.js';
import { coreMeasures } from '../../src/measures.js';
import { BackendSessionTable } from '../../src/session/backend-session-table.js';
import { sessionRoom } from '../../src/session/frontend-life.js';
import { frameKind } from '../../src/wire/frame-kind.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame, testKey } from '../running-game.js';

/* What a backend keeps for a frontend that was taken over: it says what it wants. */

class TakenFrontend implements AsyncDisposable {
  readonly settle: (() => void)[] = [];
  /** What came of its requests, in order. */
  readonly answers: unknown[] = [];
  game!: RunningGame;
  #node!: RpcNode;
  readonly #snapshot = Buffer.from(msgpackrCodec().encode({ uid: null, address: '', settings: {} }));

  async start(): Promise<this> {
    const network = new MemoryNetwork();
    this.game = await startGame(
      {
        servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
        handlers: {
          chat: {
            own: () => ({
              hold: () => new Promise<object>((resolve) => this.settle.push(() => resolve({ held: true }))),
              say: () => ({ said: true }),
            }),
          },
        },
        settings: {
          client: { maxPendingNotifies: 1_000_000 },
          rpc: { maxQueueBytes: '1GiB', timeout: '60s' },
        },
      },
      { only: ['chat-1'], transport: () => memoryTransport(network) },
    );
    const { link, bootId } = await this.game.join('connector-1');
    link.report('ready');
    this.#node = new RpcNode({
      id: 'connector-1',
      bootId,
      keys: () => [testKey],
      transport: memoryTransport(network),
      maxQueueBytes: 2 ** 30,
      logger: silentLogger,
      handlers: { request: () => {} },
    });
    const { port, bootId: bootOfChat } = link.registry.all.find(({ id }) => id === 'chat-1')!;
    const chat = { id: 'chat-1', type: 'chat', host: '127.0.0.1', bootId: bootOfChat, dial: true };
    this.#node.addPeer({ ...chat, port: port! });
    await poll(() => this.#peer.connection !== undefined).toBe(true);
    return this;
  }

  get #peer(): Peer {
    return this.#node.peer('chat-1')!;
  }

  /** Forwards a message of a session, with its snapshot. */
  forward(number: number, route: string, notify: boolean): void {
    const name = { id: `s-${number}`, number, moves: 0 };
    const head = { ...name, version: 1, snapshot: this.#snapshot, notify, route: Buffer.from(route) };
    const bytes = forwardHeadBytes(head) + 2;
    const at = notify
      ? this.#peer.openRawNotify(frameKind.forward, bytes)
      : this.#peer.openRawRequest(frameKind.forward, bytes, this.#settler(route), Number.POSITIVE_INFINITY);
    if (at < 0) throw new Error('too much waits');
    this.#peer.buffer.write('{}', writeForwardHead(this.#peer.buffer, at, head));
  }

  #settler(method: string) {
    return {
      method,
      timeoutMs: 60_000,
      settleValue: () => {},
      settleRaw: (answer: Buffer, start: number, end: number) =>
        void this.answers.push(JSON.parse(answer.toString('utf8', start + 1, end))),
      settleError: (error: unknown) => void this.answers.push(error),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#node.close();
    await this.game[Symbol.asyncDispose]();
  }
}

describe('a frontend that says what it wants', () => {
  it('has no more handlers at work for its messages than its share, and is told so of each further request', {
    timeout: 60_000,
  }, async () => {
    await using frontend = await new TakenFrontend().start();
    const { game, settle, answers } = frontend;
    for (let sent = 1; sent < maxAtWork; sent++) {
      frontend.forward(1, 'chat.own.hold', true);
      if (sent % 5000 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    frontend.forward(1, 'chat.own.hold', false);
    await poll(() => settle.length).toBe(maxAtWork);
    frontend.forward(1, 'chat.own.say', false);
    frontend.forward(1, 'chat.own.hold', true);
    await poll(() => answers).toEqual([
      { code: 503, message: '262144 calls to chat-1 are already waiting; the limit is 262144.' },
    ]);
    await poll(() => game.count('chat-1', 'forward.refused')).toBe(2);
    expect(settle).toHaveLength(maxAtWork);
    settle.at(-1)!();
    await poll(() => answers.at(-1)).toEqual({ held: true });
    frontend.forward(1, 'chat.own.say', false);
    await poll(() => answers.at(-1)).toEqual({ said: true });
    for (const end of settle) end();
  });

  it('has room for a million sessions that keep nothing, and for fewer that keep much', () => {
    const told = vi.fn();
    const counters = new Measures().makeAll(coreMeasures);
    const table = new BackendSessionTable({
      serverId: 'chat-1',
      call: async () => {},
      listeners: [],
      clock: new FakeClock(),
      counters,
      logger: { ...silentLogger, error: told },
    });
    const snapshot = { uid: null, address: '', settings: {} };
    const tell = (frontendId: string, number: number, bytes: number) =>
      table.update(
        frontendId,
        'boot',
        { id: `${frontendId}-${number}`, number, moves: 0 },
        0,
        snapshot,
        bytes,
      );
    const much = sessionRoom.bytes / 4 - sessionRoom.each;
    for (let id = 1; id <= 4; id++) tell('connector-1', id, much);
    const full =
      'chat-1 takes no more of the sessions of connector-1: 4 of them have the room of 268435456 bytes.';
    expect(() => tell('connector-1', 5, 0)).toThrow(full);
    expect(() =>
      table.unreadable(
        'connector-1',
        'boot',
        { id: 'six', number: 6, moves: 0 },
        0,
        new Error('no such kind'),
      ),
    ).toThrow(full);
    expect(() => tell('connector-1', 1, much + 1)).toThrow(full);
    expect(table.size).toBe(4);
    expect(told).toHaveBeenCalledTimes(1);
    expect(counters.sessionRefused.value).toBe(3);
    tell('connector-2', 5, much); // others have their own
    tell('connector-1', 1, much - sessionRoom.each);
    tell('connector-1', 5, 0);
    expect(() => tell('connector-1', 6, 0)).toThrow(full.replace(': 4', ': 5'));
    table.close('connector-1', 'boot', 1, 'disconnected');
    tell('connector-1', 6, 0);
    expect(sessionRoom.bytes / sessionRoom.each).toBe(1_048_576);
  });
});
