import { once } from 'node:events';
import { frame } from '@pomelo-ts/common/internal';
import { FakeClock } from '@pomelo-ts/common/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { connectOperator } from '../src/index.js';
import { LinkChannel } from '../src/link/channel.js';
import { linkVersion } from '../src/link/handshake.js';
import type { OperatorCall } from '../src/masters.js';
import { entry, LinkBench, until, wires } from './cluster-fixture.js';

const chat1 = entry('chat-1', { port: 6001 });

describe('a hub whose topology changes', () => {
  it('tells running servers their new settings, and everybody the new weight', async () => {
    await using bench = new LinkBench('memory', [chat1, entry('chat-2')]);
    bench.hub.admit('chat-1', 'chat-2');
    const link = await bench.join('chat-1');
    const other = await bench.join('chat-2');
    bench.servers = [{ ...chat1, weight: 5, maxConnections: 3 }, entry('chat-2')];
    bench.hub.retell('chat-1');
    await until(() => link.settings.server.maxConnections === 3, 'the new settings');
    await until(() => other.registry.get('chat-1')?.weight === 5, 'the new weight');
    expect(link.registry.get('chat-1')).toMatchObject({ weight: 5, bootId: expect.any(String) });
  });

  it('knows servers that come, and refuses those that were removed, for good', async () => {
    await using bench = new LinkBench('memory', [chat1]);
    bench.hub.admit('chat-1', 'chat-2');
    await expect(bench.join('chat-2')).rejects.toMatchObject({ code: 'LINK_REFUSED' });
    bench.servers = [chat1, entry('chat-2')];
    let refused: unknown;
    await bench.join('chat-2', { onRefused: (error) => (refused = error) });
    bench.servers = [chat1];
    bench.hub.forget('chat-2');
    await until(() => refused, 'the refusal');
    expect(String(refused)).toContain('it was removed from the topology');
    await until(() => bench.hub.registry.get('chat-2') === undefined, 'its end');
  });
});

describe('the hub', () => {
  it('closes a connection that sends any garbage, counts it, and serves the others', async () => {
    await using bench = new LinkBench('memory', [chat1]);
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1');
    const hello = frame(
      Buffer.from('{"t":"hello","v":1,"role":"server","id":"chat-1","bootId":"x","nonce":"y"}'),
    );
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
    const bodies = fc.oneof(
      bytes.map((body) => frame(body)),
      fc.json().map((body) => frame(Buffer.from(body))),
      fc.json().map((body) => Buffer.concat([hello, frame(Buffer.from(body))])),
      fc.constant(Buffer.from([0x7f, 0xff, 0xff, 0xff])),
      fc.constant(frame(Buffer.from('{"t":"join","pid":1}'))),
    );
    let rounds = 0;
    await fc.assert(
      fc.asyncProperty(bodies, async (body) => {
        const stream = await bench.dial();
        const closed = once(stream, 'close');
        stream.resume().once('end', () => stream.end());
        stream.on('error', () => {});
        stream.write(body);
        await closed;
        rounds++;
      }),
      { numRuns: 100 },
    );
    expect(bench.hub.counters.linkFaults.value).toBe(rounds);
    expect(link.connected).toBe(true);
    expect(bench.hub.registry.get('chat-1')).toBeDefined();
  });

  it.each(wires)('tells a server at once that its join makes no sense, over %s', async (wire) => {
    await using bench = new LinkBench(wire, [chat1]);
    bench.hub.admit('chat-1');
    const reason = 'its buildId is no text of at most 200 characters';
    for (const buildId of ['b'.repeat(201), 2 as unknown as string])
      await expect(bench.join('chat-1', { buildId })).rejects.toMatchObject({
        code: 'LINK_REFUSED',
        message: expect.stringContaining(reason),
      });
    expect(bench.dialed).toHaveLength(2); // neither dials again
    await until(() => bench.hub.counters.linkFaults.value === 2, 'both faults');
    const link = await bench.join('chat-1', { buildId: 'b'.repeat(200) });
    expect(link.connected).toBe(true);
  });

  it.each(wires)('tells who speaks another version of the link so, over %s', async (wire) => {
    await using bench = new LinkBench(wire, [chat1]);
    const stream = await bench.dial();
    const closed = once(stream, 'end');
    let heard = '';
    stream.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    stream.write(frame(Buffer.from('{"t":"hello","v":1,"role":"server","id":"chat-1","bootId":"x"}')));
    await closed;
    expect(heard).toContain(`it speaks link version 1, this is ${linkVersion}`);
    expect(bench.hub.counters.linkFaults.value).toBe(1);
  });

  it('leaves a server that was let in before its life, though its join makes no sense any more', async () => {
    await using bench = new LinkBench('memory', [chat1]);
    const stream = await bench.dial();
    const heard: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => heard.push(chunk));
    const closed = once(stream, 'close');
    const say = (message: object) => stream.write(frame(Buffer.from(JSON.stringify(message))));
    say({ t: 'hello', v: linkVersion, role: 'server', id: 'chat-1', bootId: 'x' });
    say({ t: 'join', pid: 1, buildId: 2, state: 'ready', listening: {}, admitted: true });
    await closed;
    expect(bench.hub.counters.linkFaults.value).toBe(1);
    expect(Buffer.concat(heard).toString()).not.toContain('refused');
  });

  it('closes a proved server that sends garbage, and no other', async () => {
    await using bench = new LinkBench('memory', [chat1, entry('chat-2')]);
    bench.hub.admit('chat-1', 'chat-2');
    const other = await bench.join('chat-2');
    await bench.join('chat-1');
    const lost = once(bench.hub, 'serverLost');
    bench.dialed[1]!.write(frame(Buffer.from('{"t":"dance"}')));
    expect((await lost)[0]).toMatchObject({
      id: 'chat-1',
      reason: 'A frame from a test cannot be read: dance is no message of a server',
    });
    expect(other.connected).toBe(true);
    expect(bench.hub.counters.linkFaults.value).toBe(1);
  });

  it('gives a connection five seconds to say which life it is', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', [chat1], { clock });
    const stream = await bench.dial();
    const closed = once(stream.resume(), 'close');
    clock.pass(4999);
    expect(stream.destroyed).toBe(false);
    clock.pass(1);
    await closed;
  });

  it('takes a silent server for lost', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', [chat1], { clock });
    bench.hub.admit('chat-1');
    await bench.join('chat-1', { clock: new FakeClock() });
    const lost = once(bench.hub, 'serverLost');
    clock.pass(4001);
    expect((await lost)[0]).toMatchObject({
      id: 'chat-1',
      reason: 'The link to a test was lost: it was silent',
    });
    expect(bench.hub.isLinked('chat-1', (await lost)[0].bootId)).toBe(false);
  });

  it('keeps the place of a server whose link broke for a while, and the order of joining for longer', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', [chat1, entry('chat-2')], { clock });
    bench.hub.admit('chat-1', 'chat-2');
    await bench.join('chat-1', { bootId: 'one', clock: new FakeClock() });
    await bench.join('chat-2', { bootId: 'two' });
    const { joined } = bench.hub.registry.get('chat-1')!;
    const lost = once(bench.hub, 'serverLost');
    bench.dialed[0]!.destroy();
    await lost;
    clock.pass(4999);
    expect(bench.hub.registry.get('chat-1')).toMatchObject({ bootId: 'one', joined });
    clock.pass(1);
    expect(bench.hub.registry.get('chat-1')).toBeUndefined();
    await bench.join('chat-1', { bootId: 'one' });
    expect(bench.hub.registry.get('chat-1')).toMatchObject({ bootId: 'one', joined });
  });

  it('takes nobody for silent after a pause of its own', async () => {
    const clock = new FakeClock();
    let paused = 0;
    const pausing = {
      ...clock,
      now: () => clock.now() + paused,
      after: clock.after.bind(clock),
      every: clock.every.bind(clock),
    };
    await using bench = new LinkBench('memory', [chat1], { clock: pausing });
    bench.hub.admit('chat-1');
    const own = new FakeClock();
    const link = await bench.join('chat-1', { bootId: 'one', clock: own });
    clock.pass(1000);
    paused = 60_000;
    clock.pass(400);
    expect(bench.hub.isLinked('chat-1', 'one')).toBe(true);
    await own.letPass(1000); // what it has sent meanwhile is read
    clock.pass(1000);
    expect(bench.hub.isLinked('chat-1', 'one')).toBe(true);
    expect(link.connected).toBe(true);
  });

  it('is dialed again by a server that does not hear it', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench('memory', [chat1], { clock: new FakeClock() });
    bench.hub.admit('chat-1');
    await bench.join('chat-1', { clock });
    const back = once(bench.hub, 'serverJoined');
    clock.pass(5000);
    expect((await back)[0]).toMatchObject({ id: 'chat-1', back: true });
  });

  it('removes the entry of a process that has ended without waiting for its link', async () => {
    await using bench = new LinkBench('memory', [chat1]);
    bench.hub.admit('chat-1');
    await bench.join('chat-1', { bootId: 'now' });
    bench.hub.ended('chat-1', 'before');
    expect(bench.hub.registry.get('chat-1')).toBeDefined();
    bench.hub.ended('chat-1', 'now');
    expect(bench.hub.registry.get('chat-1')).toBeUndefined();
  });
});

describe('what a server says of itself', () => {
  const join = { t: 'join', pid: 1, buildId: 'b', state: 'ready', listening: {}, admitted: false };
  const stats = { connections: 1, rssBytes: 1, cpu: 0, uptime: 1 };

  /** A server whose process was taken over: it has its key and says what it likes. */
  async function takenOver(bench: LinkBench, more: object = {}): Promise<(message: object) => void> {
    const channel = new LinkChannel(await bench.dial(), 'the hub');
    const met = new Promise<void>((resolve) => {
      channel.onMessage = ({ t }) => t === 'accepted' && resolve();
    });
    channel.send({ t: 'hello', v: linkVersion, role: 'server', id: 'chat-1', bootId: 'of-chat-1' });
    await met;
    channel.send({ ...join, ...more });
    return (message) => channel.send(message as typeof join);
  }
  const gate = entry('gate-1', { frontend: true });

  it.each([
    ['another id', { id: 'gate-1' }],
    ['another type', { type: 'gate', frontend: true }],
    ['another host', { host: '10.6.6.6' }],
    ['another address for clients', { clientHost: '10.6.6.6' }],
    ['another boot id', { bootId: 'of-gate-1' }],
    ['other fields', { extra: { admin: true }, weight: 1e9 }],
  ])('gets it no place of others: %s', async (_, listening) => {
    await using bench = new LinkBench('memory', [chat1, gate]);
    const say = await takenOver(bench, { listening });
    say({ t: 'report', state: 'ready', listening: { ...listening, port: 7001 } });
    const own = await until(() => bench.hub.registry.all.find(({ port }) => port === 7001));
    expect(bench.hub.registry.all).toEqual([own]);
    expect(own).toEqual({ ...own, id: 'chat-1', type: 'chat', host: '127.0.0.1', bootId: 'of-chat-1' });
    expect(own).toMatchObject({ frontend: false, weight: 1, extra: {} });
    expect(own).not.toHaveProperty('clientHost');
  });

  it.each([
    ['a pid that is none', { ...join, pid: '1' }],
    ['a build that is an object', { ...join, buildId: {} }],
    ['a state that is an object', { ...join, state: { toString: 1 } }],
    ['a port that is none', { ...join, listening: { port: [[1]] } }],
    ['a port beyond all', { t: 'report', state: 'ready', listening: { clientPort: 65_536 } }],
    ['ports of acceptors that are no list', { ...join, listening: { acceptorPorts: { length: 1 } } }],
    ['a port of an acceptor that is none', { ...join, listening: { acceptorPorts: [0] } }],
    ['connections that are no number', { t: 'stats', stats: { ...stats, connections: { toString: 1 } } }],
    ['connections below none', { t: 'stats', stats: { ...stats, connections: -1e9 } }],
    ['measures that are none', { t: 'stats', stats, measures: 1 }],
    ['a measure that was not told', { t: 'stats', stats, measures: { rows: [[0, 0, '']] } }],
    ['no statistics', { t: 'stats' }],
    ['an answer to nothing', { t: 'answer', n: {} }],
    ['a question without a name', { t: 'ask', n: 1 }],
    ['a reach that is none', { t: 'stats', stats: { ...stats, reach: { unreached: 'all' } } }],
    ['a word of everybody', { t: '__proto__' }],
  ])('closes its own link and no other when it makes no sense: %s', async (_, message) => {
    await using bench = new LinkBench('memory', [chat1, gate]);
    bench.hub.admit('gate-1');
    const other = await bench.join('gate-1');
    const say = await takenOver(bench);
    const lost = once(bench.hub, 'serverLost');
    say(message);
    expect((await lost)[0]).toMatchObject({
      id: 'chat-1',
      reason: expect.stringContaining('cannot be read'),
    });
    expect(other.connected).toBe(true);
  });

  it('is kept to what a server may tell', async () => {
    await using bench = new LinkBench('memory', [chat1]);
    const say = await takenOver(bench);
    say({ t: 'stats', stats: { ...stats, secret: 'x' } });
    expect(await until(() => bench.hub.statsOf('chat-1'))).toEqual(stats);
  });
});

describe.each(wires)('an operator over %s', (wire) => {
  it('has commands carried out, hears of their progress, and gets the answer', async () => {
    await using bench = new LinkBench(wire, [], {
      onOperator: async ({ verb, args, principal, role }, progress) => {
        progress({ step: 1 });
        return { verb, args, principal, role };
      },
    });
    const operator = await connectOperator({ dial: bench.dialOperator });
    const events: unknown[] = [];
    const answer = await operator.operate('stop', { ids: ['a'] }, (event) => events.push(event));
    const principal = { name: 'unnamed', via: 'link' };
    // the key of operators opens everything
    expect(answer).toEqual({ verb: 'stop', args: { ids: ['a'] }, principal, role: 'admin' });
    expect(events).toEqual([{ step: 1 }]);
    operator.close();
  });

  it('names who asks, and whoever carries that out learns when nobody hears the answer any more', async () => {
    const calls: OperatorCall[] = [];
    await using bench = new LinkBench(wire, [], {
      onOperator: async (call) => {
        calls.push(call);
        return {};
      },
    });
    const principal = { name: 'ann@desk\u0007', via: 'cli' };
    const operator = await connectOperator({ dial: bench.dialOperator, principal });
    await operator.operate('servers.stop', {});
    expect(calls[0]?.principal).toEqual({ name: 'ann@desk\\u{7}', via: 'cli' });
    expect(calls[0]?.gone.aborted).toBe(false);
    operator.close();
    await expect.poll(() => calls[0]?.gone.aborted).toBe(true);
  });

  it('cancels a request that goes on until then, and no other', async () => {
    const calls: OperatorCall[] = [];
    await using bench = new LinkBench(wire, [], {
      onOperator: (call, progress) => {
        calls.push(call);
        progress({ begun: true });
        return new Promise((resolve) => call.gone.addEventListener('abort', () => resolve('cancelled')));
      },
    });
    const operator = await connectOperator({ dial: bench.dialOperator });
    const cancel = new AbortController();
    const watched = operator.operate('views.watch', {}, () => {}, cancel.signal);
    operator.operate('views.watch', {}).catch(() => {}); // until the end of the connection
    await until(() => calls.length === 2, 'both requests');
    cancel.abort();
    expect(await watched).toBe('cancelled');
    expect(calls.map(({ gone }) => gone.aborted)).toEqual([true, false]);
    expect(await operator.operate('views.watch', {}, () => {}, AbortSignal.abort())).toBe('cancelled');
    operator.close();
    await until(() => calls[1]!.gone.aborted, 'the end of the other one');
  });

  it('hears why a command failed', async () => {
    await using bench = new LinkBench(wire, [], {
      onOperator: async () => {
        throw new Error('no such server');
      },
    });
    const operator = await connectOperator({ dial: bench.dialOperator });
    await expect(operator.operate('stop', {})).rejects.toMatchObject({
      code: 'COMMAND_FAILED',
      message: 'The master did not carry out stop: no such server',
      cause: { code: 'UNKNOWN' },
    });
    operator.close();
  });

  it('is told when the master falls silent in the midst of a command, and one that only takes long is waited for', async () => {
    const clock = new FakeClock();
    await using bench = new LinkBench(wire, [], { onOperator: () => new Promise(() => {}) });
    const silent = (reason: string) => new Error(`the master hangs: ${reason}`);
    const operator = await connectOperator({ dial: bench.dialOperator, clock, silent });
    const request = operator.operate('restart', {});
    let ended = false;
    request.catch(() => {
      ended = true;
    });
    const heard = vi.fn();
    bench.dialed[0]!.on('data', heard);
    for (let second = 1; second <= 30; second++) {
      clock.pass(1000);
      await expect.poll(() => heard.mock.calls.length).toBeGreaterThanOrEqual(second);
    }
    expect(ended).toBe(false);
    bench.dialed[0]!.pause();
    for (let looks = 0; looks < 500 && !ended; looks++) await clock.letPass(100, 100);
    await expect(request).rejects.toThrow('the master hangs: it has said nothing for 10 s');
  });

  it('is refused what it asks for with the key of a server', async () => {
    const done = vi.fn(async () => ({}));
    await using bench = new LinkBench(wire, [chat1], { onOperator: done });
    await expect(
      connectOperator({ dial: () => bench.dial({ role: 'server', id: 'chat-1' }) }),
    ).rejects.toMatchObject({ code: 'LINK_LOST' });
    expect(bench.hub.counters.linkFaults.value).toBe(1);
    bench.hub.admit('chat-1');
    await bench.join('chat-1');
    const lost = once(bench.hub, 'serverLost');
    bench.dialed[1]!.write(frame(Buffer.from('{"t":"request","n":1,"verb":"add","args":{}}')));
    expect((await lost)[0]).toMatchObject({ reason: expect.stringContaining('request is no message') });
    expect(done).not.toHaveBeenCalled();
  });

  it('gets the place of no server, nor one server that of another', async () => {
    await using bench = new LinkBench(wire, [chat1, entry('chat-2')]);
    for (const dial of [bench.dialOperator, () => bench.dial({ role: 'server', id: 'chat-2' })]) {
      const signal = AbortSignal.timeout(200);
      await expect(bench.join('chat-1', { dial, signal })).rejects.toThrow();
    }
    expect(bench.hub.counters.linkFaults.value).toBeGreaterThan(1);
    expect(bench.hub.registry.all).toEqual([]);
  });

  it('does not wait for ever when the master goes away', async () => {
    await using bench = new LinkBench(wire, [], { onOperator: () => new Promise(() => {}) });
    const operator = await connectOperator({ dial: bench.dialOperator });
    const request = operator.operate('stop', {});
    bench.hub.close();
    await expect(request).rejects.toMatchObject({ code: 'LINK_LOST' });
    await expect(operator.operate('list', {})).rejects.toMatchObject({ code: 'LINK_LOST' });
  });
});
