import { context, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  ParentBasedSampler,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RawClient } from '../../../test/helpers/raw-client.js';
import type { GameParts } from '../../../test/helpers/temporary-game.js';
import type { Application } from '../src/application.js';
import { coreMeasures } from '../src/measures.js';
import { mostOpen, OpenSpans } from '../src/tracing/open-spans.js';
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
    const one = { end: () => ended.count++, setAttribute: () => {}, setStatus: () => {} };
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
});
