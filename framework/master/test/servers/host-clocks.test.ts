import { FakeClock } from '@pomelo-ts/common/testing';
import { expect, it } from 'vitest';
import { HostClocks } from '../../src/servers/host-clocks.js';
import type { HostFacts } from '../../src/servers/host-facts.js';

const facts = (host: string, serverId: string, clockOffsetMs: number, roundMs: number): HostFacts => ({
  ...{ host, serverId, clockOffsetMs, roundMs },
  ...{ node: 'v24.0.0', hostname: host },
});

/** Clocks of two hosts, of which `answer` gives what their servers say. */
function clocksOf(answer: (ids: readonly string[]) => Promise<readonly HostFacts[]>) {
  const clock = new FakeClock();
  const asked: (readonly string[])[] = [];
  const clocks = new HostClocks({
    clock,
    servers: () => [
      { id: 'chat-1', host: 'h1' },
      { id: 'chat-2', host: 'h1' },
      { id: 'connector-1', host: 'h2' },
    ],
    ask: (ids) => {
      asked.push(ids);
      return answer(ids);
    },
  });
  return { clock, clocks, asked };
}

it('the clock of a host is asked for by one of its servers, and half of the round trip is taken off', async () => {
  const { clocks, asked } = clocksOf(async ([one = '', two = '']) => [
    facts('h1', one, 900, 200),
    facts('h2', two, -700, 100),
  ]);
  await clocks.look();
  expect(asked).toEqual([['chat-2', 'connector-1']]);
  expect(clocks.all).toEqual([
    { host: 'h1', serverId: 'chat-2', skewSeconds: 0.8 },
    { host: 'h2', serverId: 'connector-1', skewSeconds: -0.65 },
  ]);
});

it('the clock of a host differs by nothing that a slow answer explains', async () => {
  const { clocks } = clocksOf(async () => [facts('h1', 'chat-2', 900, 2000)]);
  await clocks.look();
  expect(clocks.all.map(({ skewSeconds }) => Math.abs(skewSeconds))).toEqual([0]);
});

it('the clocks of hosts are asked for every 30 seconds until the end, and once at a time while one hangs', async () => {
  const answers: ((all: readonly HostFacts[]) => void)[] = [];
  const { clock, clocks, asked } = clocksOf(() => new Promise((resolve) => answers.push(resolve)));
  clocks.open();
  await clock.pass(90_000);
  expect(asked).toHaveLength(1);
  answers[0]!([facts('h1', 'chat-2', 900, 0)]);
  await new Promise(setImmediate);
  await clock.pass(30_000);
  expect([asked.length, clocks.all.length]).toEqual([2, 1]);
  clocks.close();
  answers[1]!([]);
  await clock.pass(90_000);
  expect(asked).toHaveLength(2);
});
