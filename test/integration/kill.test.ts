import { type Client, ClientError, connect } from '@pomelo-ts/client';
import { rendezvous } from '@pomelo-ts/common';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, RunningCommand } from '../helpers/cluster-process.js';
import { type RunningGame, startGame } from '../helpers/game.js';

const playerCount = 200;
const roomCount = 20;
const requestTimeoutMs = 5000;
const chatServers = ['cluster-server-chat-0', 'cluster-server-chat-1'];

interface Row {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly pid: number;
  readonly clientPort?: number;
}

let game: RunningGame;
let players: Player[];

/** Somebody who talks in a room all the time, and notes how every request ended. */
class Player {
  readonly client: Client;
  readonly room: string;
  readonly outcomes: ('answered' | 'refused' | 'failed')[] = [];
  sent = 0;
  settled = 0;
  #playing = true;
  #loop: Promise<void> | undefined;

  private constructor(client: Client, room: string) {
    this.client = client;
    this.room = room;
  }

  static async enter(i: number): Promise<Player> {
    const client = await connect({
      gate: { host: game.host, port: game.gatePort, uid: `player${i}` },
      requestTimeoutMs,
    });
    const room = `room${i % roomCount}`;
    const answer = await client.request<{ users?: string[] }>('connector.entryHandler.enter', {
      username: `player${i}`,
      rid: room,
    });
    expect(answer.users).toContain(`player${i}`);
    return new Player(client, room);
  }

  get port(): number {
    return Number(new URL(this.client.url!).port);
  }

  play(): void {
    this.#playing = true;
    this.#loop = this.#talk();
  }

  /** Resolves when every request has settled. */
  async stop(): Promise<void> {
    this.#playing = false;
    await this.#loop;
  }

  /** What comes from now on is looked at. */
  forget(): void {
    this.outcomes.length = 0;
  }

  async #talk(): Promise<void> {
    while (this.#playing && this.client.state === 'open') {
      this.sent++;
      try {
        const { code } = await this.client.request<{ code: number }>('chat.chatHandler.send', {
          content: 'x',
          target: '*',
        });
        this.outcomes.push(code === 200 ? 'answered' : 'refused');
        if (code !== 200) await new Promise((resolve) => setImmediate(resolve));
      } catch (error) {
        expect(error).toBeInstanceOf(ClientError);
        this.outcomes.push('failed');
      }
      this.settled++;
    }
  }
}

async function list(): Promise<Row[]> {
  const { stdout } = await new RunningCommand(['list', '--json', '--directory', game.root], {}).ended;
  return JSON.parse(stdout) as Row[];
}

async function killServer(matches: (row: Row) => boolean): Promise<Row> {
  const row = (await list()).find(matches)!;
  process.kill(row.pid, 'SIGKILL');
  return row;
}

async function showsAsGone(id: string): Promise<void> {
  const rows = await eventually(async () => {
    const rows = await list();
    return rows.find((row) => row.id === id)?.state === 'gone' && rows; // 'lost' before
  }, `${id} listed as gone`);
  expect(rows.filter(({ state }) => state !== 'ready').map((row) => [row.id, row.state])).toEqual(
    expect.arrayContaining([[id, 'gone']]),
  );
}

/** Everybody talks until each has had some more answers. */
async function allAnswered(who: readonly Player[], what: string): Promise<void> {
  for (const player of who) player.forget();
  await eventually(
    () =>
      who.every(
        ({ outcomes }) =>
          outcomes.slice(-3).every((outcome) => outcome === 'answered') && outcomes.length >= 3,
      ),
    what,
    20_000,
  );
}

beforeAll(async () => {
  game = await startGame({ mode: 'processes' });
  players = await Promise.all(Array.from({ length: playerCount }, (_, i) => Player.enter(i)));
  for (const player of players) player.play();
  await allAnswered(players, 'everybody playing');
});

afterAll(async () => {
  await Promise.all(players.map((player) => player.stop()));
  await Promise.all(players.map(({ client }) => client.close()));
  await game[Symbol.asyncDispose]();
});

describe('while 200 clients play', () => {
  test('a backend that hangs is given up, and plays again when it goes on', async () => {
    const [victim] = chatServers as [string, string];
    const theirs = players.filter(({ room }) => rendezvous(room, chatServers, (id) => id) === victim);
    const { pid } = (await list()).find(({ id }) => id === victim)!;
    for (const player of players) player.forget();
    process.kill(pid, 'SIGSTOP');
    const stopped = (player: Player): boolean => player.outcomes.some((outcome) => outcome !== 'answered');
    await eventually(() => theirs.every(stopped), 'its calls settling', 20_000);
    process.kill(pid, 'SIGCONT');
    await allAnswered(players, 'everybody playing again');
  });

  test('kill -9 of a backend: its calls settle at once, the others notice nothing, and its rooms go on elsewhere', async () => {
    const [victim, other] = chatServers as [string, string];
    const isVictims = ({ room }: Player): boolean => rendezvous(room, chatServers, (id) => id) === victim;
    for (const player of players) player.forget();
    await killServer(({ id }) => id === victim);
    await showsAsGone(victim);
    await allAnswered(players.filter(isVictims), `the rooms of ${victim} on ${other}`);
    await Promise.all(players.map((player) => player.stop()));
    for (const player of players) {
      expect(player.settled).toBe(player.sent);
      expect(player.client.state).toBe('open');
      if (!isVictims(player)) expect(new Set(player.outcomes)).toEqual(new Set(['answered']));
    }
    for (const player of players) player.play();
  });

  test('kill -9 of a connector: its clients are told, the others notice nothing, and the gate sends nobody there', async () => {
    const [victimPort, otherPort] = game.connectorPorts as [number, number];
    const theirs = players.filter(({ port }) => port === victimPort);
    const others = players.filter(({ port }) => port === otherPort);
    expect([theirs.length > 50, others.length > 50]).toEqual([true, true]);
    for (const player of players) player.forget();
    const { id } = await killServer(({ clientPort }) => clientPort === victimPort);
    await eventually(() => theirs.every(({ client }) => client.state === 'closed'), 'its clients told');
    await showsAsGone(id);
    await Promise.all(players.map((player) => player.stop()));
    for (const player of players) expect(player.settled).toBe(player.sent);
    for (const player of others) {
      expect(player.client.state).toBe('open');
      expect(new Set(player.outcomes)).toEqual(new Set(['answered']));
    }
    for (let i = 0; i < 20; i++) {
      const ticket = await fetch(`http://${game.host}:${game.gatePort}/ticket?uid=player${i}`);
      expect(await ticket.json()).toMatchObject({ code: 200, port: otherPort });
    }
  });
});
