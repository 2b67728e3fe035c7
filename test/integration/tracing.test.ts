import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, RunningCommand } from '../helpers/cluster-process.js';
import type { RawClient } from '../helpers/raw-client.js';
import { TemporaryGame } from '../helpers/temporary-game.js';
import { TracedGame } from '../helpers/traced-game.js';

/* Traces of a real cluster, whose game has an SDK of OpenTelemetry that writes spans to files. */

describe('a game that traces', () => {
  let game: TracedGame;
  let ann: RawClient;

  beforeAll(async () => {
    game = await TracedGame.start({ tracing: { uids: true }, request: { timeout: '1s' } });
    ann = await game.join();
    await ann.request('connector.entryHandler.enter', { uid: 'ann' });
    await ann.request('chat.chatHandler.join');
  });
  afterAll(async () => {
    await ann?.[Symbol.asyncDispose]();
    await game?.[Symbol.asyncDispose]();
  });

  /** Asks, and gives the spans of the request: of its frontend, of its way, of its handler. */
  async function traced(route: string, msg: object = {}) {
    const before = game.spansOf('connector-1').length;
    const answer = await ann.request(route, msg);
    const mine = () => game.spansOf('connector-1').slice(before);
    const request = await eventually(
      () => mine().find(({ kind }) => kind === 'server'),
      `a span of ${route}`,
    );
    const forward = mine().find(({ kind }) => kind === 'client');
    return { answer, request, forward };
  }

  /** The span of the handler on chat-1. */
  const handlerOf = (traceId: string) =>
    eventually(
      () => game.spansOf('chat-1').find((span) => span.kind === 'server' && span.traceId === traceId),
      'the span of the handler',
    );

  it('has one trace from the frontend through the handler and a call to the push, each span under its own', async () => {
    const { request, forward } = await traced('chat.chatHandler.say', { text: 'hello' });
    const { traceId } = request;
    const handler = await handlerOf(traceId);
    const own = await game.span('what the game does', 'internal', traceId);
    const call = await game.span('score.scoreRemote.add', 'client', traceId);
    const remote = await game.span('score.scoreRemote.add', 'server', traceId);
    const inner = await game.span('what the remote does', 'internal', traceId);
    const push = await game.span('push onChat', 'producer', traceId);
    expect(request.parentSpanId).toBeUndefined();
    const parents = [forward!, handler, own, call, remote, inner, push].map(
      ({ parentSpanId }) => parentSpanId,
    );
    const expected = [request, forward!, handler, own, call, remote, handler].map(({ spanId }) => spanId);
    expect(parents).toEqual(expected);
    expect(game.spans.filter((span) => span.traceId === traceId)).toHaveLength(8);
    expect(push.attributes).toMatchObject({
      'messaging.system': 'pomelo',
      'messaging.destination.name': 'room',
      'pomelo.push.members': 1,
      'pomelo.push.frontends': 1,
      'pomelo.push.failed_frontends': 0,
    });
  });

  it('names spans and what they are about as the conventions of OpenTelemetry do', async () => {
    const { request, forward } = await traced('chat.chatHandler.say', { text: 'hello' });
    expect(request.attributes).toEqual({
      'rpc.system.name': 'pomelo',
      'rpc.method': 'chat.chatHandler.say',
      'pomelo.route': 'chat.chatHandler.say',
      'pomelo.server.id': 'connector-1',
      'pomelo.server.type': 'connector',
      'session.id': expect.stringMatching(/^[\da-z]+-\d+$/),
      'enduser.id': 'ann',
    });
    const chat = game.files.config.servers.find(({ id }) => id === 'chat-1')!;
    expect(forward!.attributes).toMatchObject({
      'rpc.method': 'chat.chatHandler.say',
      'pomelo.peer.id': 'chat-1',
      'pomelo.peer.type': 'chat',
      'server.address': '127.0.0.1',
      'server.port': chat.port,
    });
    expect(request.status.code).toBe(0);
  });

  it('has the spans of a handler of the frontend itself under the request', async () => {
    const { request, forward } = await traced('connector.entryHandler.here');
    expect(forward).toBeUndefined();
    const own = await game.span('what the game does here', 'internal', request.traceId);
    expect(own.parentSpanId).toBe(request.spanId);
  });

  it('records nothing anywhere of a request that is not sampled, also not what the game does itself', async () => {
    const before = game.spans.length;
    await ann.request('chat.chatHandler.unseen', { text: 'hello' });
    await traced('connector.entryHandler.here'); // which comes after
    const names = game.spans.slice(0).map(({ name }) => name);
    expect(names.filter((name) => name.includes('unseen'))).toEqual([]);
    expect(game.spans.length - before).toBe(2);
  });

  it('has the span of a request that is not sampled and fails made at its end, by its frontend alone', async () => {
    await ann.request('chat.chatHandler.unseenFails');
    const span = await eventually(
      () => game.spans.find(({ name }) => name === 'chat.chatHandler.unseenFails'),
      'the span of the failed request',
    );
    expect(span.attributes).toMatchObject({ 'pomelo.kept': 'failed', 'pomelo.peer.id': 'chat-1' });
    expect(span.attributes['session.id']).toBeTypeOf('string');
    await traced('connector.entryHandler.here'); // which comes after
    expect(game.spans.filter(({ traceId }) => traceId === span.traceId)).toEqual([span]);
  });

  it('counts clients that took a push where frontends are asked', async () => {
    const { request } = await traced('chat.chatHandler.deliver');
    const told = await game.span('push onChat', 'producer', request.traceId);
    expect(told.attributes).toMatchObject({ 'pomelo.push.kind': 'channel', 'pomelo.push.delivered': 1 });
    const { request: second } = await traced('chat.chatHandler.all');
    const all = await game.span('push onChat', 'producer', second.traceId);
    expect(all.attributes).toMatchObject({
      'pomelo.push.kind': 'all',
      'messaging.destination.name': 'connector',
      'pomelo.push.delivered': 1,
    });
  });

  it.each([
    ['connector.entryHandler.lacks', 'ITEM_MISSING', undefined],
    ['chat.chatHandler.full', 'ROOM_FULL', 'ROOM_FULL'],
    ['chat.chatHandler.boom', '500', 'HANDLER_FAILED'],
    ['chat.chatHandler.refused', 'NO_SCORE', 'NO_SCORE'],
  ])('ends the spans of a request that fails with its code: %s', async (route, told, inside) => {
    const { request, forward } = await traced(route);
    const failed = (span: { attributes: Readonly<Record<string, unknown>>; status: object }) => [
      span.attributes['error.type'],
      span.attributes['rpc.response.status_code'],
      span.status,
    ];
    expect(failed(request)).toEqual([told, told, { code: 2, message: told }]);
    if (inside === undefined) return;
    expect(failed(forward!)).toEqual(failed(request));
    const handler = await handlerOf(request.traceId);
    expect(failed(handler)).toEqual([inside, inside, { code: 2, message: inside }]);
  });

  it('ends the spans of a request that nobody answers in time, on both servers', async () => {
    const { request, forward } = await traced('chat.chatHandler.slow');
    // Both look whether the time is over, and either may see it first.
    for (const span of [request, forward!])
      expect(span.status).toEqual({ code: 2, message: expect.stringMatching(/^(504|REQUEST_TIMEOUT)$/) });
    const handler = await handlerOf(request.traceId);
    expect(handler.status).toEqual({ code: 2, message: 'REQUEST_TIMEOUT' });
  });

  it('has a failed call as a span of who called and of who was called', async () => {
    const { request } = await traced('chat.chatHandler.refused');
    for (const kind of ['client', 'server'] as const) {
      const span = await game.span('score.scoreRemote.refuse', kind, request.traceId);
      expect(span.status).toMatchObject({ code: 2 });
    }
  });

  it('does not take a name from a client that has invented it', async () => {
    const { request } = await traced('chat.chatHandler.invented');
    expect(request).toMatchObject({
      name: '_OTHER',
      attributes: { 'rpc.method': '_OTHER', 'rpc.method_original': 'chat.chatHandler.invented' },
      status: { code: 2, message: '404' },
    });
  });

  it('ends the spans of a message that wants no answer', async () => {
    ann.notify('chat.chatHandler.told');
    await eventually(
      () => game.spansOf('chat-1').some(({ name }) => name === 'chat.chatHandler.told'),
      'the span of its handler',
    );
    const { traceId } = await game.span('chat.chatHandler.told', 'client');
    const of = game.spans.filter((span) => span.traceId === traceId);
    expect(of.map(({ kind }) => kind).sort()).toEqual(['client', 'server', 'server']);
  });

  it('has trace, span and session in the lines that handlers write', async () => {
    const { request } = await traced('chat.chatHandler.say', { text: 'a line' });
    const lines = async () => (await game.run('logs', 'chat-1', '--raw')).stdout.split('\n');
    const line = (await lines()).find((text) => text.includes('somebody says a line'))!;
    const { traceId, attributes } = request;
    const handler = await handlerOf(traceId);
    expect(line).toContain(`"traceId":"${traceId}"`);
    expect(line).toContain(`"spanId":"${handler.spanId}"`);
    expect(line).toContain(`"sessionId":"${String(attributes['session.id'])}"`);
    await ann.request('chat.chatHandler.unseen', { text: 'an unseen line' });
    const unseen = (await lines()).find((text) => text.includes('somebody says an unseen line'))!;
    expect(unseen).not.toContain('traceId');
    expect(unseen).toContain(`"sessionId":"${String(attributes['session.id'])}"`);
  });

  it('ends the spans of a request whose backend dies', async () => {
    const { request, forward } = await traced('chat.chatHandler.die');
    expect(request.status).toMatchObject({ code: 2, message: 'PEER_LOST' });
    expect(forward!.status).toMatchObject({ code: 2, message: 'PEER_LOST' });
  });
});

/** A game of one server, which tells which modules of OpenTelemetry its process has loaded. */
const alone = {
  servers: { connector: [{ id: 'connector-1', frontend: true }] },
  handlers: {
    connector: {
      entryHandler: `import { createRequire } from 'node:module';
const loaded = () => Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes('@opentelemetry'));
export default () => ({ loaded: () => ({ loaded: loaded().length }) });`,
    },
  },
  remotes: {},
};

describe('tracing that is not switched on', () => {
  it('loads nothing of OpenTelemetry', async () => {
    await using game = await TracedGame.start({}, {}, { ...alone, app: 'export default { setUp() {} };' });
    await using client = await game.join();
    expect(await client.request('connector.entryHandler.loaded')).toEqual({ loaded: 0 });
  });
});

describe('tracing without what it needs', () => {
  it('ends the start with the cure when the API is not installed', async () => {
    using files = await TemporaryGame.make({
      servers: { chat: [{ id: 'chat-1' }] },
      app: 'export default { setUp() {} };',
      settings: { tracing: true },
    });
    files.remove('node_modules');
    const words = ['start', '-d', files.root, '-e', 'production'];
    const { code, stderr } = await new RunningCommand(words, {
      POMELO_TS_SECRET: 'a secret of the tests of tracing',
    }).ended;
    expect(code).not.toBe(0);
    expect(stderr).toContain('npm install @opentelemetry/api');
  });

  it('says that no SDK is registered, and serves', async () => {
    const app = 'export default { setUp() {} };';
    await using game = await TracedGame.start({ tracing: true }, {}, { ...alone, app });
    await using client = await game.join();
    const { loaded } = await client.request<{ loaded: number }>('connector.entryHandler.loaded');
    expect(loaded).toBeGreaterThan(0);
    const { stdout } = await game.run('logs', 'connector-1', '--raw');
    expect(stdout).toContain('no OpenTelemetry SDK is registered');
  });
});
