import { Measures } from '@pomelo-ts/common';
import { frame } from '@pomelo-ts/common/internal';
import { describe, expect, it, vi } from 'vitest';
import { type RpcNodeOptions, rpcMeasures, type TraceParent, tcpTransport } from '../src/index.js';
import type { RpcChannel, RpcTransport } from '../src/transport.js';
import { dialHandshake, type ProvedChannel } from '../src/wire/handshake.js';
import { ClusterOfNodes, proveTo, testKey } from './cluster-of-nodes.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const sampled: TraceParent = { traceId, spanId, sampled: true };
const unsampled: TraceParent = { traceId, spanId, sampled: false };

/** Counts the bytes that its channels are given to send. */
function countingTransport(): RpcTransport & { sent: number } {
  const inner = tcpTransport();
  const counted = (channel: RpcChannel): RpcChannel => ({
    remote: channel.remote,
    get queuedBytes() {
      return channel.queuedBytes;
    },
    read: (reader) => channel.read(reader),
    write(bytes) {
      counting.sent += bytes.length;
      return channel.write(bytes);
    },
    destroy: () => channel.destroy(),
  });
  const counting: RpcTransport & { sent: number } = {
    name: 'counting',
    sent: 0,
    listen: (address, onChannel, ...rest) =>
      inner.listen(address, (channel) => onChannel(counted(channel)), ...rest),
    dial: async (address, timeoutMs) => counted(await inner.dial(address, timeoutMs)),
  };
  return counting;
}

/** Two nodes that are connected; `b` answers with what it is told of the trace. */
async function pair(
  options: { a?: Partial<RpcNodeOptions>; b?: Partial<RpcNodeOptions>; dial?: boolean } = {},
) {
  const { dial = true } = options;
  const cluster = new ClusterOfNodes('tcp');
  const transport = countingTransport();
  const told = vi.fn();
  const quiet = { heartbeatMs: 60_000, silentMs: 120_000 };
  const a = await cluster.node('a-1', {}, { transport, ...quiet, traces: true, ...options.a });
  const request = (_m: string, _args: unknown[], _from: object, trace: unknown): null => {
    told(trace);
    return null;
  };
  const b = await cluster.node('b-1', { request }, { ...quiet, traces: true, ...options.b });
  a.node.addPeer({ ...b.entry, dial });
  b.node.addPeer({ ...a.entry, dial: !dial });
  await a.node.request('b-1', 'm', []);
  told.mockClear();
  const call = async (trace?: TraceParent): Promise<number> => {
    const before = transport.sent;
    await a.node.request('b-1', 'm', [], trace ? { trace } : {});
    return transport.sent - before;
  };
  return { cluster, a, b, told, call };
}

describe('a call that is a part of a trace', () => {
  it('tells its peer of which span it is, in 27 bytes', async () => {
    const { cluster, told, call } = await pair();
    await using _ = cluster;
    expect((await call(sampled)) - (await call())).toBe(27);
    expect(told.mock.calls).toEqual([[sampled], [undefined]]);
  });

  it('tells it without an answer, and on its own server, as well', async () => {
    const { cluster, a, b, told } = await pair();
    await using _ = cluster;
    a.node.notify('b-1', 'm', [], sampled);
    await expect.poll(() => told.mock.calls).toEqual([[sampled]]);
    await b.node.request('b-1', 'm', [], { trace: unsampled });
    expect(told.mock.lastCall).toEqual(['unsampled']);
  });

  it('adds no byte when nobody records the trace, and says that much', async () => {
    const { cluster, told, call } = await pair();
    await using _ = cluster;
    expect(await call(unsampled)).toBe(await call());
    expect(told.mock.calls).toEqual([['unsampled'], [undefined]]);
  });

  it.each([
    ['dialed by one that traces', { b: { traces: false } }, { dial: true }],
    ['which dials one that traces', { b: { traces: false } }, { dial: false }],
  ])('tells nothing to a peer of the old wire, %s', async (_, options, { dial }) => {
    const { cluster, a, told, call } = await pair({ ...options, dial });
    await using __ = cluster;
    expect(await call(sampled)).toBe(await call());
    expect(await call(unsampled)).toBe(await call());
    expect(told.mock.calls.flat()).toEqual([undefined, undefined, undefined, undefined]);
    expect(a.node.counters.rpcLostConnections.value).toBe(0);
  });

  it('tells nothing where the frame would be too long by it', async () => {
    const { cluster, a, told } = await pair({ a: { maxFrameBytes: 2000 }, b: { maxFrameBytes: 2000 } });
    await using _ = cluster;
    // 1 of the type, 4 of the id, 2 + 1 of the method, 1 + 3 of a list with a text: 2000 in all without its trace.
    await a.node.request('b-1', 'm', ['x'.repeat(2000 - 12)], { trace: sampled });
    expect(told.mock.lastCall).toEqual([undefined]);
  });
});

/** Proves itself to `b` as `x-1`; gives its channel, and what `b` says that it takes. */
async function intruder(options: Partial<RpcNodeOptions> = { traces: true }) {
  const cluster = new ClusterOfNodes('tcp');
  const measures = new Measures();
  const counters = measures.makeAll(rpcMeasures);
  const told = vi.fn();
  const request = (_m: string, _args: unknown[], _from: object, trace: unknown) => told(trace);
  const b = await cluster.node('b-1', { request }, { measures, ...options });
  const self = { id: 'x-1', bootId: 'boot-of-x-1' };
  b.node.addPeer({ ...self, type: 'x', host: '127.0.0.1' });
  const channel = await tcpTransport().dial({ host: '127.0.0.1', port: b.entry.port! }, 1000);
  const proved = await proveTo(channel, { id: 'b-1', bootId: 'boot-of-b-1' }, self);
  proved.resume({ onFrame: () => {}, onHeard: () => {}, onClose: () => {} });
  return { cluster, channel, counters, told, proved };
}

/** A notify of `m` whose part on its trace has these bytes. */
function notifyWith(part: string): Buffer {
  const bytes = Buffer.from(part, 'hex');
  return frame(Buffer.concat([Buffer.from([0x85, bytes.length]), bytes, Buffer.from([0, 1, 0x6d, 0x90])]));
}

describe('what a frame tells of its trace', () => {
  it.each([
    ['nothing at all', ''],
    ['a trace id of zeros', `00${'0'.repeat(32)}${spanId}01`],
    ['a span id of zeros', `00${traceId}${'0'.repeat(16)}01`],
    ['one byte too few', `00${traceId}${spanId}`],
    ['one byte too many for version 0', `00${traceId}${spanId}0100`],
    ['the version that there is never', `ff${traceId}${spanId}01`],
  ])('is ignored and counted when it is broken, and the call goes on: %s', async (_, part) => {
    const { cluster, channel, counters, told } = await intruder();
    await using __ = cluster;
    channel.write(Buffer.concat([notifyWith(part), notifyWith(`00${traceId}${spanId}01`)]));
    await expect.poll(() => told.mock.calls).toEqual([[undefined], [sampled]]);
    expect([counters.rpcBrokenTraces.value, counters.rpcFaults.value]).toEqual([1, 0]);
  });

  it('is read of a later version as far as this one goes, and with its flag', async () => {
    const { cluster, channel, told } = await intruder();
    await using _ = cluster;
    channel.write(notifyWith(`01${traceId}${spanId}00beef`));
    channel.write(notifyWith(`07${traceId}${spanId}01${'be'.repeat(255 - 26)}`));
    await expect.poll(() => told.mock.calls).toEqual([[unsampled], [sampled]]);
  });

  it('is read, too, by a node that does not trace: nobody sends it one, and it does no harm', async () => {
    const { cluster, channel, counters, told, proved } = await intruder({});
    await using _ = cluster;
    expect(proved.takes).toEqual([]);
    channel.write(notifyWith(`00${traceId}${spanId}01`));
    await expect.poll(() => told.mock.calls.length).toBe(1);
    expect(counters.rpcFaults.value).toBe(0);
  });

  it.each([
    ['a part that is longer than its frame', [0x85, 200, 0]],
    ['a part without a length', [0x85]],
    ['a frame of no type', [0x80, 0]],
    ['a frame of an unknown type', [0x80 | 40, 0]],
  ])('ends the connection where the frame itself is none: %s', async (_, bytes) => {
    const { cluster, channel, counters } = await intruder();
    await using __ = cluster;
    channel.write(frame(Buffer.from(bytes)));
    await expect.poll(() => counters.rpcFaults.value).toBe(1);
  });
});

describe('what an end says that it takes of later versions of the wire', () => {
  it.each([
    ['no list', 'traces'],
    ['a list of other things', [7, null, {}]],
    ['words that nobody knows yet', ['traces-7']],
  ])('does no harm: %s', async (_, takes) => {
    await using cluster = new ClusterOfNodes('tcp');
    const b = await cluster.node('b-1', {}, { traces: true });
    const self = { id: 'x-1', bootId: 'boot-of-x-1' };
    b.node.addPeer({ ...self, type: 'x', host: '127.0.0.1' });
    const channel = await tcpTransport().dial({ host: '127.0.0.1', port: b.entry.port! }, 1000);
    const options = { self, timeoutMs: 1000, maxFrameBytes: 1 << 20, takes: saying(takes) };
    const expected = { id: 'b-1', bootId: 'boot-of-b-1' };
    const proved = await new Promise<ProvedChannel>((done, failed) =>
      dialHandshake(channel, expected, testKey, options, { done, failed }),
    );
    expect(proved.takes).toEqual(['traces']);
    await expect.poll(() => b.node.peer('x-1')?.connection?.takesTraces).toBe(false);
  });
});

/** What is written as `takes`, whatever it is. */
function saying(takes: unknown): readonly string[] {
  return Object.assign(['x'], { toJSON: () => takes });
}
