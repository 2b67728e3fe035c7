import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, RunningCommand } from './cluster-process.js';
import { RawClient } from './raw-client.js';
import { type GameParts, TemporaryGame } from './temporary-game.js';

/** A span, as the game of these tests writes it down. */
export interface WrittenSpan {
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code: number; readonly message?: string };
}

/** Registers an SDK as games do, whose exporter appends spans to a file of the process. What has `unseen` in its name is not sampled. */
const app = `
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { NodeTracerProvider, ParentBasedSampler, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';

const kinds = ['internal', 'server', 'client', 'producer', 'consumer'];
const written = (span) => ({
  name: span.name,
  kind: kinds[span.kind],
  traceId: span.spanContext().traceId,
  spanId: span.spanContext().spanId,
  parentSpanId: span.parentSpanContext?.spanId,
  attributes: span.attributes,
  status: span.status,
});

export default {
  setUp(app) {
    const exporter = {
      export(spans, done) {
        for (const span of spans) appendFileSync(join(app.root, 'spans', app.serverId), JSON.stringify(written(span)) + '\\n');
        done({ code: 0 });
      },
      async shutdown() {},
    };
    const root = { shouldSample: (_context, _traceId, name) => ({ decision: name.includes('unseen') ? 0 : 2 }), toString: () => 'by name' };
    const sampler = new ParentBasedSampler({ root });
    new NodeTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(exporter)] }).register();
  },
};`;

const entry = `import { trace } from '@opentelemetry/api';
export default (app) => ({
  enter: async ({ uid }, session) => { await session.bind(uid); return { code: 200 }; },
  here: () => {
    trace.getTracer('game').startSpan('what the game does here').end();
    return { code: 200 };
  },
  lacks: () => { throw Object.assign(new Error('there is none'), { name: 'GameError', code: 'ITEM_MISSING' }); },
});`;

const chat = `import { trace } from '@opentelemetry/api';
const say = (app) => async ({ text }, session) => {
  await trace.getTracer('game').startActiveSpan('what the game does', async (span) => {
    await app.rpc.score.scoreRemote.add(session, 1);
    span.end();
  });
  app.logger.warn('somebody says ' + text);
  app.channels.get('room').push('onChat', { text });
  return { code: 200 };
};
export default (app) => ({
  join: (_msg, session) => { app.channels.create('room').add(session); return { code: 200 }; },
  say: say(app),
  unseen: say(app),
  unseenFails: () => { throw new Error('a fault'); },
  told: () => {},
  full: () => { throw Object.assign(new Error('no room'), { name: 'GameError', code: 'ROOM_FULL' }); },
  boom: () => { throw new Error('on purpose'); },
  slow: () => new Promise(() => {}),
  die: () => process.kill(process.pid, 'SIGKILL'),
  refused: async (_msg, session) => { await app.rpc.score.scoreRemote.refuse(session); },
  deliver: async () => app.channels.get('room').deliver('onChat', { text: 'x' }),
  all: async () => app.channels.broadcast('connector', 'onChat', { text: 'x' }),
});`;

const score = `import { trace } from '@opentelemetry/api';
export default (app) => ({
  add: async (by) => {
    trace.getTracer('game').startSpan('what the remote does').end();
    app.logger.info('a score');
    return by;
  },
  refuse: () => { throw Object.assign(new Error('no'), { name: 'GameError', code: 'NO_SCORE' }); },
});`;

const parts: GameParts = {
  servers: {
    connector: [{ id: 'connector-1', frontend: true }],
    chat: [{ id: 'chat-1', 'auto-restart': false }],
    score: [{ id: 'score-1' }],
  },
  app,
  handlers: { connector: { entryHandler: entry }, chat: { chatHandler: chat } },
  remotes: { score: { scoreRemote: score } },
};

const secret = randomBytes(32).toString('hex');

/** A game of three servers, each a process, that writes down its spans. */
export class TracedGame implements AsyncDisposable {
  readonly files: TemporaryGame;
  readonly #env: Readonly<Record<string, string>>;

  private constructor(files: TemporaryGame, env: Readonly<Record<string, string>>) {
    this.files = files;
    this.#env = env;
  }

  /** Writes the game and starts it in the background. */
  static async start(
    settings: Readonly<Record<string, unknown>> = { tracing: true },
    env: Readonly<Record<string, string>> = {},
    more: Partial<GameParts> = {},
  ): Promise<TracedGame> {
    const files = await TemporaryGame.make({ ...parts, settings, ...more });
    files.write('package.json', JSON.stringify({ type: 'module' }));
    mkdirSync(join(files.root, 'spans'));
    const game = new TracedGame(files, env);
    const { code, stderr } = await game.run('start', '-D');
    if (code !== 0) {
      await game[Symbol.asyncDispose]();
      throw new Error(stderr);
    }
    return game;
  }

  run(command: string, ...args: string[]) {
    const words = [command, ...args, '-d', this.files.root, '-e', 'production'];
    return new RunningCommand(words, { POMELO_TS_SECRET: secret, ...this.#env }).ended;
  }

  /** A client that has its connection. */
  join(): Promise<RawClient> {
    return RawClient.join(this.files.config.servers.find(({ id }) => id === 'connector-1')!.clientPort!);
  }

  /** The spans that a server has written down. */
  spansOf(serverId: string): WrittenSpan[] {
    const folder = join(this.files.root, 'spans');
    if (!readdirSync(folder).includes(serverId)) return [];
    const lines = readFileSync(join(folder, serverId), 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as WrittenSpan);
  }

  /** Those of all servers. */
  get spans(): WrittenSpan[] {
    return ['connector-1', 'chat-1', 'score-1'].flatMap((id) => this.spansOf(id));
  }

  /** The span with this name and kind, once it has ended; of the trace, if one is named. */
  span(name: string, kind: WrittenSpan['kind'], traceId?: string): Promise<WrittenSpan> {
    const is = (span: WrittenSpan) =>
      span.name === name && span.kind === kind && (traceId === undefined || span.traceId === traceId);
    return eventually(() => this.spans.findLast(is), `the span ${name}, ${kind}`);
  }

  /** A count of a server, as the master shows it. */
  async count(serverId: string, name: string): Promise<number> {
    const { stdout } = await this.run('list', '--json');
    const rows = JSON.parse(stdout) as { id: string; counters?: Record<string, number> }[];
    return rows.find(({ id }) => id === serverId)?.counters?.[name] ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run('kill');
    this.files[Symbol.dispose]();
  }
}
