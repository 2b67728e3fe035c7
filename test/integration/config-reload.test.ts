import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from '@pomelo-ts/client';
import { describe, expect, it } from 'vitest';
import { commandText, eventually, type RunningCommand, TestGame } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { Screen } from '../helpers/screen.js';

const chat = (n: number, more: object = {}) => ({ id: `chat-${n}`, port: 6130 + n, ...more });
const gate = { id: 'gate-1', clientPort: 6138, frontend: true };
const production = { env: { POMELO_TS_SECRET: 'of the integration tests' } };
const daemon = ['-D', '-e', 'production'];

async function started(): Promise<TestGame> {
  const game = await TestGame.make({ chat: [chat(1), chat(2)], gate: [gate] }, production);
  expect(await game.run('start', ...daemon)).toMatchObject({ code: 0 });
  return game;
}

const reload = (game: TestGame, ...args: string[]): RunningCommand['ended'] =>
  game.run('config', 'reload', ...args);

describe('config reload', () => {
  it('touches only what is different, and names what needs a restart', async () => {
    await using game = await started();
    const before = await game.rows();
    game.write('config/servers.json', { chat: [chat(1, { port: 6140, weight: 3 }), chat(3)], gate: [gate] });
    const { code, stdout } = await reload(game, '--yes');
    expect(code).toBe(0);
    for (const line of [
      /^\+ chat-3 +starts$/m,
      /^- chat-2 +stops$/m,
      /^~ chat-1\.port +6131 -> 6140 +a restart of chat-1$/m,
      /^~ chat-1\.weight +1 -> 3 +nothing: applied while it runs$/m,
      /^done: 1 server added, 1 server removed$/m,
      /^1 server runs with former values until restarted:\n {2}pomelo-ts restart chat-1$/m,
    ])
      expect(stdout).toMatch(line);
    const after = await game.rows();
    expect(Object.keys(after)).toEqual(['chat-1', 'chat-3', 'gate-1']);
    expect(after['chat-1']).toMatchObject({ pid: before['chat-1']!.pid, port: 6131, outdated: true });
    expect(after['gate-1']!.pid).toBe(before['gate-1']!.pid);
    expect((await reload(game, '--yes')).stdout).toContain('nothing is different\n1 server runs with former');
    expect((await reload(game, '--yes', '--restart')).stdout).toContain('done: 1 server restarted');
    const last = await game.rows();
    expect(last['chat-1']).toMatchObject({ state: 'ready', port: 6140 });
    expect(last['chat-1']).not.toHaveProperty('outdated');
    expect(last['gate-1']!.pid).toBe(before['gate-1']!.pid);
  });

  it('tells that new servers start with their crons, and that a change taken back leaves nobody behind', async () => {
    await using game = await started();
    const crons = { chat: [{ id: 'sweep', time: '0 0 4 * * *', action: 'c.tick' }] };
    game.write('config/crons.json', { chat: [], lobby: [{ ...crons.chat[0]!, id: 'lobby' }] });
    mkdirSync(join(game.root, 'app/servers/lobby'));
    const lobby = [{ id: 'lobby-1', port: 6145 }];
    game.write('config/servers.json', { chat: [chat(1), chat(2)], gate: [gate], lobby });
    const added = await reload(game, '--yes');
    expect(added.stdout).toMatch(/^~ crons\.lobby .* nothing: lobby-1 will start with it$/m);
    expect((await game.rows())['lobby-1']).toMatchObject({ state: 'ready' });
    game.write('config/crons.json', { ...crons, lobby: [{ ...crons.chat[0]!, id: 'lobby' }] });
    expect((await reload(game, '--yes')).stdout).toMatch(/a restart of chat-1, chat-2$/m);
    expect((await game.rows())['chat-1']).toMatchObject({ outdated: true });
    game.write('config/crons.json', { chat: [], lobby: [{ ...crons.chat[0]!, id: 'lobby' }] });
    const taken = await reload(game, '--yes');
    expect(taken.stdout).toMatch(/nothing: whom it concerns still runs with it$/m);
    expect(taken.stdout).not.toContain('former values');
    for (const id of ['chat-1', 'chat-2']) expect((await game.rows())[id]).not.toHaveProperty('outdated');
    expect((await reload(game, '--dry-run')).stdout).toBe('nothing is different\n');
  });

  it('with --dry-run, or where nobody can be asked, changes nothing', async () => {
    await using game = await started();
    const before = await game.rows();
    game.write('config/servers.json', { chat: [chat(1)], gate: [gate] });
    const dry = await reload(game, '--dry-run');
    expect(dry.stdout).toMatch(/^- chat-2 +stops$/m);
    expect(JSON.parse((await reload(game, '--dry-run', '--json')).stdout)).toMatchObject({
      removed: ['chat-2'],
    });
    const unasked = await reload(game);
    expect(unasked.stderr).toContain('nothing was changed: nobody can be asked here; add --yes');
    expect(unasked.code).toBe(2);
    expect((await game.rows())['chat-2']!.pid).toBe(before['chat-2']!.pid);
  });

  it('with a mistake in the files tells it as at a start, and touches nothing', async () => {
    await using game = await started();
    const before = await game.rows();
    game.write('config/servers.json', {
      chat: [chat(1, { port: 6138 }), chat(2, { prot: 1 })],
      gate: [gate],
    });
    const { code, stderr } = await reload(game, '--yes');
    expect(stderr).toContain(
      'error The master did not carry out config.read: The configuration has 2 problem(s):\n  config/servers.json: chat[1].prot: unknown key; did you mean port?\n  config/servers.json: gate[0].clientPort: gate-1 wants',
    );
    expect(code).toBe(2);
    const after = await game.rows();
    for (const id of Object.keys(before)) expect(after[id]!.pid).toBe(before[id]!.pid);
  });

  it('keeps what add and remove have done, and tells when the files do not go with it', async () => {
    await using game = await started();
    await game.run('add', 'serverType=chat', 'id=chat-5', 'port=6135');
    await game.run('remove', 'chat-2');
    expect((await reload(game, '--dry-run')).stdout).toContain('nothing is different');
    game.write('config/servers.json', { chat: [chat(1), chat(2), chat(4, { port: 6135 })], gate: [gate] });
    const { stderr } = await reload(game, '--yes');
    expect(stderr).toContain(
      '.pomelo-ts/topology.production.json: chat.chat-5.port: chat-5 wants 127.0.0.1:6135, which port of chat-4 has',
    );
    await game.run('stop');
    expect(await game.run('start', ...daemon)).toMatchObject({ code: 2 });
  });

  it('asks a person, and does nothing without a yes', async () => {
    await using game = await started();
    game.write('config/servers.json', { chat: [chat(1)], gate: [gate] });
    const command = commandText(game, 'config reload', production);
    {
      using screen = new Screen(command);
      await screen.shows('Apply this? (yes/no):');
      screen.press('Enter');
      await screen.shows('nothing was changed');
      await screen.shows('exit 0');
    }
    expect(Object.keys(await game.rows())).toContain('chat-2');
    using screen = new Screen(command);
    await screen.shows('Apply this? (yes/no):');
    screen.press('y');
    screen.press('Enter');
    expect(await screen.shows('exit 0')).toContain('done: 1 server removed');
    expect(Object.keys(await game.rows())).not.toContain('chat-2');
  });
});

describe('players meanwhile', () => {
  it('are given connectors that are added, and no more those that are removed', async () => {
    const [gatePort, first, second, rpc1, rpc2] = await Promise.all(Array.from({ length: 5 }, freePort));
    const connector = { id: 'connector-1', port: rpc1, clientPort: first, frontend: true };
    await using game = await TestGame.ofReference({
      gate: [{ id: 'gate-1', clientPort: gatePort, frontend: true }],
      connector: [connector],
    });
    expect(await game.run('start', '-D')).toMatchObject({ code: 0 });
    await using client = await connect({ host: '127.0.0.1', port: gatePort! });
    const ports = async () => {
      const uids = Array.from({ length: 20 }, (_, n) => `player-${n}`);
      const answers = uids.map((uid) =>
        client.request<{ port: number }>('gate.gateHandler.queryEntry', { uid }),
      );
      return new Set((await Promise.all(answers)).map(({ port }) => port));
    };
    expect(await ports()).toEqual(new Set([first]));
    const fields = [`clientPort=${second}`, `port=${rpc2}`, 'frontend=true'];
    await game.run('add', 'serverType=connector', 'id=connector-2', ...fields);
    await eventually(async () => (await ports()).size === 2, 'players on both');
    await game.run('remove', 'connector-1');
    await eventually(async () => (await ports()).has(first!) === false, 'players on the other alone');
    expect(client.state).toBe('open');
  });

  it('are bounded by a new max-connections, and those that are there stay', async () => {
    const [clientPort, port] = await Promise.all([freePort(), freePort()]);
    const connector = { id: 'connector-1', port, clientPort, frontend: true };
    await using game = await TestGame.ofReference({ connector: [connector] });
    expect(await game.run('start', '-D')).toMatchObject({ code: 0 });
    const join = () => connect({ host: '127.0.0.1', port: clientPort });
    await using one = await join();
    await using two = await join();
    game.write('config/servers.json', { connector: [{ ...connector, 'max-connections': 2 }] });
    expect((await reload(game, '--yes')).stdout).toMatch(
      /max-connections +nothing -> 2 +nothing: applied while/,
    );
    await expect(join()).rejects.toThrow();
    expect([one.state, two.state]).toEqual(['open', 'open']);
  });
});
