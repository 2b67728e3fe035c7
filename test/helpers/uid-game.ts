import { expect } from 'vitest';
import { type CommandResult, eventually, RunningCommand } from './cluster-process.js';
import { RawClient } from './raw-client.js';
import { TemporaryGame } from './temporary-game.js';

const secret = { POMELO_TS_SECRET: 'of the tests of uids in a cluster, and long enough' };

export const connectors = ['connector-1', 'connector-2', 'connector-3'];

const entry = `export default () => ({
  enter: async ({ uid }, session) => {
    await session.bind(uid);
    return { code: 200 };
  },
});`;

/** What clients have the backend ask and push: it holds no client itself. */
const uids = `export default (app) => {
  const seen = new Map();
  return {
    push: async ({ uids, n }) => {
      const before = app.counters.channelPushFrames.list.value;
      const online = await app.pushTo(uids, 'onMail', { n });
      return { by: app.serverId, online, frames: app.counters.channelPushFrames.list.value - before };
    },
    online: async ({ uids }) => ({ online: await app.sessions.online(uids) }),
    count: async () => ({ count: await app.sessions.count() }),
    watch: ({ uid }) => {
      seen.set(uid, []);
      app.sessions.watch(uid, (places) => seen.get(uid).push(places.map(({ frontendId }) => frontendId)));
      return { code: 200 };
    },
    seen: ({ uid }) => ({ seen: seen.get(uid) }),
  };
};`;

/** What the backend answers; a `code` when it could not say. */
export interface UidsAnswer {
  readonly code?: string | number;
  readonly by?: string;
  readonly online?: readonly string[];
  readonly frames?: number;
  readonly count?: number;
  readonly seen?: readonly (readonly string[])[];
}

/** One who plays, and which mails have come. */
export class Recipient {
  readonly uid: string;
  readonly connector: string;
  readonly client: RawClient;

  constructor(uid: string, connector: string, client: RawClient) {
    this.uid = uid;
    this.connector = connector;
    this.client = client;
  }

  /** The numbers of the mails that have come, in order. */
  get mails(): readonly number[] {
    return this.client.pushes
      .filter(({ route }) => route === 'onMail')
      .map(({ body }) => (JSON.parse(body.toString()) as { n: number }).n);
  }
}

/** A game in processes of its own: three connectors, and one chat server that speaks of uids. */
export class UidGame implements AsyncDisposable {
  readonly #files: TemporaryGame;
  readonly #clients: RawClient[] = [];

  private constructor(files: TemporaryGame) {
    this.#files = files;
  }

  static async start(): Promise<UidGame> {
    const files = await TemporaryGame.make({
      servers: {
        connector: connectors.map((id) => ({ id, frontend: true })),
        chat: [{ id: 'chat-1' }],
      },
      config: { master: { restart: { minBackOff: '10ms' } } },
      settings: { client: { heartbeat: false } },
      app: 'export default { setUp() {} };',
      handlers: { connector: { entry }, chat: { uids } },
    });
    const game = new UidGame(files);
    expect(await game.run('start', '-D')).toMatchObject({ code: 0, stderr: '' });
    return game;
  }

  run(command: string, ...args: string[]): Promise<CommandResult> {
    return new RunningCommand([command, '-d', this.#files.root, '-e', 'production', ...args], secret).ended;
  }

  /** A client that is bound to `uid` there. */
  async join(uid: string, connector: string): Promise<Recipient> {
    const { clientPort } = this.#files.config.servers.find(({ id }) => id === connector)!;
    const client = await RawClient.join(clientPort!);
    this.#clients.push(client);
    expect(await client.request('connector.entry.enter', { uid })).toEqual({ code: 200 });
    return new Recipient(uid, connector, client);
  }

  /** Ends the process of a server at once, and gives its pid. */
  async kill(id: string): Promise<number> {
    const pid = await this.pidOf(id);
    process.kill(pid!, 'SIGKILL');
    return pid!;
  }

  async pidOf(id: string): Promise<number | undefined> {
    const { stdout, stderr } = await this.run('list', '--json');
    const rows = JSON.parse(stdout || '[]') as { id: string; pid?: number; state: string }[];
    const row = rows.find((one) => one.id === id);
    if (!row) throw new Error(`no row of ${id}: ${stdout}${stderr}`);
    return row.state === 'ready' ? row.pid : undefined;
  }

  /** Waits for another life of the server than that of `pid`. */
  async back(id: string, pid: number): Promise<void> {
    await eventually(async () => ![undefined, pid].includes(await this.pidOf(id)), `${id} is back`, 60_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    expect(await this.run('kill')).toMatchObject({ code: 0 });
    this.#files[Symbol.dispose]();
  }
}
