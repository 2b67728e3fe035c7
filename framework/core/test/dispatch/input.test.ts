import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import { defineHandler } from '../../src/definitions.js';
import { type StandardSchema, withInput } from '../../src/dispatch/input.js';
import { GameError, isGameError } from '../../src/game-error.js';
import { type RunningGame, startGame } from '../running-game.js';

const steps = {
  zod: z.object({ steps: z.array(z.number().int()), note: z.string().trim().default('none') }),
};
const schemas = {
  ...steps,
  valibot: v.object({
    steps: v.array(v.pipe(v.number(), v.integer())),
    note: v.optional(v.pipe(v.string(), v.trim()), 'none'),
  }),
};

const later: StandardSchema<{ n?: number }, { n: number }> = {
  '~standard': {
    version: 1,
    vendor: 'of the test',
    validate: async (value) => {
      const { n } = value as { n?: unknown };
      return typeof n === 'number' ? { value: { n: n * 2 } } : { issues: [{ message: 'n is missing' }] };
    },
  },
};

class Walker {
  static readonly inputs = { walk: schemas.zod };
  readonly #name = 'walker';

  walk(msg: z.output<typeof schemas.zod>): object {
    return { name: this.#name, ...msg };
  }

  free(msg: object): object {
    return msg;
  }
}

const handlers = {
  walkHandler: defineHandler(() => ({
    zod: withInput(schemas.zod, (msg) => msg),
    valibot: withInput(schemas.valibot, (msg) => msg),
    later: withInput(later, ({ n }) => ({ n })),
    unchecked: (msg: object) => msg,
  })),
  walker: () => new Walker(),
  doorHandler: defineHandler((app) => ({
    enter: () => {
      throw new GameError('ROOM_FULL', { max: 8 }, 'this room has 8 players already');
    },
    knock: () => {
      throw new GameError('CLOSED', undefined);
    },
    ask: () => app.rpc['chat']!['doorRemote']!['enter']!('room'),
    catch: async () => {
      const error = await app.rpc['chat']!['doorRemote']!['enter']!('room').catch((one: unknown) => one);
      return { is: isGameError(error, 'ROOM_FULL'), isOther: isGameError(error, 'CLOSED') };
    },
  })),
};

async function start(): Promise<{ game: RunningGame; client: RawClient } & AsyncDisposable> {
  const game = await startGame({
    servers: { connector: [{ id: 'connector-1', frontend: true }], chat: [{ id: 'chat-1' }] },
    handlers: { connector: handlers, chat: handlers },
    remotes: {
      chat: {
        doorRemote: () => ({
          enter: () => {
            throw new GameError('ROOM_FULL', { max: 4 });
          },
        }),
      },
    },
    settings: { client: { dictionary: false } },
  });
  const client = await RawClient.join(game.port('connector-1'));
  return {
    game,
    client,
    [Symbol.asyncDispose]: async () => {
      await client[Symbol.asyncDispose]();
      await game[Symbol.asyncDispose]();
    },
  };
}

describe.each(['connector', 'chat'])('the body of a request to a %s', (type) => {
  it.each(['zod', 'valibot'])('is what the schema of %s makes of it', async (library) => {
    await using running = await start();
    const body = { steps: [1, 2], note: '  far ' };
    expect(await running.client.request(`${type}.walkHandler.${library}`, body)).toEqual({
      steps: [1, 2],
      note: 'far',
    });
    expect(await running.client.request(`${type}.walkHandler.${library}`, { steps: [] })).toEqual({
      steps: [],
      note: 'none',
    });
  });

  it.each(['zod', 'valibot'])(
    'that %s refuses is answered with 400 and the path of each problem',
    async (library) => {
      await using running = await start();
      const answer = await running.client.request<{
        code: number;
        message: string;
        data: { issues: object[] };
      }>(`${type}.walkHandler.${library}`, { steps: [1, 'two'], note: 7 });
      expect(answer).toMatchObject({
        code: 400,
        data: {
          issues: [
            { path: 'steps.1', message: expect.any(String) },
            { path: 'note', message: expect.any(String) },
          ],
        },
      });
      expect(answer.message).toContain(`${type}.walkHandler.${library} does not take this body: steps.1: `);
    },
  );

  it('may be checked by an asynchronous schema', async () => {
    await using running = await start();
    expect(await running.client.request(`${type}.walkHandler.later`, { n: 2 })).toEqual({ n: 4 });
    expect(await running.client.request(`${type}.walkHandler.later`, {})).toMatchObject({
      code: 400,
      data: { issues: [{ path: '', message: 'n is missing' }] },
    });
  });

  it('is checked by the schemas that a class names, and only for the methods it names', async () => {
    await using running = await start();
    expect(await running.client.request(`${type}.walker.walk`, { steps: [3] })).toEqual({
      name: 'walker',
      steps: [3],
      note: 'none',
    });
    expect(await running.client.request(`${type}.walker.walk`, {})).toMatchObject({ code: 400 });
    expect(await running.client.request(`${type}.walker.free`, { any: 'thing' })).toEqual({ any: 'thing' });
  });

  it('tells a bounded number of problems of bounded length', async () => {
    await using running = await start();
    const answer = await running.client.request<{ data: { issues: object[] } }>(`${type}.walkHandler.zod`, {
      steps: Array.from({ length: 1000 }, () => 'x'),
    });
    expect(answer.data.issues).toHaveLength(20);
  });
});

describe('a game error', () => {
  it.each(['connector', 'chat'])('reaches the client of a %s as code, message and data', async (type) => {
    await using running = await start();
    expect(await running.client.request(`${type}.doorHandler.enter`)).toEqual({
      code: 'ROOM_FULL',
      message: 'this room has 8 players already',
      data: { max: 8 },
    });
    expect(await running.client.request(`${type}.doorHandler.knock`)).toEqual({
      code: 'CLOSED',
      message: 'CLOSED',
    });
    expect(running.game.count(`${type}-1`, 'request.gameErrors')).toBe(2);
    expect(running.game.count(`${type}-1`, 'request.failures')).toBe(0);
  });

  it('of a remote reaches the calling handler as one, and passes on to its client', async () => {
    await using running = await start();
    expect(await running.client.request('connector.doorHandler.catch')).toEqual({ is: true, isOther: false });
    expect(await running.client.request('connector.doorHandler.ask')).toEqual({
      code: 'ROOM_FULL',
      message: 'ROOM_FULL',
      data: { max: 4 },
    });
  });
});
