import { describe, expect, it } from 'vitest';
import { freePort } from '../../../../test/helpers/free-port.js';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { makeHybrid } from '../../src/acceptor/make-hybrid.js';
import type { AcceptorContext } from '../../src/acceptor.js';
import type { Application } from '../../src/application.js';
import { type RunningGame, startGame } from '../running-game.js';

const echo = 'connector.entryHandler.echo';

interface Parts {
  readonly acceptors: readonly object[];
  readonly app?: (app: Application) => void;
  readonly max?: number;
}

function game({ acceptors, app = () => {}, max = 100 }: Parts): Promise<RunningGame> {
  return startGame({
    servers: { connector: [{ id: 'connector-1', frontend: true, acceptors, 'max-connections': max }] },
    app,
    handlers: {
      connector: {
        entryHandler: ({ channels }) => ({
          echo: (msg: unknown) => msg,
          shout: () => channels.broadcast('connector', 'onShout', { text: 'hi' }),
        }),
      },
    },
    settings: { client: { dictionary: false } },
  });
}

describe('the acceptors of a frontend', () => {
  it('serve a port each, which the registry tells; all clients are in one server', async () => {
    const port = await freePort();
    await using running = await game({
      acceptors: [{ name: 'hybrid', port, options: { compression: true } }],
    });
    expect(running.app('connector-1').registry.get('connector-1')?.acceptors).toEqual([
      { name: 'hybrid', port },
    ]);
    await using first = await RawClient.join(running.port('connector-1'), { deflate: true });
    await using second = await RawClient.join(port, { deflate: true });
    expect(await second.request(echo, { n: 2 })).toEqual({ n: 2 });
    expect(await first.request('connector.entryHandler.shout')).toEqual({ delivered: 2, failed: [] });
    expect(await Promise.all([first.push('onShout'), second.push('onShout')])).toEqual([
      { text: 'hi' },
      { text: 'hi' },
    ]);
    expect(running.servers.get('connector-1')!.connections).toBe(2);
  });

  it.each([
    ['nothing', undefined, 'listen, stopAccepting, close'],
    ['a promise', Promise.resolve({}), 'listen, stopAccepting, close'],
    ['a part of one', { listen: async () => 1, stopAccepting: () => {} }, 'close'],
  ])('are named when %s is made in place of one', async (_, made, missing) => {
    const acceptors = [{ name: 'lines', port: await freePort() }];
    const app = (one: Application) => one.acceptor('lines', () => made as never);
    await expect(game({ acceptors, app })).rejects.toMatchObject({
      code: 'ACCEPTOR_INVALID',
      facts: { name: 'lines', reason: `expected an acceptor, and what was made has no ${missing}` },
    });
  });

  it.each([
    ['hangs', () => new Promise<void>(() => {}), 2500],
    ['fails', () => Promise.reject(new Error('no end')), 0],
  ])(
    'cost a stop seconds alone when the close of one %s, which is told and counted, and clients of others are closed',
    async (_, close, leastMs) => {
      const acceptors = [{ name: 'lines', port: await freePort() }];
      const made = { listen: async () => 1, stopAccepting: () => {}, close };
      const running = await game({ acceptors, app: (one) => one.acceptor('lines', () => made) });
      await using client = await RawClient.join(running.port('connector-1'));
      const { app } = running.servers.get('connector-1')!;
      const begun = Date.now();
      await running.servers.get('connector-1')!.stop(60_000);
      expect(Date.now() - begun).toBeGreaterThanOrEqual(leastMs);
      expect(Date.now() - begun).toBeLessThan(20_000);
      await client.closed();
      expect(app.counters.lifecycleFailures.value).toBe(1);
      await running[Symbol.asyncDispose]();
    },
  );

  it('share their places', async () => {
    const port = await freePort();
    await using running = await game({ acceptors: [{ name: 'hybrid', port }], max: 2 });
    await using _first = await RawClient.join(running.port('connector-1'));
    await using _second = await RawClient.join(port);
    for (const one of [port, running.port('connector-1')])
      await expect(RawClient.join(one)).rejects.toThrow('503');
  });

  it("may be the game's own: made by name, with its options beneath those of the entry", async () => {
    const made: AcceptorContext['options'][] = [];
    const port = await freePort();
    await using running = await game({
      acceptors: [{ name: 'own', port, options: { b: 3 } }],
      app: (app) =>
        app.acceptor(
          'own',
          (context) => {
            made.push(context.options);
            return makeHybrid({ ...context, options: {} });
          },
          { a: 1, b: 2 },
        ),
    });
    expect(made).toEqual([{ a: 1, b: 3 }]);
    await using client = await RawClient.join(port, { transport: 'tcp' });
    expect(await client.request(echo, { n: 1 })).toEqual({ n: 1 });
    expect(running.app('connector-1').registry.get('connector-1')?.acceptors).toEqual([
      { name: 'own', port },
    ]);
  });

  it('must be known by their names, and take their options', async () => {
    const port = await freePort();
    const app = (app: Application): void => app.acceptor('own', makeHybrid);
    await expect(game({ acceptors: [{ name: 'udp', port }], app })).rejects.toThrow(
      'connector-1 has no acceptor udp: servers.json5 names it under acceptors; known are hybrid, own.',
    );
    await expect(
      game({ acceptors: [{ name: 'hybrid', port, options: { compresion: true } }] }),
    ).rejects.toThrow(
      'The acceptor hybrid of connector-1 cannot be made: it knows no option compresion; known is compression',
    );
    await expect(game({ acceptors: [], app: (app) => app.acceptor('hybrid', makeHybrid) })).rejects.toThrow(
      'The acceptor hybrid is registered twice',
    );
  });
});
