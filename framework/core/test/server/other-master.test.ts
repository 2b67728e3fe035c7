import { connect } from '@pomelo-ts/client';
import { serverSettings } from '@pomelo-ts/cluster';
import { leaseTimes } from '@pomelo-ts/cluster/internal';
import { MemoryMaster } from '@pomelo-ts/cluster/testing';
import { newBootId, silentLogger } from '@pomelo-ts/common';
import { MemoryNetwork, memoryTransport } from '@pomelo-ts/rpc';
import { expect, it } from 'vitest';
import { TemporaryGame } from '../../../../test/helpers/temporary-game.js';
import type { Application } from '../../src/application.js';
import { GameServer } from '../../src/game-server.js';
import { MemoryAcceptor } from '../../src/testing.js';
import { testKey } from '../running-game.js';

const parts = {
  servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
  handlers: {
    chat: {
      chatHandler: (app: Application) => ({
        say: (msg: { text: string }) => ({ said: msg.text, by: app.serverId }),
        lease: async () => ({ token: (await app.lease('a room')).token }),
      }),
    },
  },
};

/** The servers of a game at a master in memory, and a way to connect to its frontend. */
class GameWithoutLinks implements AsyncDisposable {
  readonly questions: string[] = [];
  readonly reports: string[] = [];
  readonly master: MemoryMaster;
  readonly #files: TemporaryGame;
  readonly #network = new MemoryNetwork();
  readonly #servers: GameServer[] = [];
  #acceptor!: MemoryAcceptor;

  private constructor(files: TemporaryGame) {
    this.#files = files;
    const { config } = files;
    const byId = new Map(config.servers.map((one) => [one.id, serverSettings(config, one, 'single')]));
    this.master = new MemoryMaster({
      settingsOf: (id) => byId.get(id),
      onServer: (id, _bootId, command) => {
        this.questions.push(`${command} of ${id}`);
        return { name: 'a room', token: 7, ttlMs: leaseTimes.usual, mark: 0 };
      },
      onReport: (id, _bootId, state) => this.reports.push(`${id} ${state}`),
    });
  }

  static async start(): Promise<GameWithoutLinks> {
    const game = new GameWithoutLinks(await TemporaryGame.make(parts));
    for (const id of ['chat-1', 'connector-1']) await game.#start(id);
    return game;
  }

  async #start(id: string): Promise<void> {
    const bootId = newBootId();
    const server = await GameServer.start({
      master: this.master.join({ id, bootId }),
      bootId,
      keys: () => [testKey],
      transport: memoryTransport(this.#network),
      logger: silentLogger,
      acceptor: (context) => {
        this.#acceptor = new MemoryAcceptor(context);
        return this.#acceptor;
      },
    });
    this.#servers.push(server);
  }

  connect() {
    return connect({ url: 'ws://memory', openSocket: (_url, events) => this.#acceptor.connect(events) });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.#servers.reverse()) await server.stop(0);
    this.master.close();
    this.#files[Symbol.dispose]();
  }
}

it('servers of a game run on another master link than the one that dials', async () => {
  const game = await GameWithoutLinks.start();
  try {
    expect(game.reports).toEqual(['chat-1 ready', 'connector-1 ready']);
    const client = await game.connect();
    expect(await client.request('chat.chatHandler.say', { text: 'hi' })).toEqual({
      said: 'hi',
      by: 'chat-1',
    });
    expect(await client.request('chat.chatHandler.lease', {})).toEqual({ token: 7 });
    expect(game.questions).toEqual(['lease.take of chat-1']);
    expect(game.master.statsOf('connector-1')).toMatchObject({ connections: 1 });
    expect(await game.master.ask('chat-1', 'reload', {}, 5000)).toMatchObject({ needRestart: [] });
    await client.close();
  } finally {
    await game[Symbol.asyncDispose]();
  }
  expect(game.reports.slice(2)).toEqual(['connector-1 stopping', 'chat-1 stopping']);
  expect(game.questions).toEqual(['lease.take of chat-1', 'lease.release of chat-1']);
});
