import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ChaosRun } from './chaos-run.js';

/**
 * Set by `npm run chaos`; `npm test` has the short form: three hosts, three masters with an etcd. A run for a mutation has fewer players,
 * looks for one promise above all, and writes what was wrong to a file.
 */
const { CHAOS_SEEDS = '6', CHAOS_SECONDS = '20', CHAOS_PLAYERS, CHAOS_UNTIL, CHAOS_PROBLEMS } = process.env;

const ms = Number(CHAOS_SECONDS) * 1000;
const players = CHAOS_PLAYERS === undefined ? {} : { players: Number(CHAOS_PLAYERS) };

it.each(CHAOS_SEEDS.split(',').map(Number))(
  'a game goes through the faults of seed %i',
  async (seed) => {
    const say = (line: string) => console.log(`seed ${seed}, ${line}`);
    await using run = await ChaosRun.begin({ seed, ms, ...players, until: CHAOS_UNTIL, say });
    const { problems, ...seen } = await run.play();
    if (CHAOS_PROBLEMS !== undefined) writeFileSync(CHAOS_PROBLEMS, JSON.stringify(problems));
    const { byRoom: _, seats: __, ...report } = seen.report;
    console.log(`seed ${seed}: ${JSON.stringify({ ...seen, report })}`);
    expect(problems, `npm run chaos -- --seeds ${seed} --seconds ${CHAOS_SECONDS}\n${run.said}`).toEqual([]);
  },
  ms + 500_000,
);
