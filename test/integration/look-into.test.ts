import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText, eventually } from '../helpers/cluster-process.js';
import {
  type LookedAtGame,
  lookedAtGame,
  lookedAtSecret,
  saidToConsole,
  temporaryOf,
} from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';
import { Screen } from '../helpers/screen.js';

/* A real cluster, whose servers and users are looked into by real commands. */

let looked: LookedAtGame;

beforeAll(async () => {
  looked = await lookedAtGame();
});

afterAll(() => looked[Symbol.asyncDispose]());

const profilesOfServers = () =>
  readdirSync(temporaryOf(looked.game)).filter((name) => name.startsWith('pomelo-ts-profile-'));

describe('pomelo-ts profile', () => {
  it('brings a CPU profile that names the function which takes the time', async () => {
    const { game, clientPort } = looked;
    // each session stays with one of the chat servers: some are with the one that is looked at
    const clients = await Promise.all(Array.from({ length: 6 }, () => RawClient.join(clientPort)));
    const file = join(game.root, 'chat.cpuprofile');
    const profiling = game.begin('profile', 'chat-1', '--cpu', '2s', '-o', file, '-e', 'production');
    while (profiling.child.exitCode === null)
      await Promise.all(clients.map((client) => client.request('chat.chatHandler.burn', {})));
    for (const client of clients) await client[Symbol.asyncDispose]();
    const { code, stdout, stderr } = await profiling.ended;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^wrote .*chat\.cpuprofile \(\d+ KiB\); Performance of Chrome's DevTools opens it$/m,
    );
    const [, , first] = stdout.split('\n');
    expect(first).toMatch(/^\d+\.\d% +burn(TheTime)? +.*chat\/handler\/chatHandler\.js:\d+$/);
    const { nodes, samples } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown[]>;
    expect(nodes!.length).toBeGreaterThan(10);
    expect(samples!.length).toBeGreaterThan(100);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('brings a heap snapshot, and leaves no file on the host of the server', async () => {
    const { game } = looked;
    const file = join(game.root, 'chat.heapsnapshot');
    const { code, stderr } = await game.run('profile', 'chat-1', '--heap', '-o', file, '-e', 'production');
    expect([code, stderr]).toEqual([0, '']);
    const { snapshot } = JSON.parse(readFileSync(file, 'utf8')) as { snapshot: { node_count: number } };
    expect(snapshot.node_count).toBeGreaterThan(1000);
    await eventually(() => profilesOfServers().length === 0, 'the file of the server to go');
  });

  it('takes no heap snapshot of a server with clients, unless that is forced', async () => {
    const { game, clientPort } = looked;
    await using _ = await RawClient.join(clientPort);
    const file = join(game.root, 'connector.heapsnapshot');
    const take = (...more: string[]) =>
      game.run('profile', 'connector-1', '--heap', '-o', file, '-e', 'production', ...more);
    const refused = await take();
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        /connector-1 has 1 clients, and a heap snapshot would stop it for about \d+ s: drain it first, or let them wait: pomelo-ts profile connector-1 --heap --force/,
      ),
    ]);
    expect((await take('--force')).code).toBe(0);
  });

  it('takes one at a time', async () => {
    const { game } = looked;
    const file = (n: number) => join(game.root, `${n}.cpuprofile`);
    const first = game.begin('profile', 'chat-2', '--cpu', '5s', '-o', file(1), '-e', 'production');
    await eventually(() => profilesOfServers().length > 0, 'the first profile to begin');
    const second = await game.run('profile', 'chat-2', '--cpu', '1s', '-o', file(2), '-e', 'production');
    expect([second.code, second.stderr]).toEqual([
      1,
      expect.stringContaining('chat-2 takes a profile already'),
    ]);
    expect((await first.ended).code).toBe(0);
  });

  it('is taken no further once its command has ended by Ctrl-C: another may be taken at once', async () => {
    const { game } = looked;
    const file = (n: number) => join(game.root, `given-up-${n}.cpuprofile`);
    const first = game.begin('profile', 'chat-2', '--cpu', '60s', '-o', file(1), '-e', 'production');
    await eventually(() => profilesOfServers().length > 0, 'the first profile to begin');
    first.child.kill('SIGINT');
    await first.ended;
    await eventually(() => profilesOfServers().length === 0, 'the server to take it no further');
    const second = await game.run('profile', 'chat-2', '--cpu', '100ms', '-o', file(2), '-e', 'production');
    expect([second.code, second.stderr, existsSync(file(1))]).toEqual([0, '', false]);
  });

  it.each([
    [['nobody'], 2, /There is no server, type or host nobody/],
    [['chat-1', '--cpu', 'x'], 2, /expected --cpu as a duration with its unit/],
    [['chat-1', '--cpu', '10m'], 2, /at most 60000/],
    [['chat-1', '--force'], 2, /heap/],
  ])('%j is refused with what was expected', async (args, code, message) => {
    const file = join(looked.game.root, 'none.cpuprofile');
    const answer = await looked.game.run('profile', ...args, '-o', file, '-e', 'production');
    expect([answer.code, answer.stderr]).toEqual([code, expect.stringMatching(message)]);
    expect(existsSync(file)).toBe(false);
  });
});

describe('pomelo-ts users and kick', () => {
  it('find a user wherever they are, and end their sessions with the reason', async () => {
    const { game, clientPort } = looked;
    await using ann = await RawClient.join(clientPort);
    await using other = await RawClient.join(clientPort);
    await ann.request('connector.entryHandler.enter', { uid: 'ann@例' });
    await other.request('connector.entryHandler.enter', { uid: 42 });
    const found = await game.run('users', 'ann@例', '-e', 'production');
    expect(found.stdout).toMatch(/^frontend +session +address\nconnector-1 +\S+ +127\.0\.0\.1$/m);
    expect((await game.run('users', '42', '-e', 'production')).stdout).toContain('connector-1');
    const kicked = await game.run('kick', 'ann@例', '--reason', 'maintenance', '-e', 'production');
    expect([kicked.code, kicked.stdout]).toEqual([0, 'ended 1 session of ann@例 on connector-1\n']);
    await ann.closed();
    expect((await game.run('users', 'ann@例', '-e', 'production')).stdout).toBe('ann@例 is not connected\n');
    expect(game.read('logs/master.log')).toMatch(/"verb":"users.kick"/);
    const audit = await game.run('audit', '--verb', 'users.kick', '-e', 'production');
    expect(audit.stdout).toMatch(/ users\.kick +ann@例 +begun +maintenance$/m);
    expect(audit.stdout).toMatch(/ users\.kick +ann@例 +done$/m);
    expect(await other.request('chat.chatHandler.say', {})).toEqual({ code: 200 });
  });

  it('tell of a frontend that does not answer, as the user may be there', async () => {
    const { game } = looked;
    const { pid } = (await game.rows())['connector-1']!;
    process.kill(pid!, 'SIGSTOP');
    try {
      const { code, stdout, stderr } = await game.run('kick', 'bob', '-e', 'production');
      expect([code, stdout]).toEqual([1, 'bob is not connected\n']);
      expect(stderr).toMatch(/^warning connector-1 did not answer, and may have the user, too: /);
    } finally {
      process.kill(pid!, 'SIGCONT');
    }
  });
});

describe('pomelo-ts loglevel', () => {
  const linesOf = (game: LookedAtGame['game'], text: string) =>
    game
      .read('logs/chat-1.log')
      .split('\n')
      .filter((line) => line.includes(text)).length;

  it('has a server log more, until that is taken back or its time is over', async () => {
    const { game, clientPort } = looked;
    await using client = await RawClient.join(clientPort);
    const levels = (level: string, ...more: string[]) =>
      game.run('loglevel', level, '-t', 'chat', '-e', 'production', ...more);
    const say = async () => {
      await client.request('chat.chatHandler.murmur', {});
      return (
        linesOf(game, 'a word for developers') +
        game.read('logs/chat-2.log').split('a word for developers').length -
        1
      );
    };
    expect(await say()).toBe(0);
    expect(await levels('debug')).toMatchObject({
      code: 0,
      stdout: '2 servers log at debug for 1h: chat-1 chat-2\n',
    });
    expect(await say()).toBe(1);
    expect((await levels('settings')).stdout).toContain('2 servers log as their settings say');
    expect(await say()).toBe(1);
    const one = await game.run('loglevel', 'settings', 'chat-2', '-e', 'production');
    expect(one.stdout).toBe('1 server logs as its settings say: chat-2\n');
    expect((await levels('debug', '--for', '1s')).code).toBe(0);
    await eventually(async () => {
      const before = await say();
      return (await say()) === before;
    }, 'the end of its time');
  });

  it('tells a time that is none, and a level that there is not', async () => {
    const { game } = looked;
    expect(await game.run('loglevel', 'debug', '--for', 'long', '-e', 'production')).toMatchObject({
      code: 2,
    });
    expect((await game.run('loglevel', 'loud', '-e', 'production')).stderr).toContain('debug');
  });
});

describe('pomelo-ts console', () => {
  const say = (...lines: string[]) => saidToConsole(looked.game, ...lines);

  it('does what a pipe says, line by line', async () => {
    const { code, stdout, stderr } = await say(
      'show servers',
      'use chat-1',
      'servers.loglevel level=warn',
      'users.online uids=ann',
      'quit',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^chat-1 +chat +/m);
    expect(stdout).toMatch(/"changed": \[\n +"chat-1"\n +\]/);
    expect(stdout).toContain('"online": []');
  });

  it('asks a person before anything changes, for whom Ctrl-C and Ctrl-D are a no', async () => {
    const env = { POMELO_TS_SECRET: lookedAtSecret };
    using screen = new Screen(commandText(looked.game, 'console', { env }, '-e', 'production'));
    await screen.shows('quit leaves');
    screen.type('stop chat\n');
    await screen.shows('error chat is a type, and no server: -t chat means all of it\n>');
    screen.type('stop chat-2\n');
    await screen.shows('servers.stop {"ids":["chat-2"]}\nStops the servers');
    await screen.shows('Type y to have it done:');
    screen.type('y');
    screen.press('C-c');
    await screen.shows('nothing was done\n>');
    screen.type('stop cha');
    screen.press('C-c');
    await screen.shows('stop cha\n>');
    screen.type('use chat-1\n');
    await screen.shows('chat-1>');
    screen.type('stop\n');
    await screen.shows('chat-1> stop\nservers.stop {"ids":["chat-1"]}');
    screen.press('C-d');
    await screen.shows('exit 0');
    expect((await looked.game.rows())['chat-2']).toMatchObject({ state: 'ready' });
  });

  it('ends a pipe at the first line that fails, and says what was expected', async () => {
    const { code, stdout, stderr } = await say('servers.stp ids=chat-1', 'show servers');
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe('error there is no servers.stp; did you mean servers.stop?\n');
    expect((await say('help kick')).stdout).toBe('kick <uid> [reason]: ends all sessions of a user\n');
    expect((await say('help servers.loglevel')).stdout).toMatch(
      /^servers\.loglevel ids=<list> .*forMs=<number>\n {2}Has servers log .*\n {2}ids +Servers by their ids\..*\n {2}forMs +For how long, in milliseconds; an hour without it\.\n$/s,
    );
    expect((await say('help kik')).stderr).toBe('error there is no kik; did you mean kick?\n');
    expect((await say('use chat-9')).stderr).toMatch(
      /^error there is no server chat-9; did you mean chat-\d\?$/m,
    );
    expect((await say('log.read id=nobody request={"lines":1}')).stderr).toContain(
      'There is no server, type or host nobody',
    );
  });
});
