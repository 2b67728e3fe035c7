import { expect, it } from 'vitest';
import { ChaosRun } from './chaos-run.js';

/** Set by `npm run chaos`; `npm test` has the short form: three hosts, three masters with an etcd. */
const { CHAOS_SEEDS = '6', CHAOS_SECONDS = '20' } = process.env;

const ms = Number(CHAOS_SECONDS) * 1000;

it.each(CHAOS_SEEDS.split(',').map(Number))(
  'a game goes through the faults of seed %i',
  async (seed) => {
    await using run = await ChaosRun.begin({ seed, ms, say: (line) => console.log(`seed ${seed}, ${line}`) });
    const { problems, ...seen } = await run.play();
    const { byRoom: _, seats: __, ...report } = seen.report;
    console.log(`seed ${seed}: ${JSON.stringify({ ...seen, report })}`);
    expect(problems, `npm run chaos -- --seeds ${seed} --seconds ${CHAOS_SECONDS}\n${run.said}`).toEqual([]);
  },
  ms + 400_000,
);
