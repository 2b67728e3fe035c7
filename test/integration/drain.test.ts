import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerRow } from '@pomelo-ts/master';
import { expect, it } from 'vitest';
import { type CommandResult, eventually, RunningCommand } from '../helpers/cluster-process.js';
import { RawClient } from '../helpers/raw-client.js';
import { TemporaryGame } from '../helpers/temporary-game.js';

const secret = { POMELO_TS_SECRET: 'of the tests of drains, and long enough' };
const room = `export default (app) => ({ say: () => ({ id: app.serverId }) });`;

/** A game that runs in processes of its own: a gate, two connectors and two chat servers. */
class Game implements AsyncDisposable {
  readonly #files: TemporaryGame;
  readonly #clients: RawClient[] = [];

  private constructor(files: TemporaryGame) {
    this.#files = files;
  }

  static async start(): Promise<Game> {
    const frontends = (...ids: string[]) => ids.map((id) => ({ id, frontend: true }));
    const files = await TemporaryGame.make({
      servers: {
        gate: frontends('gate-1'),
        connector: frontends('connector-1', 'connector-2'),
        chat: [{ id: 'chat-1' }, { id: 'chat-2' }],
      },
      config: { master: { restart: { minBackOff: '10ms' } } },
      app: 'export default { setUp() {} };',
      handlers: { chat: { room } },
    });
    const game = new Game(files);
    expect(await game.run('start', '-D')).toMatchObject({ code: 0 });
    return game;
  }

  run(command: string, ...args: string[]): Promise<CommandResult> {
    const where = ['-d', this.#files.root, '-e', 'production'];
    return new RunningCommand([command, ...where, ...args], secret).ended;
  }

  async row(id: string): Promise<ServerRow> {
    const { stdout, stderr } = await this.run('list', '--json');
    const found = (JSON.parse(stdout || '[]') as ServerRow[]).find((row) => row.id === id);
    if (!found) throw new Error(`no row of ${id}: ${stdout}${stderr}`);
    return found;
  }

  async stateOf(id: string): Promise<string> {
    return (await this.row(id)).state;
  }

  async player(connector: string): Promise<RawClient> {
    const client = await RawClient.join(this.#portOf(connector));
    this.#clients.push(client);
    return client;
  }

  async health(id: string, path: string): Promise<readonly [number, string]> {
    const answer = await fetch(`http://127.0.0.1:${this.#portOf(id)}${path}`);
    return [answer.status, ((await answer.json()) as { status: string }).status];
  }

  /** The connectors that the gate hands out to forty newcomers. */
  async handedOut(): Promise<readonly string[]> {
    const ids = new Set<string>();
    for (let n = 0; n < 40; n++) {
      const answer = await fetch(`http://127.0.0.1:${this.#portOf('gate-1')}/ticket?uid=u${n}`);
      ids.add(((await answer.json()) as { id: string }).id);
    }
    return [...ids].sort();
  }

  async killMaster(): Promise<void> {
    process.kill(Number(this.read('.pomelo-ts/master.pid')), 'SIGKILL');
  }

  read(file: string): string {
    return readFileSync(join(this.#files.root, file), 'utf8');
  }

  #portOf(id: string): number {
    return this.#files.config.servers.find((server) => server.id === id)!.clientPort!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) await client[Symbol.asyncDispose]();
    expect(await this.run('kill')).toMatchObject({ code: 0 });
    this.#files[Symbol.dispose]();
  }
}

it('keeps players on a connector that drains, hands it out to nobody, and hands it out again once it is undrained', async () => {
  await using game = await Game.start();
  expect(await game.handedOut()).toEqual(['connector-1', 'connector-2']);
  const player = await game.player('connector-1');
  await player.request('chat.room.say', {});

  expect(await game.run('drain', 'connector-1')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 server drains: connector-1; pomelo-ts list shows'),
  });
  expect(await game.row('connector-1')).toMatchObject({ state: 'draining', connections: 1 });
  await eventually(async () => (await game.handedOut()).length === 1, 'the word of the drain at the gate');
  expect(await game.handedOut()).toEqual(['connector-2']);
  for (let n = 0; n < 5; n++)
    expect(await player.request('chat.room.say', {})).toMatchObject({ id: expect.stringMatching(/^chat-/) });
  expect(await game.health('connector-1', '/healthz')).toEqual([200, 'draining']);
  expect(await game.health('connector-1', '/readyz')).toEqual([503, 'draining']);
  expect(await game.health('connector-2', '/readyz')).toEqual([200, 'ready']);
  expect((await game.run('drain', 'connector-1')).stdout).toContain('nothing changed');
  expect(player.closeCode).toBe(undefined);

  expect(await game.run('undrain', '-t', 'connector')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('1 server takes new work again: connector-1'),
  });
  await eventually(async () => (await game.handedOut()).length === 2, 'the end of the drain at the gate');
  expect(await game.health('connector-1', '/readyz')).toEqual([200, 'ready']);
  expect((await game.run('undrain')).stdout).toContain('nothing changed');
  const told = game
    .read('logs/master.log')
    .split('\n')
    .filter((line) => line.includes('An operation is over') && line.includes('drain"'))
    .map((line) => JSON.parse(line) as { verb: string; by: string; target: string });
  expect(told.map(({ verb, target }) => [verb, target])).toEqual([
    ['servers.drain', 'connector-1'],
    ['servers.drain', 'connector-1'],
    ['servers.undrain', 'connector-1, connector-2'],
    ['servers.undrain', 'all servers'],
  ]);
  for (const { by } of told) expect(by).toMatch(/.@./);
});

it('has nobody drain when no server of the type would take new work, unless that is forced', async () => {
  await using game = await Game.start();
  const refused = await game.run('drain', '-t', 'connector');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'Nothing drains: no other server of type connector than connector-1, connector-2 takes new work. Gates would still send new clients to them',
  );
  expect(await game.stateOf('connector-1')).toBe('ready');
  expect(await game.run('drain', 'chat-1')).toMatchObject({ code: 0 });
  const last = await game.run('drain', 'chat-2');
  expect([last.code, last.stderr]).toEqual([1, expect.stringContaining('of type chat')]);
  expect(await game.run('drain', 'chat-2', '--force')).toMatchObject({ code: 0 });
  expect([await game.stateOf('chat-1'), await game.stateOf('chat-2')]).toEqual(['draining', 'draining']);
  const player = await game.player('connector-1'); // served by one that drains rather than by nobody
  expect(await player.request('chat.room.say', {})).toMatchObject({ id: expect.stringMatching(/^chat-/) });
});

it('is known to the master after one that was killed, lasts through a crash, and ends with a restart', async () => {
  await using game = await Game.start();
  expect(await game.run('drain', 'chat-1', 'connector-1')).toMatchObject({ code: 0 });
  const chat = await game.row('chat-1');
  await game.killMaster();
  process.kill(chat.pid!, 'SIGKILL'); // its next life is begun by the next master
  expect(await game.run('start', '-D')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('5 servers ready'), // one that drains serves
  });
  expect([await game.stateOf('chat-1'), await game.stateOf('connector-1')]).toEqual(['draining', 'draining']);

  const { pid, state } = await game.row('connector-1');
  expect(state).toBe('draining');
  process.kill(pid!, 'SIGKILL');
  await eventually(async () => {
    const row = await game.row('connector-1');
    expect(row.state).not.toBe('ready');
    return row.pid !== pid && row.state === 'draining';
  }, 'the next life of connector-1');

  expect(await game.run('restart', 'connector-1', '--watch', '0', '--no-trial')).toMatchObject({ code: 0 });
  expect(await game.stateOf('connector-1')).toBe('ready');
  expect(await game.run('undrain', 'chat-1')).toMatchObject({ code: 0 });
  expect(await game.stateOf('chat-1')).toBe('ready');
});
