import { createRequire } from 'node:module';
import { type Logger, silentLogger } from '@pomelo-ts/common';
import { TcpClient } from '../../../test/helpers/tcp-client.js';
import { type GameParts, TemporaryGame } from '../../../test/helpers/temporary-game.js';

// biome-ignore lint/suspicious/noExplicitAny: old apps say nothing about types
export type Anything = any;

/** The built package, as an old app gets it: by `require`. One process must not have two copies of it. */
const require = createRequire(import.meta.url);
const { startCluster } = require('@pomelo-ts/core/testing') as typeof import('@pomelo-ts/core/testing');
type TestCluster = Awaited<ReturnType<typeof startCluster>>;

/** What the apps of {@link startOldGame} run while they are loaded, by game. */
const shared = globalThis as unknown as { oldGames?: Map<string, OldSetUp> };
shared.oldGames ??= new Map();

type OldSetUp = (app: Anything, framework: Anything) => unknown;

/** An app that was written for another framework. */
export interface OldParts extends Omit<GameParts, 'app' | 'servers'> {
  readonly servers?: GameParts['servers'];
  /** @default pomelo */
  readonly style?: 'pomelo' | 'pinus';
  /** What its app.js does between `createApp()` and `app.start()`; every server of the game runs it. */
  readonly setUp?: OldSetUp;
  /** @default hybridconnector alone */
  readonly connectorConfig?: object;
  /** Source of app.js, instead of `setUp`. */
  readonly source?: string;
}

/** One line of the log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly message: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Two connectors and two backends. */
export const twoByTwo = {
  connector: [
    { id: 'connector-1', host: '127.0.0.1', frontend: true },
    { id: 'connector-2', host: '127.0.0.1', frontend: true },
  ],
  chat: [
    { id: 'chat-1', host: '127.0.0.1' },
    { id: 'chat-2', host: '127.0.0.1' },
  ],
};

/** One of each. */
export const oneByOne = { connector: [twoByTwo.connector[0]!], chat: [twoByTwo.chat[0]!] };

/** A running old app, all its servers inside the test, its clients on real sockets. */
export class OldGame implements AsyncDisposable {
  readonly cluster: TestCluster;
  readonly files: TemporaryGame;
  readonly log: readonly LogLine[];
  /** The application of each server, as app.js has it. */
  readonly apps: ReadonlyMap<string, Anything>;
  readonly #clients: TcpClient[] = [];

  constructor(
    cluster: TestCluster,
    files: TemporaryGame,
    log: readonly LogLine[],
    apps: ReadonlyMap<string, Anything>,
  ) {
    this.cluster = cluster;
    this.files = files;
    this.log = log;
    this.apps = apps;
  }

  app(id: string): Anything {
    return this.apps.get(id);
  }

  port(id: string): number {
    return this.cluster.servers.find((server) => server.id === id)!.clientPort!;
  }

  /** A client with nothing of pomelo-ts in it. */
  async connect(id = 'connector-1'): Promise<TcpClient> {
    const client = new TcpClient();
    this.#clients.push(client);
    await client.init('127.0.0.1', this.port(id));
    return client;
  }

  /** What was logged at a level, facts left out. */
  logged(level: LogLine['level']): string[] {
    return this.log.filter((line) => line.level === level).map(({ message }) => message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.disconnect();
    await this.cluster.stop();
    shared.oldGames!.delete(this.files.root);
    this.files[Symbol.dispose]();
  }
}

/** Starts an old app. */
export async function startOldGame(parts: OldParts = {}): Promise<OldGame> {
  const { setUp, style = 'pomelo', connectorConfig, source, ...rest } = parts;
  const app = source ?? defaultSource(style);
  const files = await TemporaryGame.make({ env: 'development', servers: oneByOne, ...rest, app });
  const apps = new Map<string, Anything>();
  shared.oldGames!.set(files.root, (old, framework) => {
    apps.set(old.getServerId(), old);
    old.set('connectorConfig', { connector: framework.connectors.hybridconnector, ...connectorConfig });
    return setUp?.(old, framework);
  });
  const log: LogLine[] = [];
  try {
    const { root, env } = files;
    const cluster = await startCluster({ root, env, ports: true, logger: logger(log) });
    return new OldGame(cluster, files, log, apps);
  } catch (error) {
    shared.oldGames!.delete(files.root);
    files[Symbol.dispose]();
    throw error;
  }
}

const defaultSource = (style: string): string => `
const framework = require('@pomelo-ts/compat')${style === 'pinus' ? '.pinus' : ''};
const app = framework.createApp();
globalThis.oldGames.get(app.getBase())(app, framework);
app.start();
`;

function logger(lines: LogLine[], inherited: object = {}): Logger {
  const at =
    (level: LogLine['level']) =>
    (message: string, facts = {}): void => {
      lines.push({ level, message, facts: { ...inherited, ...facts } });
    };
  return {
    ...silentLogger,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (facts) => logger(lines, { ...inherited, ...facts }),
  };
}
