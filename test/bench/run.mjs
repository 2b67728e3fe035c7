// npm run bench: floors, ours and, with --peers, pinus and pomelo. README.md says how to read the table.
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { readOptions } from './lib/options.mjs';
import { Processes } from './lib/processes.mjs';
import { summary } from './lib/statistics.mjs';
import { mainTable, rateTable, verdict } from './lib/table.mjs';
import { scenarios } from './scenarios/all.mjs';
import { chosenSystems } from './systems/all.mjs';

const options = readOptions(
  process.argv.slice(2),
  scenarios.map(({ name }) => name),
);
const chosen = scenarios.filter(({ name }) => options.only.length === 0 || options.only.includes(name));

/** @type {Processes | undefined} */
let current;
let interrupted = false;
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) {
  process.once(signal, async () => {
    interrupted = true;
    await current?.endAll().catch((error) => console.error(error));
    process.exit(130);
  });
}

/**
 * One round of one scenario on one system.
 *
 * @param {import('./scenarios/scenario.mjs').Scenario} scenario
 * @param {import('./systems/system.mjs').System} system
 */
async function once(scenario, system) {
  // Whoever interrupted the run ends this process in a moment; nothing is to be started meanwhile.
  if (interrupted) await new Promise(() => {});
  current = new Processes();
  try {
    return await scenario.measure(system, current, options.quick);
  } finally {
    await current.endAll();
  }
}

/** @param {Record<string, number>[]} rounds */
function summarized(rounds) {
  const keys = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    keys.map((key) => [key, summary(rounds.map((round) => round[key] ?? Number.NaN))]),
  );
}

/** The machine and the day, without which a figure says little. */
const facts = {
  date: new Date().toISOString(),
  node: process.version,
  cores: cpus().length,
  cpu: cpus()[0]?.model ?? 'unknown',
  memoryGb: Math.round(totalmem() / 2 ** 30),
  linux: release(),
  /** Of the last minute before the run: above about 0.3 somebody else works here, and the figures are noisy. */
  loadBefore: loadavg()[0] ?? 0,
  rounds: options.rounds,
  quick: options.quick,
};

const systems = await chosenSystems(options);
const results = [];
let failures = 0;
for (const scenario of chosen) {
  /** @type {Record<string, Record<string, number>[]>} */
  const rounds = {};
  for (let round = 1; round <= options.rounds; round++) {
    for (const system of systems) {
      process.stderr.write(`${scenario.name}  round ${round}/${options.rounds}  ${system.name}\n`);
      try {
        rounds[system.name] = [...(rounds[system.name] ?? []), await once(scenario, system)];
      } catch (error) {
        failures++;
        console.error(error);
      }
    }
  }
  const bySystem = Object.fromEntries(
    Object.entries(rounds).map(([name, values]) => [name, summarized(values)]),
  );
  results.push({ scenario, bySystem });
}

const machine = `Node ${facts.node}, ${facts.cores} cores (${facts.cpu}), Linux ${facts.linux}`;
const title = `${facts.date.slice(0, 10)}, ${machine}, load ${facts.loadBefore.toFixed(2)} before`;
const names = systems.map(({ name }) => name);
console.log(
  `\n${title}; median of ${options.rounds} round(s) (range)${options.quick ? '; quick, not to be quoted' : ''}`,
);
console.log(['', ...mainTable(results, names), '', ...rateTable(results)].join('\n'));

if (options.json) {
  const rows = results.map(({ scenario, bySystem }) => {
    const targets = scenario.figures.map((figure) => {
      return {
        ...figure,
        ...verdict(figure, bySystem['ours']?.[figure.key], bySystem['floor']?.[figure.key]),
      };
    });
    return { scenario: scenario.name, figures: targets, systems: bySystem };
  });
  writeFileSync(options.json, `${JSON.stringify({ ...facts, results: rows }, null, 2)}\n`);
}
if (failures > 0) {
  console.error(`${failures} measurement(s) failed`);
  process.exitCode = 1;
}
