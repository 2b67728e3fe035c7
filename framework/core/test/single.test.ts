import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../test/helpers/raw-client.js';
import { TemporaryGame } from '../../../test/helpers/temporary-game.js';
import type { Application } from '../src/application.js';
import { startSingle } from '../src/single.js';

const servers = {
  gate: [{ id: 'gate-1', frontend: true }],
  connector: [{ id: 'connector-1', frontend: true }],
  chat: [{ id: 'chat-1' }, { id: 'chat-2' }],
};
const handler = (app: Application) => ({ who: () => ({ id: app.serverId }) });

describe('a cluster in one process', () => {
  it('starts backends, connectors and gates in this order, stops them in reverse, and can start again', async () => {
    const order: string[] = [];
    using game = await TemporaryGame.make({
      servers,
      handlers: { connector: { handler }, chat: { handler } },
      app: (app) => {
        app.onStarted(() => order.push(`start ${app.serverType}`));
        app.onStop(() => order.push(`stop ${app.serverType}`));
      },
    });
    const { config } = game;
    const port = config.servers.find(({ id }) => id === 'connector-1')!.clientPort!;
    for (let round = 0; round < 2; round++) {
      await using cluster = await startSingle({ config });
      expect(cluster.servers.map(({ id, state }) => `${id} ${state}`).sort()).toEqual([
        'chat-1 ready',
        'chat-2 ready',
        'connector-1 ready',
        'gate-1 ready',
      ]);
      await using client = await RawClient.join(port);
      expect(await client.request('connector.handler.who')).toEqual({ id: 'connector-1' });
      expect((await client.request('chat.handler.who'))['id']).toMatch(/^chat-[12]$/);
    }
    const types = ['chat', 'chat', 'connector', 'gate'];
    const once = [...types.map((type) => `start ${type}`), ...types.reverse().map((type) => `stop ${type}`)];
    expect(order).toEqual([...once, ...once]);
  });

  it('closes what it has opened when a server does not start, and tells why', async () => {
    using game = await TemporaryGame.make({
      servers,
      app: (app) =>
        app.onStarted(() => {
          if (app.serverType === 'gate') throw new Error('of the game');
        }),
    });
    const { config } = game;
    await expect(startSingle({ config })).rejects.toThrow('of the game');
    const port = config.servers.find(({ id }) => id === 'connector-1')!.clientPort!;
    await expect(RawClient.connect(port)).rejects.toThrow('ECONNREFUSED');
  });

  it('names the server and the port that somebody else has', async () => {
    using game = await TemporaryGame.make({ servers });
    await using _first = await startSingle({ config: game.config });
    await expect(startSingle({ config: game.config })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringMatching(/^connector-1 cannot listen on 127\.0\.0\.1:\d+: the port is in use/),
    });
  });
});
