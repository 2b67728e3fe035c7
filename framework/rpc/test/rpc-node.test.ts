import { isPomeloError, Measures, PomeloError } from '@pomelo-ts/common';
import { describe, expect, it, vi } from 'vitest';
import { RemoteError, type RpcNode } from '../src/index.js';
import { type CallTimes, rpcMeasures } from '../src/measures.js';
import { noCallId } from '../src/node/connection.js';
import { tcpTransport } from '../src/transport/tcp.js';
import { ClusterOfNodes, testKey, transports } from './cluster-of-nodes.js';

const never = (): Promise<never> => new Promise(() => {});

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'settled with a value',
    (error: unknown) => (isPomeloError(error) ? error.code : String(error)),
  );
}

describe.each(Object.keys(transports))('RpcNode over %s', (transport) => {
  it('answers calls in both directions over one connection', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1');
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    expect(await a.node.request('b-1', 'chat.add', ['u1', { n: 1 }])).toEqual({
      method: 'chat.add',
      args: ['u1', { n: 1 }],
    });
    expect(await b.node.request('a-1', 'entry.kick', [])).toEqual({ method: 'entry.kick', args: [] });
  });

  it('answers a call to itself as if it were another server', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const { node } = await cluster.node('a-1', { request: (_method, args) => args });
    expect(await node.request('a-1', 'x', [undefined, 1])).toEqual([null, 1]);
  });

  it('sends a notify without waiting for an answer', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const seen = vi.fn();
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1', { request: seen });
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    a.node.notify('b-1', 'chat.tick', [7]);
    await expect.poll(() => seen.mock.calls.length).toBe(1);
    expect(seen.mock.calls[0]!.slice(0, 2)).toEqual(['chat.tick', [7]]);
    expect(() => a.node.notify('nobody', 'chat.tick', [])).toThrow('nobody is not in the cluster');
  });

  it('keeps the order of calls and notifies to one peer', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const seen: unknown[] = [];
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1', { request: (_method, args) => void seen.push(args[0]) });
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    for (let i = 0; i < 100; i += 2) {
      a.node.notify('b-1', 'm', [i]);
      if (i === 98) await a.node.request('b-1', 'm', [i + 1]);
      else void a.node.request('b-1', 'm', [i + 1]);
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('carries raw frames and their answers byte for byte', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1', {
      raw(kind, callId, bytes, start, end, connection) {
        if (callId === noCallId) return;
        const answer = Buffer.concat([Buffer.from([kind]), bytes.subarray(start, end)]);
        const at = connection.openRawResponse(callId, answer.length);
        connection.buffer.set(answer, at);
      },
    });
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    const answer = await new Promise<string>((resolve, reject) => {
      const peer = a.node.peer('b-1')!;
      const settler = {
        method: 'raw',
        timeoutMs: 1000,
        settleValue: reject,
        settleError: reject,
        settleRaw: (bytes: Buffer, start: number, end: number) => resolve(bytes.toString('hex', start, end)),
      };
      const at = peer.openRawRequest(9, 3, settler, a.node.clock.now() + 1000);
      peer.buffer.set([1, 2, 3], at);
    });
    expect(answer).toBe('09010203');
  });

  it('settles with RPC_UNKNOWN_SERVER, REMOTE_THREW, RPC_TIMEOUT and RPC_UNSERIALIZABLE', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1', {}, { timeoutMs: 60 });
    const b = await cluster.node('b-1', {
      request(method) {
        if (method === 'slow') return never();
        if (method === 'loop') return 1n << 200n;
        throw Object.assign(new Error('room is full'), { code: 'ROOM_FULL', data: { room: 3 } });
      },
    });
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    expect(await codeOf(a.node.request('c-1', 'm', []))).toBe('RPC_UNKNOWN_SERVER');
    expect(await codeOf(a.node.request('b-1', 'slow', []))).toBe('RPC_TIMEOUT');
    expect(await codeOf(a.node.request('b-1', 'm', [() => {}, Symbol('x')]))).toBe('RPC_UNSERIALIZABLE');
    const thrown = await a.node.request('b-1', 'join', []).catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'REMOTE_THREW', message: 'join on b-1 failed: room is full' });
    expect((thrown as Error).cause).toBeInstanceOf(RemoteError);
    expect((thrown as Error).cause).toMatchObject({ code: 'ROOM_FULL', data: { room: 3 } });
    expect(a.node.counters.rpcTimeouts.value).toBe(1);
  });

  it('notes how long calls of a method took and how they ended, here and there, and nothing of names that there are not', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1', {
      request(method) {
        if (method === 'slow') return never();
        if (method === 'soon') return Promise.resolve(1);
        if (method === 'fails') throw new Error('a fault');
        if (method === 'now') return 1;
        throw new PomeloError('RPC_UNKNOWN_METHOD', { target: 'b-1', method });
      },
    });
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    for (const method of ['now', 'now', 'soon', 'fails', 'slow', 'invented'])
      await a.node.request('b-1', method, [], method === 'slow' ? { timeoutMs: 60 } : {}).catch(() => {});
    const noted = (times: CallTimes) => [times.ok, times.error, times.timeout].map(({ count }) => count);
    const there = ({ counters }: RpcNode, method: string) => noted(counters.rpcServerDuration.of(method));
    const here = (method: string) => noted(a.node.counters.rpcClientDuration.of(method));
    expect([here('now'), here('soon'), here('fails'), here('slow')]).toEqual([
      [2, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ]);
    expect(noted(a.node.counters.rpcPeerDuration.of(b.entry.type))).toEqual([3, 2, 1]);
    expect(a.node.counters.rpcClientDuration.of('slow').timeout.sum).toBeGreaterThanOrEqual(0.06);
    expect(['now', 'soon', 'fails'].map((method) => there(b.node, method))).toEqual([
      [2, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(noted(b.node.counters.rpcServerDuration.other)).toEqual([0, 1, 0]);
  });

  it('refuses calls beyond the bound with RPC_OVERLOADED at once', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1', {}, { maxPending: 3, timeoutMs: 100 });
    const b = await cluster.node('b-1', { request: never });
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(a.node.request('b-1', 'm', []))));
    expect(codes.sort()).toEqual([
      'RPC_OVERLOADED',
      'RPC_OVERLOADED',
      'RPC_TIMEOUT',
      'RPC_TIMEOUT',
      'RPC_TIMEOUT',
    ]);
  });

  it('settles every waiting call with PEER_LOST when the peer goes away, and calls again once it is back', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1', { request: (method) => (method === 'slow' ? never() : 'here') });
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    await a.node.request('b-1', 'hello', []);
    const waiting = [1, 2, 3].map(() => codeOf(a.node.request('b-1', 'slow', [])));
    await b.node.close();
    expect(await Promise.all(waiting)).toEqual(['PEER_LOST', 'PEER_LOST', 'PEER_LOST']);
    a.node.removePeer('b-1', b.entry.bootId);
    expect(await codeOf(a.node.request('b-1', 'hello', []))).toBe('RPC_UNKNOWN_SERVER');
    const again = await cluster.node('b-1', {}, { bootId: 'second-boot' });
    again.node.addPeer(a.entry);
    a.node.addPeer(again.entry);
    expect(await a.node.request('b-1', 'hello', [])).toEqual({ method: 'hello', args: [] });
  });

  it('settles with RPC_REFUSED when nobody listens there, and reaches the peer once somebody does', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1');
    await b.node.close();
    a.node.addPeer(b.entry);
    expect(await codeOf(a.node.request('b-1', 'm', []))).toBe('RPC_REFUSED');
  });

  it('refuses a peer that does not know the secret, and one with another boot id', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const stranger = await cluster.node('a-1', {}, { keys: () => [{ ...testKey, key: Buffer.alloc(32) }] });
    const measures = new Measures();
    const counters = measures.makeAll(rpcMeasures);
    const b = await cluster.node('b-1', {}, { measures });
    b.node.addPeer(stranger.entry);
    stranger.node.addPeer(b.entry);
    await expect(stranger.node.request('b-1', 'm', [])).rejects.toMatchObject({
      code: 'RPC_REFUSED',
      message: expect.stringMatching(
        /^b-1 refused the connection: a-1 at \S+ does not know the cluster secret\.$/,
      ),
    });
    const fenced = await cluster.node('a-2');
    fenced.node.addPeer({ ...b.entry, bootId: 'former-life' });
    expect(await codeOf(fenced.node.request('b-1', 'm', []))).toBe('RPC_REFUSED');
    expect(counters.rpcRefusedConnections.value).toBeGreaterThan(0);
  });

  it('lets a late removal of a former life not evict the new one', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1', {}, { bootId: 'second' });
    a.node.addPeer({ ...b.entry, bootId: 'first' });
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    a.node.removePeer('b-1', 'first');
    expect(await a.node.request('b-1', 'm', [])).toEqual({ method: 'm', args: [] });
  });

  it('dials a known peer once it is told to, though it was told before to wait for it', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    const b = await cluster.node('b-1');
    a.node.addPeer({ ...b.entry, dial: false });
    b.node.addPeer({ ...a.entry, dial: false });
    const waiting = a.node.request('b-1', 'm', []);
    a.node.addPeer({ ...b.entry, dial: true });
    expect(await waiting).toEqual({ method: 'm', args: [] });
  });

  it('settles with RPC_CLOSED once the node is closed', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    await a.node.close();
    expect(await codeOf(a.node.request('b-1', 'm', []))).toBe('RPC_CLOSED');
  });

  it('lists the peers of a type in the order of their ids, without those that left', async () => {
    await using cluster = new ClusterOfNodes(transport);
    const a = await cluster.node('a-1');
    for (const id of ['chat-2', 'chat-1', 'chat-3']) {
      a.node.addPeer({ id, bootId: 'x', type: 'chat', host: '127.0.0.1', port: 9 });
    }
    a.node.removePeer('chat-3', 'x');
    expect(a.node.peersOfType('chat').map((peer) => peer.id)).toEqual(['chat-1', 'chat-2']);
    expect(a.node.peersOfType('arena')).toEqual([]);
  });
});

describe('RpcNode over a hostile TCP connection', () => {
  it('closes a connection that sends garbage, and goes on', async () => {
    await using cluster = new ClusterOfNodes('tcp');
    const b = await cluster.node('b-1');
    for (const bytes of [
      Buffer.alloc(64, 0xff),
      Buffer.from([0, 0, 0, 2, 2, 2]),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
    ]) {
      const channel = await tcpTransport().dial({ host: '127.0.0.1', port: b.entry.port! }, 1000);
      const closed = new Promise<void>((resolve) =>
        channel.read({ onBytes: () => {}, onClose: () => resolve() }),
      );
      channel.write(bytes);
      await closed;
    }
    const a = await cluster.node('a-1');
    a.node.addPeer(b.entry);
    b.node.addPeer(a.entry);
    expect(await a.node.request('b-1', 'm', [])).toEqual({ method: 'm', args: [] });
    expect(b.node.counters.rpcRefusedConnections.value).toBe(3);
  });
});
