import { Measures } from '@pomelo-ts/common';
import { frame } from '@pomelo-ts/common/internal';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import type { RpcNode } from '../src/index.js';
import { rpcMeasures } from '../src/measures.js';
import { MemoryNetwork, memoryTransport } from '../src/transport/memory.js';
import type { RpcChannel } from '../src/transport.js';
import { frameType } from '../src/wire/frame-type.js';
import { ClusterOfNodes, proveTo } from './cluster-of-nodes.js';

/** A node whose time stands still, and a proved peer of it that says only what the test writes. */
class Line {
  readonly clock = new FakeClock();
  readonly measures = new Measures();
  readonly counters = this.measures.makeAll(rpcMeasures);
  readonly #network = new MemoryNetwork();
  readonly #cluster = new ClusterOfNodes('memory');
  node!: RpcNode;
  channel!: RpcChannel;
  /** First bytes after the length, of the frames that came from the node. */
  readonly heard: number[] = [];
  closed = false;

  static async open(): Promise<Line> {
    const line = new Line();
    const transport = memoryTransport(line.#network);
    const { clock, measures } = line;
    const { node, entry } = await line.#cluster.node('a-1', {}, { transport, clock, measures });
    line.node = node;
    const self = { id: 'x-1', bootId: 'boot-of-x-1' };
    node.addPeer({ ...self, type: 'x', host: '127.0.0.1' });
    const channel = await transport.dial({ host: '127.0.0.1', port: entry.port! }, 1000);
    const proved = await proveTo(channel, { id: 'a-1', bootId: 'boot-of-a-1' }, self);
    proved.resume({
      onFrame: (bytes, start) => line.heard.push(bytes[start]!),
      onHeard: () => {},
      onClose: () => {
        line.closed = true;
      },
    });
    line.channel = channel;
    return line;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#cluster[Symbol.asyncDispose]();
  }
}

describe('a peer', () => {
  it('that is silent for 2.8 s is given up, and its calls settle with PEER_LOST', async () => {
    await using line = await Line.open();
    const call = expect(line.node.request('x-1', 'm', [])).rejects.toMatchObject({ code: 'PEER_LOST' });
    await line.clock.letPass(2750, 50);
    expect(line.closed).toBe(false);
    await line.clock.letPass(200, 50);
    await call;
    expect(line.closed).toBe(true);
    expect(line.counters.rpcSilentPeers.value).toBe(1);
  });

  it('that sends one long frame slowly is not silent', async () => {
    await using line = await Line.open();
    const long = frame(Buffer.concat([Buffer.from([frameType.notify, 0, 1, 0x6d, 0xc6]), Buffer.alloc(500)]));
    for (let at = 0; at < 400; at += 20) {
      line.channel.write(long.subarray(at, at + 20));
      await line.clock.letPass(500, 50);
    }
    expect(line.closed).toBe(false);
  });

  it('is sent a heartbeat after each half second without a word to it, however much it says itself', async () => {
    await using line = await Line.open();
    for (let turn = 0; turn < 100; turn++) {
      line.channel.write(frame(Buffer.from([frameType.pong])));
      await line.clock.letPass(50, 50);
    }
    expect(new Set(line.heard)).toEqual(new Set([frameType.ping]));
    expect(line.heard.length).toBeGreaterThanOrEqual(8);
    expect(line.heard.length).toBeLessThanOrEqual(10);
  });

  it('is not given up right after a pause of this process, before what it has sent is read', async () => {
    await using line = await Line.open();
    await line.clock.letPass(1000, 50);
    const { clock } = line;
    const now = clock.now.bind(clock);
    clock.now = () => now() + 60_000;
    clock.pass(100);
    expect(line.closed).toBe(false);
    line.channel.write(frame(Buffer.from([frameType.pong])));
    await clock.letPass(2000, 50);
    expect(line.closed).toBe(false);
    await clock.letPass(1000, 50);
    expect(line.closed).toBe(true);
  });
});
