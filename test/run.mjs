// Runs every tier of checks and ends with one line `N passed, N failed`. With --quick: lint, types, unit, architecture.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = join(root, 'node_modules', '.bin');
const results = mkdtempSync(join(tmpdir(), 'pomelo-ts-tests-'));
const quick = process.argv.includes('--quick');

const tally = { passed: 0, failed: 0 };
check('lint', 'biome', ['check', '--error-on-warnings', '.']);
check('types of tests', 'tsc', ['-p', 'tsconfig.test.json']);
await runTests('unit');
if (!quick) {
  await runTests('long');
  // All of them wait for most of their time, on ports or in networks of their own: three tiers at once.
  await Promise.all([
    runTests('integration'),
    runTests('fixed-ports', 'later'),
    runInTurn(['hosts', 'chaos', 'e2e']),
  ]);
}
rmSync(results, { recursive: true });
process.stdout.write(`\n${tally.passed} passed, ${tally.failed} failed\n`);
process.exit(tally.failed === 0 ? 0 : 1);

/** One command that passes or fails as a whole. */
function check(title, program, args) {
  process.stdout.write(`\n== ${title}\n`);
  const { status } = spawnSync(join(bin, program), args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  count(status === 0 ? 1 : 0, status === 0 ? 0 : 1);
}

async function runInTurn(tiers) {
  for (const tier of tiers) await runTests(tier, 'later');
}

/**
 * One vitest project, whose output is shown as it comes, or when it is done. A skipped test counts as failed: what does not run shows
 * nothing.
 *
 * @param {string} tier
 * @param {'now' | 'later'} shown
 */
async function runTests(tier, shown = 'now') {
  const file = join(results, `${tier}.json`);
  const args = [
    'run',
    '--project',
    tier,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ];
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const title = `\n== ${tier} tests\n`;
  if (shown === 'now') process.stdout.write(title);
  const output = shown === 'now' ? 'inherit' : 'pipe';
  const child = spawn(join(bin, 'vitest'), args, { cwd: root, stdio: ['ignore', output, output], env });
  const said = [title];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => said.push(String(chunk)));
  const [status] = await once(child, 'close');
  if (shown === 'later') process.stdout.write(said.join(''));
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = readResults(file);
  const failed = numFailedTests + numPendingTests + numTodoTests;
  // A file that cannot be loaded, or an error outside of any test, fails the tier without a failed test.
  count(numPassedTests, failed === 0 && status !== 0 ? 1 : failed);
}

function readResults(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    process.stdout.write('the test runner ended without results\n');
    return { numPassedTests: 0, numFailedTests: 1, numPendingTests: 0, numTodoTests: 0 };
  }
}

function count(passed, failed) {
  tally.passed += passed;
  tally.failed += failed;
}
