import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { eventually, repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const helpers = fileURLToPath(new URL('../helpers/', import.meta.url));

interface Note {
  readonly kind: 'often' | 'daily' | 'block' | 'added' | 'forward';
  /** Time of day, in ms since 1970. */
  readonly at: number;
  /** Time of the process, in ms. */
  readonly passed: number;
}

/** A server `worker-1` that runs these crons, and writes down what ran. */
async function startCrons(crons: readonly object[], env: Record<string, string> = {}): Promise<CronGame> {
  const worker = [{ id: 'worker-1', port: await freePort() }];
  const game = await TestGame.make({ worker }, { ownBoot: true, env });
  game.write('package.json', { type: 'module' });
  game.write('config/crons.json', { worker: crons });
  mkdirSync(join(game.root, 'app/servers/worker/cron'));
  copyFileSync(join(helpers, 'cron-app.js'), join(game.root, 'app.js'));
  copyFileSync(join(helpers, 'cron-work.js'), join(game.root, 'app/servers/worker/cron/work.js'));
  const { code, stderr } = await game.run('start', '-D');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return new CronGame(game);
}

class CronGame implements AsyncDisposable {
  readonly game: TestGame;

  constructor(game: TestGame) {
    this.game = game;
  }

  notes(kind: Note['kind']): Note[] {
    if (!existsSync(join(this.game.root, 'notes/worker-1'))) return [];
    return this.game
      .read('notes/worker-1')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Note)
      .filter((note) => note.kind === kind);
  }

  async counters(): Promise<Record<string, number>> {
    const row = (await this.game.rows())['worker-1'] as unknown as { counters?: Record<string, number> };
    return row.counters ?? {}; // none, before it has told of them
  }

  /** Waits until a counter is there, and gives it. */
  count(name: string): Promise<number> {
    return eventually(async () => (await this.counters())[name], `a ${name}`, 30_000);
  }

  get log(): string {
    return this.game
      .files('logs')
      .filter((name) => name.startsWith('worker-1'))
      .map((name) => this.game.read(`logs/${name}`))
      .join('');
  }

  /** Pauses the server's process for so long. */
  async pid(): Promise<number> {
    return (await this.game.rows())['worker-1']!.pid!;
  }

  /** @param pid asked for before, where the pause has to begin at once */
  async pause(ms: number, pid?: number): Promise<void> {
    pid ??= await this.pid();
    process.kill(pid, 'SIGSTOP');
    try {
      const end = performance.now() + ms;
      await eventually(() => performance.now() > end, 'the end of a pause', ms + 10_000);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.game[Symbol.asyncDispose]();
  }
}

const often = { id: 'often', time: '*/2 * * * * *', action: 'work.often' };

it('crons of a server whose machine is in Berlin go on while the clock is set back there, and a daily one does not run again', async () => {
  const start = '2026-10-25T00:59:50.000Z'; // 2:59:50 by summer time; ten seconds on it is 2:00 again
  await using crons = await startCrons([often, { id: 'again', time: '5 0 2 * * *', action: 'work.daily' }], {
    TZ: 'Europe/Berlin',
    START: start,
  });
  const change = Date.UTC(2026, 9, 25, 1);
  const after = await eventually(
    () => crons.notes('often').find(({ at }) => at > change + 10_000),
    'runs after the change',
    60_000,
  );
  expect(after.at).toBeLessThan(change + 3_000_000);
  await eventually(async () => {
    const { 'cron.missed': missed = 0 } = await crons.counters();
    const [first, last] = [crons.notes('often')[0]!, crons.notes('often').at(-1)!];
    const due = Math.floor(last.at / 2000) - Math.floor(first.at / 2000) + 1;
    return due === crons.notes('often').length + missed;
  }, 'a run for each time, but for those that are counted');
  // 2:00:05 was there an hour before the start already.
  expect(crons.notes('daily')).toEqual([]);
}, 120_000);

it('a handler that blocks over the time of a cron makes its run late, and what it covers is counted and told', async () => {
  const block = { id: 'block', time: '* * * * * *', action: 'work.block' };
  await using crons = await startCrons([block, { ...often, time: '* * * * * *' }]);
  await eventually(() => crons.notes('often').length > 1, 'runs', 30_000);
  writeFileSync(join(crons.game.root, 'block'), '');
  const [blocked] = await eventually(() => {
    const notes = crons.notes('block');
    return notes.length > 0 && notes;
  }, 'the block');
  expect(await crons.count('cron.missed')).toBeGreaterThan(1);
  const next = await eventually(
    () => crons.notes('often').find(({ passed }) => passed > blocked!.passed + 2500),
    'the run after the block',
  );
  expect(next.at).toBeGreaterThan(blocked!.at);
  expect(crons.log).toContain('cron often has missed times');
  expect(crons.log).toContain('the run that begins now stands for them');
}, 120_000);

it('a paused process makes up for a time within its bound, and counts and tells one beyond', async () => {
  await using crons = await startCrons([{ id: 'add', time: '* * * * * *', action: 'work.add' }]);
  const pid = await crons.pid(); // a command takes longer on a busy machine than it is to the times of the two crons
  writeFileSync(join(crons.game.root, 'add'), '');
  await eventually(() => crons.notes('added').length > 0, 'two more crons', 30_000);
  await crons.pause(8000, pid);
  await eventually(() => crons.notes('daily').length > 0, 'the late run', 30_000);
  await eventually(() => crons.log.includes('cron strict has missed times'), 'a line in the log');
  expect(crons.log).toContain('that is too long ago to make up for');
  expect(await crons.count('cron.late')).toBeGreaterThan(0);
  expect(await crons.count('cron.missed')).toBeGreaterThan(0);
  expect(crons.notes('daily').length).toBe(1);
  expect(crons.notes('often')).toEqual([]);
}, 120_000);

it('a clock that is set forward has the times that it has jumped over counted and told, and crons go on by it', async () => {
  const forward = { id: 'forward', time: '* * * * * *', action: 'work.forward' };
  await using crons = await startCrons([forward, { ...often, time: '* * * * * *' }]);
  await eventually(() => crons.notes('often').length > 1, 'runs', 30_000);
  writeFileSync(join(crons.game.root, 'forward'), '');
  const [set] = await eventually(() => {
    const notes = crons.notes('forward');
    return notes.length > 0 && notes;
  }, 'the new time');
  const jumped = 2 * 590; // by both crons
  await eventually(async () => ((await crons.counters())['cron.missed'] ?? 0) > jumped, 'what was missed');
  expect(crons.log).toContain('cron often has missed times');
  const after = await eventually(
    () => crons.notes('often').filter(({ at }) => at > set!.at + 2000)[0],
    'runs by the new time',
  );
  expect(after.passed - set!.passed).toBeLessThan(60_000);
}, 120_000);

it('the zone of a machine is as good as a named one: all days of ten years in six of them', () => {
  const cron = pathToFileURL(join(repositoryRoot, 'framework/cluster/dist/bundle/cron.js')).href;
  const script = `
    import { nextCronTime, parseCronTime, Zone } from ${JSON.stringify(cron)};
    const zones = [new Zone(), new Zone(process.env.TZ)];
    let times = 0;
    for (const time of ['0 30 2 * * *', '0 15 0 * * *', '0 45 1 * * sun', '0 0 */3 * * *']) {
      const pattern = parseCronTime(time);
      for (let at = Date.UTC(2017, 0, 1); at < Date.UTC(2027, 0, 1); times++) {
        const [own, named] = zones.map((zone) => nextCronTime(pattern, zone, at));
        if (own !== named) throw new Error(time + ' after ' + new Date(at).toISOString());
        at = own;
      }
    }
    console.log(times);`;
  for (const TZ of [
    'Europe/Berlin',
    'America/Sao_Paulo',
    'Africa/Cairo',
    'Australia/Lord_Howe',
    'Asia/Beirut',
    'UTC',
  ]) {
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, TZ },
      encoding: 'utf8',
    });
    expect([TZ, stderr, Number(stdout) > 30_000]).toEqual([TZ, '', true]);
  }
}, 120_000);
