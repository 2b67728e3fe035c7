import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { type Logger, silentLogger } from '@pomelo-ts/common';
import { FrameSplitter, frame } from '@pomelo-ts/common/internal';
import { describe, expect, it, vi } from 'vitest';
import { ClusterKeys, connectOperator } from '../src/index.js';
import { memoryStreams } from '../src/internal.js';
import { LinkChannel, type Message } from '../src/link/channel.js';
import { linkVersion } from '../src/link/handshake.js';
import { entry, keys, LinkBench, until, wires } from './cluster-fixture.js';

/* What the ends of links keep for somebody who knows a key and breaks the rules, or does not read. */

const chat1 = entry('chat-1', { port: 6001 });
const mib = 1024 * 1024;

/** A dialer that says what the test wants, and hears all or nothing. */
class Dialer {
  readonly heard: Message[] = [];
  closed = false;
  readonly stream: Duplex;

  constructor(stream: Duplex) {
    this.stream = stream;
    const splitter = new FrameSplitter({ maxFrameBytes: 64 * mib, peer: 'the hub' });
    stream.on('error', () => {});
    stream.once('close', () => {
      this.closed = true;
    });
    stream.on('data', (chunk) =>
      splitter.push(chunk, (bytes, start, end) =>
        this.heard.push(JSON.parse(bytes.toString('utf8', start, end))),
      ),
    );
  }

  static async greet(bench: LinkBench, id: string, bootId: string): Promise<Dialer> {
    const dialer = new Dialer(await bench.dial({ role: 'server', id }));
    dialer.say({ t: 'hello', v: linkVersion, role: 'server', id, bootId });
    return dialer;
  }

  static async join(bench: LinkBench, id: string, bootId: string): Promise<Dialer> {
    const dialer = await Dialer.greet(bench, id, bootId);
    dialer.say({ t: 'join', pid: 1, buildId: 'b', state: 'ready', listening: {}, admitted: true });
    await dialer.hears('admitted');
    return dialer;
  }

  say(...messages: object[]): void {
    this.stream.write(Buffer.concat(messages.map((message) => frame(Buffer.from(JSON.stringify(message))))));
  }

  hears(t: string): Promise<Message> {
    return until(() => this.heard.find((message) => message.t === t), t);
  }

  count(t: string): number {
    return this.heard.filter((message) => message.t === t).length;
  }
}

function listening(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const warn: Logger['warn'] = (message, facts) => void lines.push(`${message} ${JSON.stringify(facts)}`);
  return { logger: { ...silentLogger, warn }, lines };
}

describe('a channel whose other end reads nothing', () => {
  it('is closed when more waits than may', async () => {
    const [near] = memoryStreams();
    const channel = new LinkChannel(near, 'somebody');
    const closed = vi.fn();
    channel.onClosed = closed;
    channel.maxWaitingBytes = mib;
    for (let n = 0; n < 100; n++) channel.send({ t: 'long', text: 'x'.repeat(100_000) });
    expect(closed).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'LINK_UNREAD' }));
    expect(near.destroyed).toBe(true);
  });

  it('is closed for many short messages, which cost more than their bytes', () => {
    const [near] = memoryStreams();
    const channel = new LinkChannel(near, 'somebody');
    channel.maxWaitingBytes = mib;
    for (let n = 0; n < 10_000; n++) channel.send({ t: 'beat' });
    expect(channel.closed).toBe(true);
  });

  it('takes one message of any length, as the other end may only be slow', async () => {
    const [near, far] = memoryStreams();
    const channel = new LinkChannel(near, 'somebody');
    channel.maxWaitingBytes = mib;
    channel.send({ t: 'long', text: 'x'.repeat(8 * mib) });
    channel.send({ t: 'end' });
    expect(channel.closed).toBe(true); // it did not read in between
    const [slow, reader] = memoryStreams();
    const patient = new LinkChannel(slow, 'somebody');
    patient.maxWaitingBytes = mib;
    patient.send({ t: 'long', text: 'x'.repeat(8 * mib) });
    const other = new Dialer(reader);
    await other.hears('long');
    patient.send({ t: 'end' });
    await other.hears('end');
    far.destroy();
  });
});

describe.each(wires)('a server over %s', (wire) => {
  it('has one answer for all that it asks in a tick, and none while it does not read', async () => {
    await using bench = new LinkBench(wire, [chat1]);
    const many = Array.from({ length: 1000 }, (_, n) => `chat-${n + 2}`);
    for (const id of many)
      bench.hub.registry.put({
        ...{ id, type: 'chat', host: '10.77.0.1', port: 6000, frontend: true, weight: 1 },
        ...{ bootId: '0123456789abcdef0123456789abcdef', buildId: '1.2.3', pid: 12345, state: 'ready' },
        ...{ clientHost: 'game.example.com', clientPort: 3000, extra: { area: 12 } },
      });
    const snapshot = JSON.stringify(bench.hub.registry.snapshot(true)).length;
    expect(snapshot).toBeLessThan(0.5 * mib); // ARCHITECTURE.md says so
    bench.hub.admit('chat-1');
    const server = await Dialer.join(bench, 'chat-1', 'boot-a');
    server.say(...Array(500).fill({ t: 'resync' }), ...Array(500).fill({ t: 'ping' }));
    await server.hears('snapshot');
    await server.hears('beat');
    const put = vi.spyOn(bench.hub.registry, 'snapshot');
    server.stream.pause();
    for (let n = 0; n < 2000; n++) {
      server.say({ t: 'resync' }, { t: 'ping' });
      await new Promise((resolve) => setImmediate(resolve));
    }
    // What the system itself keeps on the way may be megabytes.
    expect(put.mock.calls.length).toBeLessThan(100);
    server.stream.resume();
    await until(() => server.count('snapshot') >= 2);
    expect([server.count('snapshot') < 100, server.closed]).toEqual([true, false]);
  });

  it.each<[string, object[]]>([
    ['joins twice', [{ t: 'join', pid: 1, buildId: 'b', state: 'ready', listening: {}, admitted: true }]],
    ['asks at length', [{ t: 'ask', n: 1, command: 'c', args: { text: 'x'.repeat(70_000) } }]],
    ['asks without an end', Array(1001).fill({ t: 'ask', n: 1, command: 'c', args: {} })],
    ['reports without an end', Array(21).fill({ t: 'report', state: 'ready' })],
    ['says what no server says', [{ t: 'order' }]],
    ['sends what is too long', []],
  ])('that %s loses its link, which is counted and told', async (_, messages) => {
    const { logger, lines } = listening();
    const onServer = () => new Promise(() => {});
    await using bench = new LinkBench(wire, [chat1], { logger, onServer });
    bench.hub.admit('chat-1');
    const server = await Dialer.join(bench, 'chat-1', 'boot-a');
    if (messages.length > 0) server.say(...messages);
    else server.stream.write(Buffer.from([0x7f, 0, 0, 0]));
    await until(() => server.closed);
    expect(bench.hub.counters.linkFaults.value).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/cannot be read.*"serverId":"chat-1","reason":"/)]);
  });

  it('that dials again while its link lives is not let in, and that is told', async () => {
    const { logger, lines } = listening();
    await using bench = new LinkBench(wire, [chat1], { logger });
    bench.hub.admit('chat-1');
    const link = await bench.join('chat-1', { bootId: 'boot-a' });
    const second = await Dialer.greet(bench, 'chat-1', 'boot-a');
    second.say({ t: 'join', pid: 1, buildId: 'b', state: 'ready', listening: {}, admitted: true });
    await until(() => second.closed);
    expect(second.heard.map(({ t }) => t)).toEqual(['welcome']);
    expect([link.connected, bench.hub.isLinked('chat-1', 'boot-a')]).toEqual([true, true]);
    expect(bench.hub.counters.linkSecondDials.value).toBe(1);
    expect(lines).toEqual([expect.stringContaining('chat-1 has dialed again while its link lived')]);
    expect(bench.hub.registry.get('chat-1')?.pid).toBe(process.pid);
  });

  it('that dials again is let in when its former link does not answer, or ends', async () => {
    await using bench = new LinkBench(wire, [chat1]);
    bench.hub.admit('chat-1');
    const first = await Dialer.join(bench, 'chat-1', 'boot-a');
    const second = await Dialer.join(bench, 'chat-1', 'boot-a'); // the first one is silent
    await until(() => first.closed);
    const third = Dialer.join(bench, 'chat-1', 'boot-a');
    await second.hears('ping');
    second.stream.destroy();
    await third;
  });
});

describe('the key of the former secret', () => {
  it('gets the new keys for a life that has not been told them, and for no other', async () => {
    const { logger, lines } = listening();
    const present = await ClusterKeys.of({ secret: 'a secret of the tests' });
    const rotated = await ClusterKeys.of({
      secret: 'the next secret of the tests',
      previous: 'a secret of the tests',
    });
    let known = present;
    const keysOf = (id: string) => known.ofServer(id);
    await using bench = new LinkBench('tcp', [chat1, entry('chat-2')], { logger, keysOf });
    bench.hub.admit('chat-1', 'chat-2');
    const first = await Dialer.join(bench, 'chat-1', 'boot-a');
    await until(() => first.count('keys') === 1);
    known = rotated;
    expect(bench.hub.rekey()).toBe(1);
    await until(() => first.count('keys') === 2);
    first.stream.destroy();
    await once(bench.hub, 'serverLost');
    expect(keys.names).toEqual(present.names); // what is dialed with here
    const copied = await Dialer.join(bench, 'chat-1', 'boot-a');
    expect(copied.count('keys')).toBe(0);
    expect(lines).toEqual([expect.stringContaining('chat-1 came by the key of the former secret')]);
    const away = await Dialer.join(bench, 'chat-2', 'boot-b');
    expect((await away.hears('keys'))['keys']).toEqual(rotated.ofServer('chat-2'));
  });
});

describe('an operator', () => {
  it('that reads nothing of a long answer is given up, which is counted and told', async () => {
    const { logger, lines } = listening();
    const onOperator = async (_: unknown, progress: (event: unknown) => void) => {
      for (let n = 0; n < 100; n++) progress('x'.repeat(mib));
      return {};
    };
    await using bench = new LinkBench('memory', [], { logger, onOperator });
    const operator = await connectOperator({ dial: bench.dialOperator });
    bench.dialed[0]!.pause();
    await expect(operator.operate('logs', {})).rejects.toMatchObject({ code: 'LINK_LOST' });
    expect(bench.hub.counters.linkUnread.value).toBe(1);
    expect(lines).toEqual([expect.stringContaining('Too much waited for the other end of a link')]);
  });
});
