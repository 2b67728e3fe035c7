import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { eventually, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

const helpers = fileURLToPath(new URL('../helpers/', import.meta.url));
const production = ['-D', '-e', 'production'];

interface Note {
  readonly kind: 'held' | 'id' | 'rising' | 'ran' | 'refused' | 'error';
  readonly server: string;
  readonly pid: number;
  readonly token: number;
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly id: string;
}

/** A game whose servers write down what they hold, run and make. */
class Witnesses {
  readonly game: TestGame;

  private constructor(game: TestGame) {
    this.game = game;
  }

  static async start(): Promise<Witnesses> {
    const ids = ['worker-1', 'worker-2', 'worker-3'];
    const worker = await Promise.all(
      ids.map(async (id) => ({ id, port: await freePort(), 'auto-restart': true, 'restart-force': false })),
    );
    const game = await TestGame.make(
      { worker },
      { ownBoot: true, env: { POMELO_TS_SECRET: 'of the integration tests of leases' } },
    );
    game.write('package.json', { type: 'module' });
    game.write('config/settings.json', { ids: { generatorType: 'worker' } });
    game.write('config/crons.json', {
      worker: [{ id: 'work', time: '* * * * * *', action: 'workerCron.work', once: 'cluster' }],
    });
    const crons = join(game.root, 'app', 'servers', 'worker', 'cron');
    mkdirSync(crons);
    copyFileSync(join(helpers, 'witness-app.js'), join(game.root, 'app.js'));
    copyFileSync(join(helpers, 'witness-cron.js'), join(crons, 'workerCron.js'));
    const { code, stderr } = await game.run('start', ...production);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return new Witnesses(game);
  }

  get notes(): Note[] {
    if (!existsSync(join(this.game.root, 'notes'))) return [];
    return this.game.files('notes').flatMap((file) =>
      this.game
        .read(`notes/${file}`)
        .split('\n')
        .slice(0, -1) // the last line of a killed process may be cut short
        .map((line) => JSON.parse(line) as Note),
    );
  }

  of(kind: Note['kind']): Note[] {
    return this.notes.filter((note) => note.kind === kind);
  }

  /** Who held the lease last. */
  get holder(): Note | undefined {
    return this.of('held')
      .sort((a, b) => a.at - b.at)
      .at(-1);
  }

  /** Waits until somebody holds it with another token than this; gives the note. */
  nextHolder(after: number): Promise<Note> {
    return eventually(
      () => {
        const { holder } = this;
        return holder && holder.token > after && holder;
      },
      'the next holder',
      40_000,
    );
  }

  /** Waits until the lease is still, or again, held with this token, later than now. */
  goesOn({ token, at }: Note): Promise<Note> {
    return eventually(
      () => {
        const { holder } = this;
        return holder && holder.token === token && holder.at > at + 1_000_000 && holder;
      },
      'more of the holder',
      30_000,
    );
  }

  killMaster(): void {
    process.kill(Number(this.game.read('.pomelo-ts/master.pid')), 'SIGKILL');
  }

  async startMaster(): Promise<void> {
    const { code, stderr } = await this.game.run('start', ...production);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  }
}

it('no lease, cron or id is ever that of two servers, though servers and the master are killed and paused', async () => {
  const witnesses = await Witnesses.start();
  await using game = witnesses.game;
  const first = await witnesses.nextHolder(0);
  await eventually(() => witnesses.of('ran').length > 0, 'a run of the cron', 30_000);

  const held = await game.run('leases');
  expect(held.stdout).toMatch(/^lease +held by +token +for +left$/m);
  expect(held.stdout).toContain(` ${first.token} `);
  expect(await game.run('leases', 'no such')).toMatchObject({
    code: 0,
    stderr: 'no lease is held whose name begins with no such\n',
  });

  // A killed holder: its process has surely ended, so the next one has it at once.
  process.kill(first.pid, 'SIGKILL');
  const second = await witnesses.nextHolder(first.token);
  expect(second.pid).not.toBe(first.pid);

  // A paused holder: the next one has it when its time is over, and then it knows, before anything else, that it has it no more.
  process.kill(second.pid, 'SIGSTOP');
  const third = await witnesses.nextHolder(second.token);
  process.kill(second.pid, 'SIGCONT');
  await witnesses.goesOn(third);

  // A master that is killed and started again: the holder goes on with its token all the while.
  witnesses.killMaster();
  await witnesses.startMaster();
  const fourth = await witnesses.goesOn(await witnesses.goesOn(third));

  // Both at once: nobody knows whether the holder lives, so the new master waits for its time.
  const runs = witnesses.of('ran').length;
  witnesses.killMaster();
  process.kill(fourth.pid, 'SIGKILL');
  await witnesses.startMaster();
  await witnesses.nextHolder(fourth.token);
  const ran = await eventually(
    () => {
      const all = witnesses.of('ran').sort((a, b) => a.at - b.at);
      return all.length > runs && all;
    },
    'more runs of the cron',
    60_000,
  );
  // One process may have had all runs: it is ended, unless it was already, so that another one has some.
  const { pid: runner } = ran.at(-1)!;
  if (existsSync(`/proc/${runner}`)) process.kill(runner, 'SIGKILL');
  await eventually(
    () => witnesses.of('ran').some(({ pid }) => pid !== runner),
    'a run of the cron by another process',
    60_000,
  );
  expect((await game.run('stop')).code).toBe(0);
  expect(game.pids()).toEqual([]);

  expectOneHolderAtATime(witnesses.of('held'));
  expectOneRunAtATime(witnesses.of('ran'));
  expectDifferent([...witnesses.of('id'), ...witnesses.of('rising')]);
  expectRising(witnesses.of('rising'));
  expect(witnesses.of('error')).toEqual([]);
  expect(readdirSync(join(game.root, 'notes')).length).toBeGreaterThanOrEqual(5);
}, 180_000);

/** Ordered by their tokens, holders are ordered by time as well, and none begins before the one before has ended. */
function expectOneHolderAtATime(held: readonly Note[]): void {
  const spans = new Map<number, { from: number; to: number; pids: Set<number> }>();
  for (const { token, at, pid } of held) {
    const span = spans.get(token) ?? { from: at, to: at, pids: new Set() };
    spans.set(token, { from: Math.min(span.from, at), to: Math.max(span.to, at), pids: span.pids.add(pid) });
  }
  const inOrder = [...spans].sort(([a], [b]) => a - b).map(([, span]) => span);
  expect(inOrder.length).toBeGreaterThanOrEqual(4);
  expect(inOrder.every(({ pids }) => pids.size === 1)).toBe(true);
  for (const [index, { from }] of inOrder.entries())
    if (index > 0) expect(from).toBeGreaterThan(inOrder[index - 1]!.to);
}

function expectOneRunAtATime(ran: readonly Note[]): void {
  const inOrder = [...ran].sort((a, b) => a.from - b.from);
  expect(new Set(ran.map(({ pid }) => pid)).size).toBeGreaterThan(1);
  for (const [index, { from, token }] of inOrder.entries()) {
    if (index === 0) continue;
    expect(from).toBeGreaterThan(inOrder[index - 1]!.to);
    expect(token).toBeGreaterThanOrEqual(inOrder[index - 1]!.token);
  }
}

function expectDifferent(made: readonly Note[]): void {
  expect(made.length).toBeGreaterThan(1000);
  expect(new Set(made.map(({ id }) => id)).size).toBe(made.length);
}

/** An id that was asked for when another was there is higher. */
function expectRising(made: readonly Note[]): void {
  const byEnd = [...made].sort((a, b) => a.to - b.to);
  const byStart = [...made].sort((a, b) => a.from - b.from);
  let there = 0;
  let highest = 0n;
  for (const { from, id } of byStart) {
    for (; byEnd[there]!.to < from; there++)
      if (BigInt(byEnd[there]!.id) > highest) highest = BigInt(byEnd[there]!.id);
    expect(BigInt(id) > highest).toBe(true);
  }
}
