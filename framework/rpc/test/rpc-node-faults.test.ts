import { randomBytes } from 'node:crypto';
import { isPomeloError, Measures, silentLogger } from '@pomelo-ts/common';
import { FrameSplitter, frame, prove } from '@pomelo-ts/common/internal';
import { describe, expect, it, vi } from 'vitest';
import type { RpcNode } from '../src/index.js';
import { rpcMeasures } from '../src/measures.js';
import type { Peer } from '../src/node/peer.js';
import { MemoryNetwork, memoryTransport } from '../src/transport/memory.js';
import { tcpTransport } from '../src/transport/tcp.js';
import { frameType } from '../src/wire/frame-type.js';
import type { ProvedChannel } from '../src/wire/handshake.js';
import { ClusterOfNodes, proveTo, testKey } from './cluster-of-nodes.js';
import { HoldingTransport } from './holding-transport.js';

const never = (): Promise<never> => new Promise(() => {});

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    (value) => `settled with ${JSON.stringify(value)}`,
    (error: unknown) => (isPomeloError(error) ? error.code : String(error)),
  );
}

function know(...ends: { node: RpcNode; entry: Parameters<RpcNode['addPeer']>[0] }[]): void {
  for (const { node } of ends) for (const { entry } of ends) node.addPeer(entry);
}

describe.each(['tcp', 'memory'])('RpcNode over %s', (transport) => {
  it('refuses what is too long for a frame, on either side, and keeps the connection', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const measures = new Measures();
    const counters = measures.makeAll(rpcMeasures);
    const a = await cluster.node('a-1', {}, { maxFrameBytes: 10_000, measures });
    const b = await cluster.node(
      'b-1',
      { request: (method) => (method === 'long' ? 'x'.repeat(20_000) : 'short') },
      { maxFrameBytes: 10_000 },
    );
    know(a, b);
    expect(await a.node.request('b-1', 'm', [])).toBe('short');
    const calls = ['m', 'long', 'm'].map((method) => codeOf(a.node.request('b-1', method, [])));
    expect(await codeOf(a.node.request('b-1', 'm', ['x'.repeat(20_000)]))).toBe('RPC_UNSERIALIZABLE');
    expect(() => a.node.notify('b-1', 'm', ['x'.repeat(20_000)])).toThrow('rpc.maxFrameBytes is 10000');
    expect(await Promise.all(calls)).toEqual([
      'settled with "short"',
      'RPC_UNSERIALIZABLE',
      'settled with "short"',
    ]);
    expect(counters.rpcLostConnections.value).toBe(0);
  });

  it('tells code and message of an error whose data cannot be encoded, and what of it cannot', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const bad = (): never => {
      throw Object.assign(new Error('no room'), { code: 'FULL', data: { fn: () => {}, big: 1n << 200n } });
    };
    const b = await cluster.node('b-1', {
      request: (method) => (method === 'later' ? Promise.resolve().then(bad) : bad()),
    });
    know(a, b);
    for (const method of ['now', 'later']) {
      await expect(a.node.request('b-1', method, [])).rejects.toMatchObject({
        code: 'REMOTE_THREW',
        message: `${method} on b-1 failed: no room (without its data, which cannot be sent: data.fn is a function)`,
        cause: { code: 'FULL' },
      });
    }
  });

  it('gives an error of the framework its code even when it comes without facts', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1', {
      request: () => {
        throw Object.assign(new Error('made up'), { code: 'RPC_TIMEOUT', data: null });
      },
    });
    know(a, b);
    await expect(a.node.request('b-1', 'm', [])).rejects.toMatchObject({ code: 'REMOTE_THREW' });
  });

  it('says in RPC_TIMEOUT how long the call itself was allowed', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1', { request: never });
    know(a, b);
    await expect(a.node.request('b-1', 'm', [], { timeoutMs: 30 })).rejects.toThrow(
      'b-1 did not answer m within 30 ms.',
    );
  });

  it('settles a call to itself in time, at its bound, and when the node closes', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const { node } = await cluster.node('a-1', { request: never }, { maxPending: 2 });
    const calls = [
      codeOf(node.request('a-1', 'm', [], { timeoutMs: 20 })),
      codeOf(node.request('a-1', 'm', [])),
    ];
    expect(await codeOf(node.request('a-1', 'm', []))).toBe('RPC_OVERLOADED');
    expect(await calls[0]).toBe('RPC_TIMEOUT');
    await node.close();
    expect(await calls[1]).toBe('RPC_CLOSED');
  });

  it('counts the calls that it is answering', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const releases: (() => void)[] = [];
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1', { request: () => new Promise<void>((done) => releases.push(done)) });
    know(a, b);
    const calls = [1, 2].map(() => a.node.request('b-1', 'm', []));
    await expect.poll(() => b.node.running).toBe(2);
    for (const release of releases) release();
    await Promise.all(calls);
    expect(b.node.running).toBe(0);
  });

  it('sends what is written when a connection opens before what has waited for it', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const seen: number[] = [];
    const write = (peer: Peer, kind: number): void => void peer.openRawNotify(kind, 0);
    const a = await cluster.node('a-1', {
      peerOpening: (peer) => write(peer, 1),
      peerUp: (peer) => write(peer, 3),
    });
    const b = await cluster.node('b-1', { raw: (kind) => void seen.push(kind) });
    a.node.addPeer(b.entry);
    write(a.node.peer('b-1')!, 2);
    b.node.addPeer(a.entry);
    await expect.poll(() => seen).toEqual([1, 2, 3]);
  });
});

describe('RpcNode and a peer that falls silent', () => {
  const quick = { heartbeatMs: 20, silentMs: 80 };

  it('gives it up although the channel does not end, and reaches it again once it is back', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const network = new MemoryNetwork();
    const transport = new HoldingTransport(memoryTransport(network));
    const down = vi.fn();
    const a = await cluster.node('a-1', { peerDown: down }, { ...quick, transport });
    const b = await cluster.node('b-1', {}, { ...quick, transport: memoryTransport(network) });
    a.node.addPeer({ ...b.entry, dial: true });
    b.node.addPeer({ ...a.entry, dial: false });
    await a.node.request('b-1', 'm', []);
    transport.freeze();
    expect(await codeOf(a.node.request('b-1', 'm', []))).toBe('PEER_LOST');
    expect(down).toHaveBeenCalledTimes(1);
    transport.thaw();
    await expect.poll(() => codeOf(a.node.request('b-1', 'm', []))).toContain('settled');
  });

  it('ignores what a former life still says: its answers settle no call of the new one', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const network = new MemoryNetwork();
    const transport = new HoldingTransport(memoryTransport(network));
    let answerLate!: (value: string) => void;
    const late = new Promise((resolve) => {
      answerLate = resolve;
    });
    const a = await cluster.node('a-1', {}, { transport });
    const other = { transport: memoryTransport(network) };
    const first = await cluster.node(
      'b-1',
      { request: (method) => (method === 'm' ? 'hello' : late) },
      { ...other, bootId: 'first' },
    );
    const second = await cluster.node('b-1', { request: never }, { ...other, bootId: 'second' });
    for (const { node } of [first, second]) node.addPeer({ ...a.entry, dial: false });
    a.node.addPeer({ ...first.entry, dial: true });
    await a.node.request('b-1', 'm', []);
    const lost = codeOf(a.node.request('b-1', 'slow', []));
    await expect.poll(() => first.node.running).toBe(1);
    transport.freeze();
    answerLate('from the first life');
    await expect.poll(() => first.node.running).toBe(0);
    a.node.addPeer({ ...second.entry, dial: true });
    expect(await lost).toBe('PEER_LOST');
    const call = codeOf(a.node.request('b-1', 'slow', [], { timeoutMs: 50 }));
    transport.thaw();
    expect(await call).not.toContain('first life');
  });
});

describe('RpcNode and a proved peer that breaks the protocol', () => {
  /** Proves itself to `b` as `x-1`, as a node with a fault would. */
  async function intrude(b: { node: RpcNode; entry: { port?: number } }): Promise<ProvedChannel> {
    const self = { id: 'x-1', bootId: 'boot-of-x-1' };
    b.node.addPeer({ ...self, type: 'x', host: '127.0.0.1' });
    const channel = await tcpTransport().dial({ host: '127.0.0.1', port: b.entry.port! }, 1000);
    return proveTo(channel, { id: 'b-1', bootId: 'boot-of-b-1' }, self);
  }

  const faults: Record<string, Buffer> = {
    'an unknown frame type': frame(Buffer.from([99])),
    'a request that is cut short': frame(Buffer.from([frameType.request, 0, 0])),
    'a method longer than its frame': frame(Buffer.from([frameType.notify, 0xff, 0xff])),
    'a raw answer without an id': frame(Buffer.from([frameType.rawResponse])),
    'a length beyond the limit': Buffer.from([0x7f, 0xff, 0xff, 0xff]),
    'an empty frame': frame(Buffer.alloc(0)),
  };

  it.each(Object.keys(faults))('closes its connection alone for %s', async (fault) => {
    await using cluster = new ClusterOfNodes('tcp');
    const down = vi.fn();
    const seen = vi.fn();
    const b = await cluster.node('b-1', { peerDown: (peer) => down(peer.id), request: seen });
    const a = await cluster.node('a-1');
    know(a, b);
    const { channel, resume } = await intrude(b);
    const closed = new Promise<void>((resolve) =>
      resume({ onFrame: () => {}, onHeard: () => {}, onClose: () => resolve() }),
    );
    const notify = frame(Buffer.from([frameType.notify, 0, 1, 0x6d, 0x90]));
    channel.write(notify);
    // What follows the fault is not read, in whatever chunk it comes.
    channel.write(Buffer.concat([faults[fault]!, notify]));
    channel.write(notify);
    await closed;
    expect(down.mock.calls).toEqual([['x-1']]);
    expect(seen).toHaveBeenCalledTimes(1);
    await a.node.request('b-1', 'm', []);
  });

  it('lets two connections of one life wait for the registry, and neither is refused', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const measures = new Measures();
    const counters = measures.makeAll(rpcMeasures);
    const b = await cluster.node('b-1', {}, { measures });
    const self = { id: 'x-1', bootId: 'boot-of-x-1' };
    const proofs = [1, 2].map(async () => {
      const channel = await tcpTransport().dial({ host: '127.0.0.1', port: b.entry.port! }, 1000);
      return proveTo(channel, { id: 'b-1', bootId: 'boot-of-b-1' }, self);
    });
    const timer = setInterval(() => b.node.addPeer({ ...self, type: 'x', host: '127.0.0.1' }), 30);
    await Promise.all(proofs);
    clearInterval(timer);
    expect(counters.rpcRefusedConnections.value).toBe(0);
  });
});

describe('a proved peer that sends what cannot be read', () => {
  it.each([
    ['a frame of an unknown type', frame(Buffer.from([99]))],
    ['one that is cut short', frame(Buffer.from([frameType.request, 0]))],
    ['one that is too long', Buffer.from([0x7f, 0, 0, 0])],
  ])('is told of in a line with its name, and counted: %s', async (_, bytes) => {
    await using cluster = new ClusterOfNodes('tcp');
    const measures = new Measures();
    const counters = measures.makeAll(rpcMeasures);
    const warn = vi.fn();
    const b = await cluster.node('b-1', {}, { measures, logger: { ...silentLogger, warn } });
    const self = { id: 'x-1', bootId: 'boot-of-x-1' };
    b.node.addPeer({ ...self, type: 'x', host: '127.0.0.1' });
    const channel = await tcpTransport().dial({ host: '127.0.0.1', port: b.entry.port! }, 1000);
    await proveTo(channel, { id: 'b-1', bootId: 'boot-of-b-1' }, self);
    channel.write(bytes);
    await expect.poll(() => counters.rpcFaults.value).toBe(1);
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringContaining('cannot be read'), {
      serverId: 'x-1',
      reason: expect.stringMatching(/^A frame (from x-1|of \d+ bytes)/),
    });
  });
});

describe('RpcNode before a proof', () => {
  /** A connection to `b` of which nothing is known, and what `b` says to it. */
  async function stranger(b: { entry: { port?: number } }) {
    const channel = await tcpTransport().dial({ host: '127.0.0.1', port: b.entry.port! }, 1000);
    const said: Record<string, unknown>[] = [];
    const splitter = new FrameSplitter({ maxFrameBytes: 4096, peer: 'b' });
    const closed = new Promise<void>((done) =>
      channel.read({
        onBytes: (chunk) =>
          splitter.push(chunk, (bytes, start, end) =>
            said.push(JSON.parse(bytes.toString('utf8', start + 1, end))),
          ),
        onClose: () => done(),
      }),
    );
    const say = (message: object) =>
      channel.write(frame(Buffer.from(`\u0001${JSON.stringify(message)}`, 'latin1')));
    return { channel, said, closed, say };
  }
  const hello = {
    id: 'x-1',
    bootId: 'boot-of-x-1',
    nonce: 'n',
    to: 'b-1',
    life: 'boot-of-b-1',
    key: testKey.name,
  };
  const large = frame(Buffer.alloc(4 * 1024 * 1024, 7));

  it.each([
    ['a welcome, which only a listener may say', [{ welcome: true }]],
    ['a hello and a welcome', [hello, { welcome: true }]],
    ['a hello and a challenge', [hello, { id: 'b-1', bootId: 'boot-of-b-1', nonce: 'n' }]],
    ['a refusal', [{ refused: 'no' }]],
    ['nothing', []],
  ])('refuses large frames after %s', async (_, messages) => {
    await using cluster = new ClusterOfNodes('tcp');
    const b = await cluster.node('b-1');
    const { channel, said, closed, say } = await stranger(b);
    for (const message of messages) say(message);
    for (let n = 0; n < 4; n++) channel.write(large);
    await closed;
    expect(said.filter((message) => 'refused' in message)).toHaveLength(1);
  });

  it('gives a stranger nothing that is made with the key', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const b = await cluster.node('b-1');
    const { said, closed, say } = await stranger(b);
    say(hello);
    say({ proof: 'a guess' });
    await closed;
    expect(said.map((message) => Object.keys(message))).toEqual([['nonce'], ['refused']]);
    expect(JSON.stringify(said)).not.toMatch(/[0-9a-f]{64}/);
  });

  it('does not tell a stranger which life it is', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const b = await cluster.node('b-1');
    for (const guess of [{}, { life: 'boot-of-b-0' }, { to: 'c-1' }]) {
      const { life: _, ...rest } = hello;
      const { said, closed, say } = await stranger(b);
      say({ ...rest, ...guess });
      await closed;
      expect(Object.keys(said[0]!)).toEqual(['refused']);
      expect(JSON.stringify(said)).not.toContain('boot-of-b-1');
    }
  });

  it('refuses who expects another life of it, and says so', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const b = await cluster.node('b-1');
    const channel = await tcpTransport().dial({ host: '127.0.0.1', port: b.entry.port! }, 1000);
    const self = { id: 'x-1', bootId: 'boot-of-x-1' };
    await expect(proveTo(channel, { id: 'b-1', bootId: 'boot-of-b-0' }, self)).rejects.toThrow(
      'another life of b-1 answers there, not boot boot-of-b-0',
    );
  });

  it('hears nothing of a proved stranger until it is welcome', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const seen = vi.fn();
    const measures = new Measures();
    const counters = measures.makeAll(rpcMeasures);
    const b = await cluster.node('b-1', { request: seen }, { measures });
    const { channel, said, closed, say } = await stranger(b);
    say(hello);
    await expect.poll(() => said).toHaveLength(1);
    const parts = [hello.id, hello.bootId, hello.nonce, 'b-1', 'boot-of-b-1', String(said[0]!['nonce'])];
    say({ proof: prove(testKey.key, 'dialer', parts) });
    channel.write(frame(Buffer.from([frameType.notify, 0, 1, 0x6d, 0x90])));
    await closed;
    expect(seen).not.toHaveBeenCalled();
    expect(counters.rpcRefusedConnections.value).toBe(1);
  });

  it('is dialed by the key before, while the secret changes, and takes both', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const fresh = { name: 'rpc of the new secret', key: randomBytes(32) };
    const a = await cluster.node('a-1', {}, { keys: () => [fresh, testKey] });
    const b = await cluster.node('b-1');
    know(a, b);
    expect(await a.node.request('b-1', 'm', []).catch(() => a.node.request('b-1', 'm', []))).toEqual({
      method: 'm',
      args: [],
    });
  });
});

describe('a frame that its receiver fails at', () => {
  it('fails alone, and breaks no connection: the calls of others go on', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const a = await cluster.node('a-1');
    let release!: (value: string) => void;
    const b = await cluster.node('b-1', {
      request: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
      raw: () => {
        throw new TypeError('a part of it makes no sense');
      },
    });
    know(a, b);
    const waits = a.node.request('b-1', 'm', []);
    await expect.poll(() => typeof release).toBe('function');
    const peer = a.node.peer('b-1') as Peer;
    const failed = new Promise<Error>((settleError) => {
      const settler = { method: 'raw', timeoutMs: 1000, settleRaw() {}, settleValue() {}, settleError };
      peer.openRawRequest(200, 0, settler, a.node.clock.now() + 1000);
    });
    expect((await failed).message).toContain('a part of it makes no sense');
    release('fine');
    expect(await waits).toBe('fine');
  });

  it('with facts of an error that have no text is an error all the same', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const a = await cluster.node('a-1');
    const facts = { target: { toString: 1 }, method: [], ms: null };
    const b = await cluster.node('b-1', {
      request: () => {
        throw Object.assign(new Error('x'), { code: 'RPC_TIMEOUT', data: facts });
      },
    });
    know(a, b);
    expect(await codeOf(a.node.request('b-1', 'm', []))).toBe('RPC_TIMEOUT');
    expect(await codeOf(a.node.request('b-1', 'm', []))).toBe('RPC_TIMEOUT');
  });
});
