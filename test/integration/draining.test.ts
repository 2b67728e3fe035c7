import { fileURLToPath } from 'node:url';
import { ClusterKeys } from '@pomelo-ts/cluster';
import { silentLogger } from '@pomelo-ts/common';
import { buildIdOf, Master } from '@pomelo-ts/master';
import { expect, it } from 'vitest';
import { eventually } from '../helpers/cluster-process.js';
import { RawClient } from '../helpers/raw-client.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

const place = fileURLToPath(import.meta.resolve('@pomelo-ts/core/boot'));
const agent = fileURLToPath(import.meta.resolve('@pomelo-ts/master/host-agent'));

const principal = { name: 'ann@desk', via: 'test' };

/** A room that counts what each of its members says, in the memory of the server that has it. */
const room = `export default (app) => {
  const said = new Map();
  return {
    say: (_msg, session) => {
      const times = (said.get(session.id) ?? 0) + 1;
      said.set(session.id, times);
      return { id: app.serverId, times };
    },
  };
};`;

interface Said {
  readonly id: string;
  readonly times: number;
}

/** A master inside this process, whose servers are processes. */
class DrainedGame implements AsyncDisposable {
  readonly #files: TemporaryGame;
  readonly #clients: RawClient[] = [];
  readonly master: Master;

  private constructor(files: TemporaryGame, master: Master) {
    this.#files = files;
    this.master = master;
  }

  static async start(): Promise<DrainedGame> {
    const files = await TemporaryGame.make({
      servers: {
        connector: [{ id: 'connector-1', frontend: true }],
        chat: [{ id: 'chat-1' }, { id: 'chat-2' }],
      },
      app: 'export default { setUp() {} };',
      handlers: { chat: { room } },
    });
    const master = new Master({
      config: files.config,
      keys: await ClusterKeys.of({ secret: 'the secret of a game that drains' }),
      bootScript: place,
      agentScript: agent,
      buildId: buildIdOf(files.root),
      exitWithParent: true,
      logger: silentLogger,
    });
    const game = new DrainedGame(files, master);
    await master.listen();
    await master.start();
    return game;
  }

  async players(count: number): Promise<RawClient[]> {
    const port = this.#files.config.servers.find(({ id }) => id === 'connector-1')!.clientPort!;
    const joined = await Promise.all(Array.from({ length: count }, () => RawClient.join(port)));
    this.#clients.push(...joined);
    return joined;
  }

  /** Has chat-1 drain or take new work; the frontend has heard soon after. */
  async takeNew(takes: boolean): Promise<void> {
    const verb = takes ? 'servers.undrain' : 'servers.drain';
    const answer = await this.master.operate(verb, { ids: ['chat-1'] }, { principal });
    expect(Object.values(answer)).toEqual([['chat-1']]);
    await this.master.hub.ask('connector-1', 'counters', {}, 5000, () => {}); // after it on the same link
  }

  stateOf(id: string): string {
    return this.master.list().find((row) => row.id === id)!.state;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    await this.master.operate('servers.stop', {}, { principal });
    await this.master.close();
    this.#files[Symbol.dispose]();
  }
}

const say = (clients: readonly RawClient[]): Promise<Said[]> =>
  Promise.all(clients.map((client) => client.request<Said>('chat.room.say', {})));
const placesOf = (said: readonly Said[]): string[] => said.map(({ id }) => id);

it('goes on with its 50 players while it drains, sends new ones elsewhere, and takes new ones again afterwards', async () => {
  await using game = await DrainedGame.start();
  let old = await game.players(100);
  const there = await say(old);
  old = old.filter((_, i) => there[i]!.id === 'chat-1').slice(0, 50);
  expect(old.length).toBeGreaterThan(25);
  await game.takeNew(false);
  expect([game.stateOf('chat-1'), game.stateOf('chat-2')]).toEqual(['draining', 'ready']);

  const newer = await game.players(50);
  for (let times = 2; times <= 6; times++)
    for (const said of await say(old)) expect(said).toEqual({ id: 'chat-1', times });
  expect(new Set(placesOf(await say(newer)))).toEqual(new Set(['chat-2']));

  await game.takeNew(true);
  expect(game.stateOf('chat-1')).toBe('ready');
  const newest = await game.players(50);
  expect(new Set(placesOf(await say(newest)))).toEqual(new Set(['chat-1', 'chat-2']));
  for (const said of await say(newer)) expect(said).toEqual({ id: 'chat-2', times: 2 });
  for (const said of await say(old)) expect(said).toEqual({ id: 'chat-1', times: 7 });
});

it('has the master know what requests its servers answered, by type and in time', async () => {
  await using game = await DrainedGame.start();
  await say(await game.players(20));
  const timed = () => {
    const chat = [...(game.master.hub.measuresByType().get('chat')?.all ?? [])];
    const work = chat.find(({ definition }) => definition.name === 'request.work');
    return work?.rows
      .get('chat.room.say')
      ?.subarray(0, 15)
      .reduce((sum, count) => sum + count, 0);
  };
  await eventually(async () => timed() === 20, 'the times of 20 requests');
  const all = ['chat-1', 'chat-2'].map((id) => game.master.hub.told.of(id)?.counts()['code.begun'] ?? 0);
  expect(all[0]! + all[1]!).toBe(20);
});
