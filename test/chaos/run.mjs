// npm run chaos -- [--seeds 1-40] [--seconds 40]: the faults of each seed, one after the other. A seed that fails is named with the
// command that does the same again. With --mutations it is the suite that is tried.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('../..', import.meta.url));
const help = `npm run chaos -- [--seeds 1-40] [--seconds 40]
npm run chaos -- --mutations [--only push-lost,uid-kept]

Draws failures from seeds while players play, on several hosts of this machine (root, Linux).
  --seeds      which seeds: 7, 1-40 or 3,5,8 (1-40)
  --seconds    how long the failures of each go on (40)
  --mutations  breaks the product in one way after the other, in a copy, and looks whether the suite tells which promise is not kept
  --only       names of files in test/chaos/mutations (all)
`;
const { values } = readArgs();
if (values.help) {
  process.stdout.write(help);
  process.exit(0);
}
if (values.mutations) {
  const { runMutations } = await import('./mutate.mjs');
  process.exit((await runMutations(values.only?.split(',')).catch((error) => fail(error.message))) ? 0 : 1);
}

function readArgs() {
  try {
    return parseArgs({
      options: {
        seeds: { type: 'string', default: '1-40' },
        seconds: { type: 'string', default: '40' },
        mutations: { type: 'boolean', default: false },
        only: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    return fail(error.message);
  }
}

function fail(message) {
  process.stderr.write(`${message}\n\n${help}`);
  return process.exit(2);
}

const seeds = values.seeds.split(',').flatMap((part) => {
  const [from, to = from] = part.split('-').map(Number);
  return to >= from ? Array.from({ length: to - from + 1 }, (_, n) => from + n) : [Number.NaN];
});
if (seeds.some((seed) => !Number.isInteger(seed)) || !(Number(values.seconds) > 0))
  fail('expected --seeds as 7, 1-40 or 3,5,8 and --seconds as a number');

const vitest = join(root, 'node_modules', '.bin', 'vitest');
const failed = seeds.filter((seed) => {
  const env = { ...process.env, CHAOS_SEEDS: String(seed), CHAOS_SECONDS: values.seconds };
  const args = ['run', '--project', 'chaos', 'test/chaos/chaos.test.ts'];
  const { status } = spawnSync(vitest, args, { cwd: root, stdio: 'inherit', env });
  return status !== 0;
});
process.stdout.write(`\nchaos: ${seeds.length - failed.length} of ${seeds.length} seeds passed\n`);
for (const seed of failed)
  process.stdout.write(`again: npm run chaos -- --seeds ${seed} --seconds ${values.seconds}\n`);
process.exit(failed.length === 0 ? 0 : 1);
