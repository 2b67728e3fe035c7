import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ReportRow, RobotReport } from '@pomelo-ts/client/robot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../helpers/cluster-process.js';
import { type RunningGame, startGame } from '../helpers/game.js';
import { LoadTests, players, workersOf } from '../helpers/load-test.js';

const chatter = `
import { defineRobot } from '@pomelo-ts/client/robot';
export default defineRobot({
  async player(robot) {
    await robot.connect();
    await robot.request('connector.entryHandler.enter', { username: robot.uid, rid: 'r' + (robot.index % 4) });
    while (robot.running) {
      await robot.request('chat.chatHandler.send', { content: 'hello' });
      await robot.think(50, 100);
    }
  },
});
`;
const once = chatter.replace('while (robot.running)', '');
const silent = `export default { async player(robot) { await robot.connect(); await robot.think(3_600_000); } };`;

let game: RunningGame;
let tests: LoadTests;

beforeAll(async () => {
  game = await startGame({ mode: 'processes' });
  tests = new LoadTests(game, { 'chatter.mjs': chatter, 'once.mjs': once, 'silent.mjs': silent });
});
afterAll(async () => {
  tests?.[Symbol.dispose]();
  await game?.[Symbol.asyncDispose]();
});

const rowOf = (report: RobotReport, name: string): ReportRow | undefined =>
  report.rows.find((row) => row.name === name);

const isGone = (pid: number): boolean =>
  !existsSync(`/proc/${pid}`) || /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));

describe('pomelo-ts robot', () => {
  it('plays the reference game through its gate with players in TypeScript, from several processes', async () => {
    const out = tests.file('whole');
    const args = ['-u', '100', '--ramp', '1s', '--duration', '8s', '--workers', '2', '--seed', '5'];
    const { code, stdout, stderr } = await tests.run(players, ...args, '--report', out);
    expect([code, stderr], stdout).toEqual([0, '']);
    // Which second has a line is this machine's business.
    expect(stdout).toMatch(
      /^\ds: \d+ of 100 users, .* requests \(.*\/s\), p50 .* p99 .* ms, 0 errors \(0 %\)$/m,
    );
    expect(stdout).toMatch(/^100 users in 8s: the time was over$/m);
    expect(stdout).toMatch(/^connector\.entryHandler\.enter +100 /m);
    expect(stdout).toMatch(/^holds errors<1% \(0%\)$/m);
    expect(stdout).toMatch(/^wrote .*whole\/report\.html\nwrote .*whole\/report\.json$/m);
    expect(readFileSync(`${out}/report.html`, 'utf8')).toContain('passed');
    const report = tests.report('whole/report.json');
    expect(report).toMatchObject({
      ...{ format: 1, ended: 'duration', passed: true, errors: [] },
      settings: { users: 100, rampMs: 1000, durationMs: 8000, workers: 2, seed: 5 },
      users: { waiting: 0, connecting: 0, active: 0, failed: 0, done: 100 },
      timeline: { stepMs: 1000 },
    });
    // Whether a worker was busy says something of this machine.
    expect(report.warnings.filter((warning) => !warning.startsWith('a worker was busy'))).toEqual([]);
    expect(report.settings.target).toBe(`gate ws://127.0.0.1:${game.gatePort}`);
    expect(report.timeline.points).toHaveLength(8);
    expect(report.timeline.points.at(-1)!.active).toBe(100);
    for (const name of [
      'connect',
      'connector.entryHandler.enter',
      'arena.arenaHandler.enter',
      'into the arena',
    ])
      expect(rowOf(report, name), name).toMatchObject({ count: 100, errors: 0 });
    // Who speaks at the very end may get the answer and not hear it any more.
    const [said, heard] = [rowOf(report, 'chat.chatHandler.send')!.count, rowOf(report, 'onChat')!.count];
    expect(heard).toBeGreaterThan(0);
    expect(heard).toBeLessThanOrEqual(said);
    expect(report.totals.pushes).toBeGreaterThan(100);
    for (const { p50, p95, p99, max } of report.rows)
      expect([p50, p95, p99, max]).toEqual([p50, p95, p99, max].toSorted((a, b) => a - b));
  });

  it('ends with 1 when a threshold fails, and says by how much', async () => {
    const args = ['-u', '5', '--threshold', 'p99<1us', '--threshold', 'errors<1'];
    const { code, stdout } = await tests.run('once.mjs', ...args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^5 users in \ds: all have played$/m);
    expect(stdout).toMatch(/^fails p99<1us \(.*ms\)\nholds errors<1 \(0\)$/m);
  });

  it('prints the report as JSON and nothing else, of players who go to a server without a gate', async () => {
    const port = String(game.connectorPorts[0]);
    const args = ['-u', '3', '--host', '127.0.0.1', '--port', port, '--json'];
    const { code, stdout } = await tests.run('once.mjs', ...args);
    const report = JSON.parse(stdout) as RobotReport;
    expect(code).toBe(0);
    expect(report.settings).toMatchObject({ target: `ws://127.0.0.1:${port}`, users: 3, durationMs: null });
    expect(report).toMatchObject({
      ended: 'done',
      passed: true,
      totals: { connects: 3, rounds: 3, requests: 6 },
    });
  });

  it('ends early at Ctrl-C, with the report of what was played', async () => {
    const command = tests.begin(
      'chatter.mjs',
      '-u',
      '10',
      '--duration',
      '1h',
      '--report',
      tests.file('early.json'),
    );
    await command.says('10 of 10 users');
    const workers = workersOf(command);
    command.child.kill('SIGINT');
    const { code, stdout, stderr } = await command.ended;
    expect([code, stderr], stdout).toEqual([0, '']);
    expect(stdout).toContain('ending: a second Ctrl-C ends at once');
    expect(stdout).toMatch(/^10 users in \d+s: stopped before its time$/m);
    expect(tests.report('early.json')).toMatchObject({ ended: 'stopped', passed: true });
    expect(workers.length).toBeGreaterThan(0);
    expect(workers.filter((pid) => !isGone(pid))).toEqual([]);
  });

  it('tells at once of a worker that has died, and has failed then', async () => {
    const args = ['-u', '10', '--workers', '2', '--duration', '1h', '--report', tests.file('died.json')];
    const command = tests.begin('chatter.mjs', ...args);
    await command.says('10 of 10 users');
    process.kill(workersOf(command)[1]!, 'SIGKILL');
    await command.says('warning worker 2 of 2 ended before its time (SIGKILL)');
    command.child.kill('SIGINT');
    const { code, stdout } = await command.ended;
    expect(code, stdout).toBe(1);
    const report = tests.report('died.json');
    expect(report).toMatchObject({ passed: false, users: { failed: 5, done: 5 } });
    expect(report.warnings).toEqual([expect.stringContaining('worker 2 of 2')]);
  });

  it('leaves no worker behind when it is killed itself', async () => {
    const command = tests.begin('chatter.mjs', '-u', '4', '--workers', '2', '--duration', '1h');
    await command.says('4 of 4 users');
    const workers = workersOf(command);
    expect(workers).toHaveLength(2);
    command.child.kill('SIGKILL');
    await eventually(() => workers.every(isGone), 'the end of all workers');
  });

  it('has failed without any threshold when nobody gets in, and says why', async () => {
    const args = ['-u', '2', '--gate', '127.0.0.1:1', '--duration', '2s'];
    const { code, stdout } = await tests.run('once.mjs', ...args);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^\d+ connect: could not connect to ws:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/m);
  });

  it('counts a connection that a server cuts off once, and its player as failed', async () => {
    await using other = await startGame({ mode: 'single' });
    using own = new LoadTests(other, { 'silent.mjs': silent });
    const command = own.begin('silent.mjs', '-u', '3', '--duration', '1h', '--report', own.file('lost.json'));
    await command.says('3 of 3 users');
    await other[Symbol.asyncDispose]();
    await command.says(' failed,');
    command.child.kill('SIGINT');
    await command.ended;
    expect(own.report('lost.json').totals.lostConnections).toBe(3);
  });

  it('warns when a process may not open as many files as it has players', () => {
    const main = fileURLToPath(new URL('../../bin/pomelo-ts.mjs', import.meta.url));
    const call = `ulimit -n 200 && exec "$0" "${main}" robot "${tests.file('once.mjs')}" -d "${game.root}" -u 150 -w 1`;
    const { stdout, stderr, status } = spawnSync('sh', ['-c', call, process.execPath], { encoding: 'utf8' });
    expect(stdout, stderr).toContain(
      'warning 150 users in 1 worker need 214 open files in each, and here a process may have 200: allow more (ulimit -n 214) or take --workers 2',
    );
    expect(status, stdout).toBe(0);
  });
});

describe('a script that cannot be used', () => {
  const broken: Readonly<Record<string, string>> = {
    'syntax.ts': `export default {\n  player( {\n};\n`,
    'syntax.mjs': `export default {\n  player(robot) { return ; }\n}}\n`,
    'nothing.mjs': `export const player = 1;\n`,
    'no-player.ts': `export default { users: 5 };\n`,
    'throws.ts': `const names: string[] = [];\n\nexport default { player() {}, first: names[0]!.length };\n`,
    'imports.ts': `import { x } from './not-there.js';\nexport default { player() { x(); } };\n`,
    'set-up.ts': `export default {\n  setUp() {\n    throw new Error('no database');\n  },\n  player() {},\n};\n`,
    'exits.mjs': `process.exit(3);\n`,
    'threshold.mjs': `export default { thresholds: ['p99 under 5ms'], player() {} };\n`,
  };
  let scripts: LoadTests;
  beforeAll(() => {
    scripts = new LoadTests(game, broken);
  });
  afterAll(() => scripts[Symbol.dispose]());

  it.each([
    ['syntax.ts', /syntax\.ts:3:2: ',' expected/],
    ['syntax.mjs', /syntax\.mjs:3: /],
    ['nothing.mjs', /exports nothing by default: expected export default defineRobot\(\{ async player/],
    ['no-player.ts', /exports something without a function player by default: expected/],
    ['throws.ts', /throws\.ts:3: .*undefined/],
    ['imports.ts', /not-there\.js/],
    ['set-up.ts', /set-up\.ts:3: no database/],
    ['exits.mjs', /the script ended its process before it began to play: exit code 3/],
    ['threshold.mjs', /expected a threshold as p50.*got "p99 under 5ms"/],
    [
      'absent.ts',
      /expected a script of robots, such as robot\/players\.ts; got .*absent\.ts, which is not there/,
    ],
  ])('is told with its place: %s', async (script, message) => {
    const { code, stderr, stdout } = await scripts.run(script);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^error .*\n( {6}.*\n)*$/);
    expect([code, stdout]).toEqual([2, '']);
  });

  it.each([
    [['--users', 'many'], 'expected --users as a whole number; got many'],
    [['--users', '0'], 'expected users as a whole number from 1 on; got 0'],
    [['--ramp', '5'], 'expected --ramp as a duration with its unit, such as "30s"; got 5'],
    [
      ['--ramp', '9s', '--duration', '2s'],
      'expected a ramp that is over before the run: it takes 9000 ms, and the run 2000 ms',
    ],
    [['--gate', '3014'], 'expected --gate as host:port or ws(s):// address; got 3014'],
    [['--port', '99999'], 'expected a port from 1 to 65535; got 99999'],
    [
      ['--gate', 'h:1', '--port', '2'],
      'expected either --gate or --port: a gate tells players the port; got',
    ],
    [['--threshold', 'p99'], 'expected a threshold as'],
    [
      ['--report', '/dev/null/x.html'],
      'expected --report as a file or folder that can be written; got /dev/null/x.html',
    ],
  ])('neither are these options: %j', async (args, message) => {
    const { code, stderr } = await tests.run('once.mjs', ...args);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`error ${message}`)]);
  });
});

it('compiles and runs the players of the guide, as they stand there', async () => {
  const guide = readFileSync(new URL('../../docs/guides/load-testing.md', import.meta.url), 'utf8');
  const blocks = [...guide.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)];
  const scripts = Object.fromEntries(blocks.map(([, file, code]) => [file!, code!]));
  expect(Object.keys(scripts)).toEqual(['robot/players.ts', 'robot/steady.ts']);
  using own = new LoadTests(game, scripts);
  expect(await own.compile()).toBe('');
  const args = [
    '--ramp',
    '1s',
    '--duration',
    '5s',
    '--threshold',
    'errors<1',
    '--threshold',
    'onChat count>0',
  ];
  const first = await own.run('robot/players.ts', '-u', '30', ...args);
  // The guide's own limit of time is one that a busy machine may miss; what does not depend on that holds.
  expect(first.stderr, first.stdout).toBe('');
  expect(first.stdout).toMatch(/^(holds|fails) p99<200ms /m);
  for (const held of ['errors<1%', 'errors<1', 'onChat count>0'])
    expect(first.stdout).toContain(`\nholds ${held} (`);
  const second = await own.run(
    'robot/steady.ts',
    '--ramp',
    '0',
    '--duration',
    '4s',
    '--threshold',
    'errors<1',
  );
  expect([second.code, second.stderr], second.stdout).toEqual([0, '']);
});
