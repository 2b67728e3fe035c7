import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Client, connect } from '@pomelo-ts/client';
import { expect, it } from 'vitest';
import { eventually, repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';

interface Tick {
  readonly tick: number;
  /** Slot, x, y, facing of each who has moved. */
  readonly moved?: readonly number[];
}
interface Answer {
  readonly code: number;
  readonly you: number;
  readonly players: readonly { readonly name: string }[];
  readonly round: { readonly phase: string; readonly round: number };
}

const handler = 'dist/app/servers/arena/handler/arenaHandler.js';
const entry = 'dist/app/servers/connector/handler/entryHandler.js';

/** The reference game in a folder of its own, so that its code can be changed. */
async function start() {
  const [a, b, c, d] = await Promise.all(Array.from({ length: 4 }, freePort));
  const game = await TestGame.make(
    {
      connector: [{ id: 'connector-1', port: a, clientPort: b, frontend: true }],
      chat: [{ id: 'chat-1', port: c }],
      arena: [{ id: 'arena-1', port: d, roundSeconds: 600 }],
    },
    { ownBoot: true, env: { POMELO_TS_SECRET: 'of these integration tests' } },
  );
  cpSync(join(repositoryRoot, 'game-server/dist'), join(game.root, 'dist'), { recursive: true });
  symlinkSync(join(repositoryRoot, 'node_modules'), join(game.root, 'node_modules'));
  mkdirSync(join(game.root, 'dist'), { recursive: true });
  game.write('package.json', { type: 'module', 'pomelo-ts': { app: 'dist' } });
  const { code, stderr } = await game.run('start', '-D', '-e', 'production');
  if (code !== 0) throw new Error(stderr);
  return { game, clientPort: b! };
}

/** A player in the arena who steers, and what is seen of the game. */
class Fighter implements AsyncDisposable {
  readonly client: Client;
  readonly answer: Answer;
  readonly ticks: number[] = [];
  /** Where each slot was last seen. */
  readonly places = new Map<number, readonly number[]>();
  rounds = 0;

  private constructor(client: Client, answer: Answer) {
    this.client = client;
    this.answer = answer;
    client.on('onArenaTick', (body) => {
      const { tick, moved = [] } = body as Tick;
      this.ticks.push(tick);
      for (let at = 0; at < moved.length; at += 4) this.places.set(moved[at]!, moved.slice(at + 1, at + 3));
    });
    client.on('onArenaRound', () => this.rounds++);
  }

  static async enter(port: number, name: string): Promise<Fighter> {
    const client = await connect({ host: '127.0.0.1', port });
    await client.request('connector.entryHandler.enter', { username: name, rid: 'pit' });
    return new Fighter(client, await client.request<Answer>('arena.arenaHandler.enter', {}));
  }

  steer(x: number): void {
    this.client.notify('arena.arenaHandler.steer', { x, y: 0 });
  }

  get x(): number {
    return this.places.get(this.answer.you)?.[0] ?? 0;
  }

  /** Steers the other way than there is room, until it is seen. */
  async moves(): Promise<void> {
    const from = this.x;
    this.steer(from > 800 ? -100 : 100);
    await eventually(() => Math.abs(this.x - from) > 20, `that ${this.answer.you} moves`);
    this.steer(0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}

const change = (game: TestGame, file: string): void =>
  writeFileSync(join(game.root, file), `${readFileSync(join(game.root, file), 'utf8')}\n// changed\n`);

it('a reload of the arena in mid-round: all play on, newcomers come to the same game, and it ends with its last player', async () => {
  const { game, clientPort } = await start();
  await using _ = game;
  const before = await game.rows();
  await using ann = await Fighter.enter(clientPort, 'ann');
  await using bob = await Fighter.enter(clientPort, 'bob');
  await eventually(() => ann.rounds > 0, 'the first round');
  await ann.moves();
  for (const file of [handler, entry]) {
    change(game, file);
    const seen = ann.ticks.length;
    const { code, stdout, stderr } = await game.run('reload', '--watch', '0');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(file);
    await eventually(() => ann.ticks.length > seen + 10, 'more ticks');
    await ann.moves();
    await bob.moves();
  }
  // One game only: each tick comes once, and in order.
  expect(ann.ticks).toEqual([...new Set(ann.ticks)].sort((a, b) => a - b));
  {
    await using eve = await Fighter.enter(clientPort, 'eve');
    expect(eve.answer).toMatchObject({ code: 200, you: 3, round: { phase: 'play', round: 1 } });
    expect(eve.answer.players.map(({ name }) => name)).toEqual(['ann', 'bob', 'eve']);
    await eventually(() => ann.places.has(3), 'that ann sees eve');
    const twice = await connect({ host: '127.0.0.1', port: clientPort });
    const again = { username: 'ann', rid: 'pit' };
    expect(await twice.request('connector.entryHandler.enter', again)).toMatchObject({ code: 500 });
    await twice.close();
  }
  await ann.client.close();
  await bob.client.close();
  // The room goes with its last player; a new one finds a new game.
  await eventually(async () => {
    await using late = await Fighter.enter(clientPort, 'late');
    return late.answer.players.length === 1 && late.answer.round.phase === 'waiting';
  }, 'a new game');
  const after = await game.rows();
  for (const id of Object.keys(before))
    expect(after[id]).toMatchObject({ pid: before[id]!.pid, restarts: 0, state: 'ready' });
  expect((await game.run('stop')).code).toBe(0);
  expect(game.read('logs/arena-1.log')).not.toMatch(/"level":"error"/);
});
