import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import type { Application } from '../../src/application.js';
import type { Session } from '../../src/session.js';
import { poll } from '../poll.js';
import { type RunningGame, startGame } from '../running-game.js';

const where = (app: Application) => ({
  where: () => ({ id: app.serverId }),
});

/** Where a backend's own call by the session of its caller goes. */
const relay = (app: Application) => ({
  via: async (_msg: unknown, session: Session) => ({
    id: await (app.rpc as never as Rpc).chat.whereRemote.where(session),
  }),
});

interface Rpc {
  chat: { whereRemote: { where(routeParam: unknown): Promise<string> } };
}

const start = (app: (app: Application) => void = () => {}): Promise<RunningGame> =>
  startGame({
    servers: {
      gate: [{ id: 'gate-1', frontend: true }],
      connector: [
        { id: 'connector-1', frontend: true },
        { id: 'connector-2', frontend: true },
      ],
      area: [{ id: 'area-1' }],
      chat: [{ id: 'chat-1' }, { id: 'chat-2' }, { id: 'chat-3' }],
    },
    app,
    handlers: { chat: { whereHandler: where }, area: { relayHandler: relay } },
    modules: {
      'app/servers/chat/remote/whereRemote.js': ({ serverId }: Application) => ({ where: () => serverId }),
    },
  });

/** Has a server drain or take new work, and waits until all others know. */
async function takeNew(game: RunningGame, id: string, takes: boolean): Promise<void> {
  game.hub.takeNew(id, takes);
  await poll(() =>
    [...game.servers.values()].every(
      ({ app }) => app.registry.get(id)?.state === (takes ? 'ready' : 'draining'),
    ),
  ).toBe(true);
}

/** Players of connector-1, each with a connection of its own. */
class Players implements AsyncDisposable {
  readonly #game: RunningGame;
  readonly #clients: RawClient[] = [];

  constructor(game: RunningGame) {
    this.#game = game;
  }

  async join(count: number): Promise<RawClient[]> {
    const port = this.#game.port('connector-1');
    const joined = await Promise.all(Array.from({ length: count }, () => RawClient.join(port)));
    this.#clients.push(...joined);
    return joined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
  }
}

const placesOf = (clients: readonly RawClient[], route = 'chat.whereHandler.where'): Promise<string[]> =>
  Promise.all(clients.map(async (client) => (await client.request<{ id: string }>(route, {})).id));

describe('a backend that drains', () => {
  it('keeps the sessions that were there, and no new ones come to it, also over calls of other backends', async () => {
    await using game = await start();
    await using players = new Players(game);
    const old = await players.join(30);
    const before = await placesOf(old);
    expect(new Set(before)).toEqual(new Set(['chat-1', 'chat-2', 'chat-3']));
    await takeNew(game, 'chat-1', false);
    const newer = await players.join(30);
    expect(await placesOf(old)).toEqual(before);
    const places = await placesOf(newer);
    expect(new Set(places)).toEqual(new Set(['chat-2', 'chat-3']));
    expect(await placesOf(newer)).toEqual(places);
    const via = 'area.relayHandler.via';
    expect(await placesOf([...old, ...newer], via)).toEqual([...before, ...places]);
  });

  it('takes new ones again, and those of meanwhile stay where they are', async () => {
    await using game = await start();
    await using players = new Players(game);
    const old = await players.join(12);
    const before = await placesOf(old);
    await takeNew(game, 'chat-1', false);
    const between = await players.join(30);
    const places = await placesOf(between);
    await takeNew(game, 'chat-1', true);
    const newest = await players.join(30);
    expect(await placesOf([...old, ...between])).toEqual([...before, ...places]);
    expect(new Set(await placesOf(newest))).toEqual(new Set(['chat-1', 'chat-2', 'chat-3']));
    expect(await placesOf([...between], 'area.relayHandler.via')).toEqual(places);
  });

  it('is asked all the same when all of its type drain', async () => {
    await using game = await start();
    await using players = new Players(game);
    for (const id of ['chat-1', 'chat-2', 'chat-3']) await takeNew(game, id, false);
    expect(new Set(await placesOf(await players.join(30)))).toEqual(new Set(['chat-1', 'chat-2', 'chat-3']));
  });

  it('is called by whoever names it, and by a key that leads to it', async () => {
    await using game = await start();
    const { chat } = game.app('area-1').rpc as never as {
      chat: {
        whereRemote: {
          where: Rpc['chat']['whereRemote']['where'] & { to(id: string): () => Promise<string> };
        };
      };
    };
    const rooms = Array.from({ length: 20 }, (_, i) => `room-${i}`);
    const leads = () => Promise.all(rooms.map((room) => chat.whereRemote.where(room)));
    const before = await leads();
    await takeNew(game, 'chat-1', false);
    expect(await leads()).toEqual(before);
    expect(await chat.whereRemote.where.to('chat-1')()).toBe('chat-1');
  });

  it.each(['roundRobin', 'weighted', 'leastBusy'] as const)('has none of what is %s', async (by) => {
    await using game = await start((app) => app.route('chat', { by }));
    await using players = new Players(game);
    const [player] = await players.join(1);
    await takeNew(game, 'chat-1', false);
    const places = await placesOf(new Array(12).fill(player));
    expect(new Set(places)).toEqual(new Set(['chat-2', 'chat-3']));
  });

  it('is offered to a rule of the game for old sessions, and what that insists on counts', async () => {
    let insists = false;
    const offered: number[] = [];
    await using game = await start((app) =>
      app.route('chat', (_session, servers) => {
        offered.push(servers.length);
        return insists ? 'chat-1' : servers[0]!.id;
      }),
    );
    await using players = new Players(game);
    const old = await players.join(1);
    expect(await placesOf(old)).toEqual(['chat-1']);
    await takeNew(game, 'chat-1', false);
    const newer = await players.join(1);
    expect(await placesOf([...old, ...newer])).toEqual(['chat-1', 'chat-2']);
    expect(offered.toSorted()).toEqual([2, 3, 3, 3]);
    insists = true;
    expect(await placesOf(newer)).toEqual(['chat-1']);
  });
});

describe('a connector that drains', () => {
  it('is not handed out by gates while another takes new clients, and its own clients go on', async () => {
    await using game = await start();
    await using players = new Players(game);
    const old = await players.join(3);
    const gates = async () => {
      const { gate } = game.app('gate-1');
      return new Set(Array.from({ length: 40 }, (_, i) => gate.pick(`uid-${i}`).id));
    };
    expect(await gates()).toEqual(new Set(['connector-1', 'connector-2']));
    await takeNew(game, 'connector-1', false);
    expect(await gates()).toEqual(new Set(['connector-2']));
    expect(await placesOf(old)).toHaveLength(3);
    await takeNew(game, 'connector-2', false);
    expect(await gates()).toEqual(new Set(['connector-1', 'connector-2']));
    await takeNew(game, 'connector-1', true);
    expect(await gates()).toEqual(new Set(['connector-1']));
  });
});
