import { describe, expect, it } from 'vitest';
import { RawClient } from '../../../../test/helpers/raw-client.js';
import type { Filter } from '../../src/dispatch/filter.js';
import { composeFilters } from '../../src/dispatch/filters/compose.js';
import { tooBusyFilter } from '../../src/dispatch/filters/too-busy.js';
import { startGame } from '../running-game.js';

let log: string[] = [];

function noting(name: string, more: Partial<Filter> = {}): Filter {
  return {
    before: (...args) => {
      log.push(`before ${name}`);
      return more.before?.(...args);
    },
    after: (outcome, ...args) => {
      log.push(`after ${name} ${'error' in outcome ? (outcome.error as Error).message : 'answer'}`);
      return more.after?.(outcome, ...args);
    },
  };
}

async function answerWith(filter: Filter): Promise<object> {
  log = [];
  await using game = await startGame({
    servers: { connector: [{ id: 'connector-1', frontend: true }] },
    app: (app) => app.filter(filter),
    handlers: { connector: { handler: () => ({ echo: (msg: object) => msg }) } },
  });
  await using client = await RawClient.join(game.port('connector-1'));
  return await client.request('connector.handler.echo', { n: 1 });
}

describe('composed filters', () => {
  it('run as if each stood alone', async () => {
    expect(await answerWith(composeFilters(noting('a'), composeFilters(noting('b'), noting('c'))))).toEqual({
      n: 1,
    });
    expect(log).toEqual([
      'before a',
      'before b',
      'before c',
      'after c answer',
      'after b answer',
      'after a answer',
    ]);
  });

  it('stop at the one that answers, and run the afters of those before it', async () => {
    const early = noting('early', { before: () => ({ early: true }) });
    expect(await answerWith(composeFilters(noting('a'), early, noting('never')))).toEqual({ early: true });
    expect(log).toEqual(['before a', 'before early', 'after early answer', 'after a answer']);
  });

  it('stop at the one that throws, and tell those before it', async () => {
    const throwing = noting('bad', {
      before: () => {
        throw new Error('no');
      },
    });
    expect(await answerWith(composeFilters(noting('a'), throwing))).toMatchObject({ code: 500 });
    expect(log).toEqual(['before a', 'before bad', 'after bad no', 'after a no']);
  });

  it('replace the outcome when an after throws', async () => {
    const late = noting('late', {
      after: () => {
        throw new Error('too late');
      },
    });
    expect(await answerWith(composeFilters(noting('a'), late))).toMatchObject({ code: 500 });
    expect(log).toEqual(['before a', 'before late', 'after late answer', 'after a too late']);
  });
});

describe('a server that lags', () => {
  it('answers with 503 while its delay is beyond the bound', async () => {
    let lag = 0;
    const filter = tooBusyFilter({ maxLagMs: 50, lagMs: () => lag });
    await using game = await startGame({
      servers: { connector: [{ id: 'connector-1', frontend: true }] },
      app: (app) => app.filter(filter),
      handlers: { connector: { handler: () => ({ echo: (msg: object) => msg }) } },
    });
    await using client = await RawClient.join(game.port('connector-1'));
    expect(await client.request('connector.handler.echo', { n: 1 })).toEqual({ n: 1 });
    lag = 51;
    expect(await client.request('connector.handler.echo', { n: 2 })).toEqual({
      code: 503,
      message: 'This server is too busy for connector.handler.echo: its event loop lags 51 ms behind.',
    });
    lag = 50;
    expect(await client.request('connector.handler.echo', { n: 3 })).toEqual({ n: 3 });
  });

  it('is measured by the delay of its own event loop', async () => {
    const filter = tooBusyFilter();
    const context = { route: 'a.b.c' } as Parameters<NonNullable<Filter['before']>>[2];
    const check = () => filter.before!({}, {} as never, context);
    const blockMs = (ms: number) => {
      const end = performance.now() + ms;
      while (performance.now() < end);
    };
    check();
    const look = async (): Promise<string> => {
      blockMs(300);
      await new Promise((resolve) => setTimeout(resolve, 1));
      try {
        check();
        return 'fine';
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    await expect.poll(look).toBe('SERVER_BUSY');
  });
});
