import { expect, it } from 'vitest';
import { UidSimulation } from './uid-simulation.js';

/* The smaller run of `npm run figures`, which has 200 frontends and a million uids and prints what they cost. */

const uids = 20_000;
const aloneOf = (count: number) => Array.from({ length: count }, (_, n) => `alone-${n}`);
const allOf = (count: number) => Array.from({ length: count }, (_, n) => `uid-${n}`);

it.each(['refuse', 'replace', 'many'] as const)(
  'takes one call for a login at most, whatever the number of frontends, under %s',
  async (policy) => {
    for (const frontends of [4, 20, 60]) {
      const simulation = await UidSimulation.begin({ frontends, uids: 0, policy });
      const { calls } = await simulation.loginAlone(600);
      // Of those whose home is the frontend that they log in on, no other one is asked.
      expect([frontends, calls]).toEqual([frontends, expect.toSatisfy((n: number) => n <= 600 && n > 400)]);
      expect(await simulation.wrong(aloneOf(600))).toEqual([]);
    }
  },
);

it('knows who is connected of 20,000 uids on 20 frontends, shares messages, and knows it again five seconds after one of them goes', async () => {
  const simulation = await UidSimulation.begin({ frontends: 20, uids, policy: 'refuse' });
  const { calls } = await simulation.loginAll();
  expect(calls).toBeLessThan(uids / 2);
  expect(await simulation.wrong(allOf(uids))).toEqual([]);

  const { ms, messages } = await simulation.crashOne('connector-7');
  expect(ms).toBeLessThanOrEqual(5000);
  // Each tells each other one a few times; nobody tells of each uid by itself.
  expect(messages).toBeLessThan(19 * 18 * 10);
  expect(simulation.cluster.connected.size).toBe(uids - uids / 20);
  expect(await simulation.wrong(allOf(uids))).toEqual([]);
});
