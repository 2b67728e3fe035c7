import { Measures } from '@pomelo-ts/common';
import { frame } from '@pomelo-ts/common/internal';
import { afterEach, describe, expect, it } from 'vitest';
import type { RpcNode, RpcNodeOptions } from '../src/index.js';
import { rpcMeasures } from '../src/measures.js';
import { maxAtWork, type RpcHandlers } from '../src/node/calls.js';
import type { RpcChannel } from '../src/transport.js';
import { frameType } from '../src/wire/frame-type.js';
import { ClusterOfNodes, proveTo, transports } from './cluster-of-nodes.js';

/* What a node keeps for a peer that knows the key and does not read what it is sent. */

const mib = 1024 * 1024;
const limits = { maxQueueBytes: mib, maxFrameBytes: mib } as const;
/** Above this a peer is not read: see `outputBounds`. */
const deafBytes = mib + mib / 16 + 2 * mib;

/** A node, and a proved peer of it that says and reads what the test wants. */
class Line implements AsyncDisposable {
  readonly measures = new Measures();
  readonly counters = this.measures.makeAll(rpcMeasures);
  node!: RpcNode;
  channel!: RpcChannel;
  /** Types of the frames that came from the node. */
  readonly heard: number[] = [];
  closed = false;
  /** Called for each frame of the node. */
  onFrame: () => void = () => {};
  readonly #cluster: ClusterOfNodes;
  #beat: NodeJS.Timeout | undefined;
  #dial!: () => Promise<RpcChannel>;

  private constructor(transport: string) {
    this.#cluster = new ClusterOfNodes(transport);
  }

  static async open(
    transport: string,
    handlers: Partial<RpcHandlers> = {},
    options: Partial<RpcNodeOptions> = {},
  ): Promise<Line> {
    const line = new Line(transport);
    const { node, entry } = await line.#cluster.node('a-1', handlers, {
      measures: line.measures,
      ...limits,
      ...options,
    });
    line.node = node;
    line.#dial = () => transports[transport]!()().dial({ host: '127.0.0.1', port: entry.port! }, 1000);
    await line.dialAgain('boot-of-x-1');
    // It lives, whether it reads or not.
    line.#beat = setInterval(() => line.channel.write(frame(Buffer.from([frameType.ping]))), 50);
    return line;
  }

  /** Opens a connection as this life of the peer, which ends that before. */
  async dialAgain(bootId: string): Promise<void> {
    const self = { id: 'x-1', bootId };
    this.node.addPeer({ ...self, type: 'x', host: '127.0.0.1' });
    const former = this.node.peer('x-1')!.connection;
    const channel = await this.#dial();
    const proved = await proveTo(channel, { id: 'a-1', bootId: 'boot-of-a-1' }, self);
    this.channel = channel;
    proved.resume({
      onFrame: (bytes, start) => {
        this.heard.push(bytes[start]!);
        this.onFrame();
      },
      onHeard: () => {},
      onClose: () => {
        this.closed = true;
      },
    });
    const connection = () => this.node.peer('x-1')!.connection;
    await expect.poll(() => connection() !== undefined && connection() !== former).toBe(true);
  }

  /** What waits for the peer. */
  get waiting(): number {
    return this.node.peer('x-1')!.queuedBytes;
  }

  /** Sends `frames` again and again, as fast as they are taken; gives the most that has waited for this peer meanwhile. */
  async flood(frames: Buffer, times: number): Promise<number> {
    let most = 0;
    for (let sent = 0; sent < times && this.node.peer('x-1')!.connection; sent++) {
      if (this.channel.queuedBytes < 4 * mib) this.channel.write(frames);
      else sent--;
      await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, this.waiting);
    }
    return most;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#beat);
    this.channel.destroy();
    await this.#cluster[Symbol.asyncDispose]();
  }
}

function request(callId: number): Buffer {
  const body = Buffer.from([frameType.request, 0, 0, 0, 0, 0, 1, 0x6d, 0x90]); // the method "m", no arguments
  body.writeUInt32BE(callId, 1);
  return frame(body);
}

const answer = 'x'.repeat(100_000);

describe.each(['tcp', 'encrypted tcp'])('a peer over %s', (transport) => {
  let line: Line | undefined;
  afterEach(async () => {
    await line?.[Symbol.asyncDispose]();
    line = undefined;
  });

  it('that reads nothing has no pong kept, however many pings it sends', async () => {
    line = await Line.open(transport);
    line.channel.stopReading!();
    const pings = Buffer.concat(Array(100_000).fill(frame(Buffer.from([frameType.ping]))));
    expect(await line.flood(pings, 100)).toBeLessThan(64 * 1024);
    expect(line.counters.rpcStuckPeers.value).toBe(0);
  });

  it('has one pong for all its pings of one tick', async () => {
    line = await Line.open(transport);
    line.channel.write(Buffer.concat(Array(1000).fill(frame(Buffer.from([frameType.ping])))));
    await expect.poll(() => line!.heard).toContain(frameType.pong);
    expect(line.heard.filter((type) => type === frameType.pong).length).toBeLessThan(100);
  });

  it.each([
    ['at once', () => answer],
    ['later', () => new Promise((resolve) => setImmediate(() => resolve(answer)))],
  ])('that reads none of the answers that come %s is read no more, and is given up', async (_, handler) => {
    line = await Line.open(transport, { request: handler }, { silentMs: 300 });
    line.channel.stopReading!();
    const calls = Buffer.concat(Array.from({ length: 1000 }, (_none, n) => request(n)));
    const most = await line.flood(calls, 100); // 10 GB of answers
    expect(most).toBeLessThan(2 * deafBytes + 12 * mib);
    await expect.poll(() => line!.node.peer('x-1')!.connection, { timeout: 10_000 }).toBeUndefined();
    expect(line.counters.rpcStuckPeers.value).toBe(1);
  });

  it('has no more handlers at work than its share, and is told so of each further call', async () => {
    let atWork = 0;
    const settle: (() => void)[] = [];
    const handler = async () => {
      atWork++;
      await new Promise<void>((resolve) => settle.push(resolve));
      atWork--;
    };
    line = await Line.open(transport, { request: handler });
    const calls = Buffer.concat(Array.from({ length: 1000 }, (_none, n) => request(n)));
    await line.flood(calls, 270);
    await expect
      .poll(() => line!.heard.filter((type) => type === frameType.error).length)
      .toBe(270_000 - maxAtWork);
    expect(atWork).toBe(maxAtWork);
    for (const end of settle) end();
    await expect.poll(() => line!.heard.filter((type) => type === frameType.response).length).toBe(maxAtWork);
    line.channel.write(request(0));
    await expect.poll(() => atWork).toBe(1);
  });

  it('has one share for all its connections and lives, until what it has left at work has settled', async () => {
    const settle: (() => void)[] = [];
    line = await Line.open(transport, {
      request: () => new Promise<void>((resolve) => settle.push(resolve)),
    });
    const { node } = line;
    const atWork = () => node.peer('x-1')!.work.atWork;
    const calls = (count: number) => Buffer.concat(Array.from({ length: count }, (_none, n) => request(n)));
    line.channel.write(calls(10));
    await expect.poll(atWork).toBe(10);
    await line.dialAgain('boot-of-x-1');
    line.channel.write(calls(5));
    await expect.poll(atWork).toBe(15);
    await line.dialAgain('later-boot-of-x-1');
    line.channel.write(calls(1));
    await expect.poll(atWork).toBe(16);
    for (const end of settle) end();
    await expect.poll(atWork).toBe(0);
  });

  it('that reads slowly has all its answers, and is not given up', async () => {
    line = await Line.open(transport, { request: () => answer }, { silentMs: 300, heartbeatMs: 100 });
    const { channel, heard } = line;
    line.onFrame = () => {
      channel.stopReading!();
      setTimeout(() => channel.goOnReading!(), 5);
    };
    let wasDeaf = false;
    for (let n = 0; n < 300; n++) channel.write(request(n));
    await expect
      .poll(
        () => {
          wasDeaf ||= line!.node.peer('x-1')!.connection!.deaf;
          return heard.filter((type) => type === frameType.response).length;
        },
        { interval: 5, timeout: 60_000 },
      )
      .toBe(300);
    expect(wasDeaf).toBe(true);
    expect([line.closed, line.counters.rpcStuckPeers.value]).toEqual([false, 0]);
  }, 70_000);

  it('gets many small writes whole and in order, while it reads nothing and afterwards', async () => {
    const opened = new Promise<RpcChannel>((resolve) => {
      void transports[transport]!()()
        .listen({ host: '127.0.0.1', port: 0 }, (channel) => {
          channel.read({ onBytes: () => resolve(channel), onClose: () => {} });
        })
        .then(async ({ port, close }) => {
          near = await transports[transport]!()().dial({ host: '127.0.0.1', port }, 1000);
          closeListener = close;
          near.write(Buffer.from('!'));
        });
    });
    let near!: RpcChannel;
    let closeListener!: () => Promise<void>;
    const far = await opened;
    const came: Buffer[] = [];
    near.read({ onBytes: (chunk) => came.push(Buffer.from(chunk)), onClose: () => {} });
    near.stopReading!();
    const sent: Buffer[] = [];
    let most = 0;
    for (let n = 0; n < 40_000; n++) {
      const bytes = Buffer.alloc(n % 4000 === 0 ? 300_000 : n % 300, n % 256);
      sent.push(Buffer.from(bytes));
      if (far.write(bytes)) bytes.fill(255); // it says that it is done with them
      if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, far.queuedBytes);
    }
    expect(most).toBeGreaterThan(0);
    near.goOnReading!();
    const expected = Buffer.concat(sent);
    await expect.poll(() => came.reduce((sum, { length }) => sum + length, 0)).toBe(expected.length);
    expect(Buffer.concat(came).equals(expected)).toBe(true);
    expect(far.queuedBytes).toBe(0);
    near.destroy();
    await closeListener();
  });
});
