import { inspect } from 'node:util';
import * as api from '@opentelemetry/api';
import { context, type Span, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { type Logger, Measures, silentLogger } from '@pomelo-ts/common';
import type { CodeClass } from '@pomelo-ts/common/internal';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { RawClient } from '../../../test/helpers/raw-client.js';
import type { GameParts } from '../../../test/helpers/temporary-game.js';
import type { Application } from '../src/application.js';
import { coreMeasures } from '../src/measures.js';
import { KeptRequests } from '../src/tracing/kept-requests.js';
import { mostOpen, OpenSpans } from '../src/tracing/open-spans.js';
import { OtelTracing } from '../src/tracing/otel-tracing.js';
import { poll } from './poll.js';
import { type RunningGame, startGame } from './running-game.js';

/* Servers inside this process, whose spans a registered SDK keeps in memory. */

const exporter = new InMemorySpanExporter();
/** What the sampler does with a trace that begins; throws when it is told to. */
let sampling = (name: string): number => (name.includes('unseen') ? 0 : 2);

beforeAll(() => {
  const root = {
    shouldSample: (_context: unknown, _id: unknown, name: string) => ({ decision: sampling(name) }),
    toString: () => 'by name',
  };
  const sampler = new ParentBasedSampler({ root });
  new NodeTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
});
afterEach(() => exporter.reset());
afterAll(() => {
  trace.disable();
  context.disable();
});

/** Names and codes of the spans of a kind: 1 of a server, 2 of a client, 3 of a producer. */
const spans = (kind: number): ReadableSpan[] =>
  exporter.getFinishedSpans().filter((span) => span.kind === kind);
const told = (list: readonly ReadableSpan[]) =>
  list.map(({ name, status, attributes }) => [attributes['pomelo.server.id'], name, status.message]);

type Calls = Record<
  string,
  { own: Record<string, ((...args: unknown[]) => Promise<unknown>) & { notify(...args: unknown[]): void }> }
>;
const calls = (app: Application): Calls => app.rpc as unknown as Calls;

const handlers: NonNullable<GameParts['handlers']> = {
  connector: {
    own: () => ({
      fine: () => ({ fine: true }),
      later: () => new Promise(() => {}),
      heard: () => {},
    }),
  },
  chat: {
    own: (app: Application) => ({
      fine: () => ({ traceId: trace.getActiveSpan()?.spanContext().traceId }),
      unseen: () => {
        trace.getTracer('game').startSpan('of the game').end();
        return { span: trace.getActiveSpan()?.isRecording() };
      },
      unseenFails: () => {
        throw new Error('a fault');
      },
      calls: async () => ({ got: await calls(app)['chat']!.own['add']!(null, 1) }),
      tells: () => calls(app)['chat']!.own['add']!.notify(null, 1),
      heard: () => {},
    }),
  },
};

const parts: GameParts = {
  servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
  handlers,
  remotes: { chat: { own: () => ({ add: (n: number) => n + 1 }) } },
  settings: { tracing: true, client: { maxPendingRequests: 1 } },
};

async function playing(
  more: Partial<GameParts> = {},
): Promise<{ game: RunningGame; player: RawClient } & AsyncDisposable> {
  const game = await startGame({ ...parts, ...more });
  const player = await RawClient.join(game.port('connector-1'));
  return {
    game,
    player,
    async [Symbol.asyncDispose]() {
      await player[Symbol.asyncDispose]();
      await game[Symbol.asyncDispose]();
    },
  };
}

describe('an SDK that fails at everything', () => {
  const failing = () => {
    throw new Error('no tracer today');
  };
  const { TraceFlags, SpanKind, ROOT_CONTEXT, createContextKey } = api;

  it.each([
    ['getTracer', { getTracer: failing }],
    ['getTracerProvider', { getTracerProvider: failing }],
    ['getDelegateTracer', { getTracerProvider: () => ({ getDelegateTracer: failing }) }],
  ])('keeps no server from its start when %s throws: a line of the log tells of it', (_, wrong) => {
    const lines: string[] = [];
    const say = (text: string, facts?: object) => void lines.push(`${text} ${inspect(facts)}`);
    const logger = { ...silentLogger, warn: say, error: say } as Logger;
    const some = { trace: Object.assign(Object.create(trace), wrong), context, ROOT_CONTEXT };
    const tracing = new OtelTracing({
      api: { ...some, TraceFlags, SpanKind, createContextKey } as unknown as typeof api,
      ...{
        serverId: 'chat-1',
        serverType: 'chat',
        uids: false,
        longestMs: 1000,
        kept: 20,
        clock: new FakeClock(),
        logger,
      },
    });
    tracing.attach({ counters: new Measures().makeAll(coreMeasures), peer: () => undefined });
    tracing.check();
    tracing.request({ id: '1' }, 'chat.chatHandler.say', true)?.end('ok');
    expect(lines.join('\n')).toContain('no tracer today');
    tracing.close();
  });
});

describe('a traced request', () => {
  it('has its handler in its trace, on another server too', async () => {
    await using there = await playing();
    const { traceId } = await there.player.request('chat.own.fine');
    await poll(() => spans(1).length).toBe(2);
    expect(spans(1).map((span) => span.spanContext().traceId)).toEqual([traceId, traceId]);
  });

  it('has a call of its own server and one without an answer as spans, too', async () => {
    await using there = await playing();
    expect(await there.player.request('chat.own.calls')).toEqual({ got: 2 });
    await there.player.request('chat.own.tells');
    await poll(() => spans(1).filter(({ name }) => name === 'chat.own.add').length).toBe(2);
    expect(spans(2).filter(({ name }) => name === 'chat.own.add')).toHaveLength(2);
  });

  it('leaves nothing to record where it is not sampled, on the other server neither', async () => {
    await using there = await playing();
    expect(await there.player.request('chat.own.unseen')).toEqual({ span: false });
    await there.player.request('chat.own.fine');
    await poll(() => spans(1).length).toBe(2);
    expect(exporter.getFinishedSpans().map(({ name }) => name)).not.toContain('of the game');
  });

  it('ends when it is shed', async () => {
    await using there = await playing();
    there.player.request('connector.own.later').catch(() => {}); // it is never answered
    expect(await there.player.request('chat.own.fine')).toMatchObject({ code: 503 });
    await poll(() => told(spans(1))).toEqual([['connector-1', 'chat.own.fine', 'REQUEST_QUEUE_FULL']]);
  });

  it('ends when its client is let go for what it sends', async () => {
    const app = (app: Application) =>
      app.rateLimit({ per: 'connection', messages: { perSecond: 0.001 }, action: 'close' });
    await using there = await playing({ app });
    await there.player.request('connector.own.fine');
    there.player.notify('connector.own.fine');
    await poll(() => told(spans(1))).toContainEqual(['connector-1', 'connector.own.fine', 'RATE_LIMITED']);
  });

  it.each([['connector'], ['chat']])('ends without an answer when none is wanted, of %s', async (type) => {
    await using there = await playing();
    there.player.notify(`${type}.own.heard`);
    await poll(() => spans(1).length).toBe(type === 'chat' ? 2 : 1);
    expect(spans(1).map(({ status }) => status.code)).toEqual(spans(1).map(() => 0));
  });

  it.each([['connector'], ['chat']])(
    'ends behind global filters, with an answer and without, of %s',
    async (type) => {
      const app = (app: Application) => app.globalFilter({ before: () => undefined });
      await using there = await playing({ app });
      await there.player.request(`${type}.own.fine`);
      there.player.notify(`${type}.own.heard`);
      const mine = () => spans(1).filter((span) => span.attributes['pomelo.server.id'] === 'connector-1');
      await poll(() => mine().map(({ name }) => name)).toEqual([`${type}.own.fine`, `${type}.own.heard`]);
    },
  );

  it('ends when its server stops before it is answered', async () => {
    await using there = await playing();
    there.player.request('connector.own.later').catch(() => {}); // it is never answered
    await poll(() => there.game.servers.get('connector-1')!.busy).toBe(true);
    await there.game.stop('connector-1', 0);
    expect(told(spans(1))).toEqual([['connector-1', 'connector.own.later', 'SERVER_STOPPED']]);
  });

  it('is served without a span when the SDK of the game fails', async () => {
    await using there = await playing();
    const before = sampling;
    sampling = () => {
      throw new Error('a sampler with a fault');
    };
    try {
      expect(await there.player.request('connector.own.fine')).toEqual({ fine: true });
    } finally {
      sampling = before;
    }
    expect(there.game.count('connector-1', 'trace.failures')).toBe(1);
  });

  it('is no span at all where the settings do not say so', async () => {
    await using there = await playing({ settings: {} });
    const { traceId } = await there.player.request('chat.own.fine');
    expect(traceId).toBeUndefined();
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

describe('a push', () => {
  it('outside of any trace begins none, and a call neither', async () => {
    await using there = await playing();
    const app = there.game.app('chat-1');
    await app.channels.broadcast('connector', 'onNews', {});
    expect(await calls(app)['chat']!.own['add']!(null, 1)).toBe(2);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

describe('spans that are open', () => {
  function opened(longestMs = 1000) {
    const clock = new FakeClock();
    const counters = new Measures().makeAll(coreMeasures);
    const open = new OpenSpans({ longestMs, clock, logger: silentLogger });
    open.begins(counters);
    const ended = { count: 0 };
    const context = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: 1 };
    const one = {
      end: () => ended.count++,
      setAttribute: () => {},
      setStatus: () => {},
      spanContext: () => context,
    };
    return { clock, counters, open, span: () => one as never, ended };
  }

  it('are ended when they go on for too long, once', () => {
    const { clock, counters, open, span, ended } = opened();
    const one = open.begin(span)!;
    clock.pass(900);
    open.begin(span);
    clock.pass(1100);
    expect([ended.count, counters.traceOverdue.value]).toEqual([2, 2]);
    one.end('ok');
    expect(ended.count).toBe(2);
    open.close();
  });

  it('are bounded in number', () => {
    const { counters, open, span, ended } = opened();
    for (let i = 0; i < mostOpen; i++) open.begin(span);
    expect(open.begin(span)).toBeUndefined();
    expect(counters.traceLeftOut.value).toBe(1);
    open.close();
    expect(ended.count).toBe(mostOpen);
  });

  it.each([
    ['nothing', undefined],
    ['what has no context', { spanContext: () => undefined }],
    ['what has a context that is none', { spanContext: () => ({ traceId: 5 }) }],
  ])('are none where the SDK gives %s for one', (_, none) => {
    const { counters, open } = opened();
    expect(open.begin(() => none as never)).toBeUndefined();
    expect(counters.traceFailures.value).toBe(1);
  });
});

describe('an SDK that fails', () => {
  it.each(['setAttributes', 'setAttribute', 'setStatus', 'end', 'spanContext'] as const)(
    'fails no request, call or push, and keeps no client from going on: %s',
    async (method) => {
      await using there = await playing();
      const ofSpans = Object.getPrototypeOf(trace.getTracer('test').startSpan('test')) as Span;
      const failing = vi.spyOn(ofSpans, method).mockImplementation(function (this: Span, first?: unknown) {
        const begins = typeof first === 'object' && first !== null && 'pomelo.server.id' in first;
        if (!begins) throw new Error('the SDK failed');
        return this as never; // what it is begun with is not what is to fail here
      });
      onTestFinished(() => failing.mockRestore());
      expect(await there.player.request('connector.own.fine')).toEqual({ fine: true });
      expect(await there.player.request('chat.own.fine')).not.toHaveProperty('code');
      expect(await there.player.request('chat.own.none')).toMatchObject({ code: 404 });
      expect(await there.player.request('connector.own.fine')).toEqual({ fine: true });
    },
  );
});

describe('a request that the sampler has left out', () => {
  const lateSpans = () => spans(1).filter(({ attributes }) => attributes['pomelo.kept'] !== undefined);

  it('has a span of its true time made when it has failed, on its frontend, and none when it is like all others', async () => {
    await using there = await playing();
    await there.player.request('chat.own.unseen');
    await there.player.request('chat.own.unseenFails');
    await poll(() => lateSpans().length).toBe(1);
    const [span] = lateSpans();
    expect(span!.attributes).toMatchObject({
      ...{ 'pomelo.server.id': 'connector-1', 'pomelo.kept': 'failed', 'pomelo.peer.id': 'chat-1' },
      'session.id': expect.any(String),
    });
    expect(span!.status.code).toBe(2);
    const [from, to] = [span!.startTime, span!.endTime].map(([s, ns]) => s * 1000 + ns / 1e6);
    expect(to! - from!).toBeGreaterThan(0);
    expect(Math.abs(Date.now() - to!)).toBeLessThan(60_000);
    const { traceKept, traceNotKept } = there.game.app('connector-1').counters;
    expect([traceKept.value, traceNotKept.value]).toEqual([1, 0]);
  });

  it('has none where that is switched off', async () => {
    await using there = await playing({ settings: { tracing: { kept: 0 } } });
    await there.player.request('chat.own.unseenFails');
    await there.player.request('chat.own.fine');
    await poll(() => spans(1).length).toBe(2);
    expect(lateSpans()).toEqual([]);
  });
});

describe('the requests that are kept', () => {
  it('are those that failed and those slower than 99 of 100 before, a bounded number in a second, failed ones first', () => {
    const clock = new FakeClock();
    const kept = new KeptRequests(4, clock);
    expect(kept.decide(5, 'ok')).toBeUndefined(); // nothing is known yet
    for (let n = 0; n < 200; n++) kept.decide(0.003, 'ok');
    expect(kept.decide(0.1, 'ok')).toBeUndefined();
    clock.pass(11_000);
    kept.decide(0.003, 'ok');
    expect(kept.decide(0.0039, 'ok')).toBeUndefined();
    const decide = (...codes: CodeClass[]) => codes.map((code) => kept.decide(0.1, code));
    expect(decide('ok', 'ok', 'ok')).toEqual(['kept', 'kept', 'left out']);
    expect(decide('error', 'timeout', 'error')).toEqual(['kept', 'kept', 'left out']);
    clock.pass(1000);
    expect(decide('refused')).toEqual(['kept']);
  });
});
