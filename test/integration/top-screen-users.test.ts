import { ClusterKeys, connectOperator, dialSecure } from '@pomelo-ts/cluster';
import type { Operations } from '@pomelo-ts/master';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandText, eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame, lookedAtSecret } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';
import { Screen, type ScreenSize } from '../helpers/screen.js';

/* Who is connected and which channels there are, in a real terminal. */

let looked: LookedAtGame;

beforeAll(async () => {
  looked = await lookedAtGame();
});

afterAll(() => looked[Symbol.asyncDispose]());

function topScreen(options = '', size: ScreenSize = { columns: 80, rows: 24 }): Screen {
  const env = { TERM: 'screen-256color', POMELO_TS_SECRET: lookedAtSecret };
  return new Screen(
    `cd ${looked.game.root}; ${commandText(looked.game, `top -e production ${options}`, { env })}`,
    size,
  );
}

async function player(uid: string | number, room?: string): Promise<RawClient> {
  const client = await RawClient.join(looked.clientPort);
  await client.request('connector.entryHandler.enter', { uid });
  if (room !== undefined) await client.request('chat.chatHandler.join', { room });
  return client;
}

const tableOf = (screen: Screen, head: RegExp): string[] => {
  const lines = screen.text().split('\n');
  const at = lines.findIndex((line) => head.test(line));
  return at < 0 ? [] : lines.slice(at + 1).filter((line) => /^[> ] \S/.test(line));
};

describe('the users of pomelo-ts top', () => {
  it('are found by a filter and sorted, opened with where they are, since when and in which channels, and kicked', async () => {
    await using loud = await player('loud-1', 'lobby');
    await using calm = await player('calm-2', 'lobby');
    await using _third = await player(42);
    using screen = topScreen();
    await screen.shows('✓ ready');
    screen.press('6');
    await screen.shows('users 3; by trouble');
    for (const key of ['s', 'n']) screen.press(key);
    await eventually(
      () => /^> 42 /.test(tableOf(screen, / user</)[0] ?? '') && tableOf(screen, / user</).length === 3,
      'all three, by their uids',
    );
    expect(tableOf(screen, / user</)[1]).toMatch(/calm-2 +connector-1 +127\.0\.0\.1 +\d+s/);
    screen.type('/loud');
    await screen.shows('users 1 of 3');
    screen.press('Enter');
    screen.press('Enter');
    await screen.shows('channels 1');
    const page = screen.text();
    expect(page).toMatch(/^ loud-1$/m);
    expect(page).toMatch(
      /sessions 1\n +at +address +for +queue +asked +session\n +connector-1 +127\.0\.0\.1 +\d+s +0K +0 /,
    );
    expect(page).toMatch(/channels 1\n +channel +at\n +lobby +chat-\d/);
    for (const key of ['a', 'k']) screen.press(key);
    await screen.shows('kick loud-1? y does it');
    expect(screen.text()).toContain('Ends all sessions of a user');
    screen.press('y');
    await screen.shows('kick loud-1: ended 1 session on connector-1');
    await loud.closed();
    await screen.shows('none of 2 users meets the filter');
    expect(calm.kicked).toBeUndefined();
  });

  it('are met by comparisons and regular expressions on their servers, which tell what makes no sense', async () => {
    await using _one = await player('ann-1');
    await using _two = await player('bob-2');
    using screen = topScreen('--view users --sort uid');
    await screen.shows('bob-2');
    screen.type('/');
    screen.type('/^ann-[0-9]$/ queue<1K');
    await eventually(() => !screen.text().includes('bob-2') && screen.text().includes('ann-1'), 'ann alone');
    screen.press('C-u');
    screen.type('/(a+)+\\1$/');
    await screen.shows('escape');
  });
});

describe('the channels of pomelo-ts top', () => {
  it('are shown with their sizes, the largest first, and opened with who is in them', async () => {
    await using _a = await player('cara', 'plaza');
    await using _b = await player('dora', 'plaza');
    using screen = topScreen('--view channels --sort members', { columns: 100, rows: 30 });
    await screen.shows('plaza');
    expect(tableOf(screen, /members>/).some((line) => /plaza +chat-\d +[12]/.test(line))).toBe(true);
    screen.type('/name=plaza');
    screen.press('Enter');
    await eventually(() => !screen.text().includes('lobby'), 'plaza alone');
    screen.press('Enter');
    await eventually(() => /user +at\n +(cara|dora) +connector-1/.test(screen.text()), 'who is in it');
  });
});

describe('who may look at users', () => {
  it('is written down once for each look, with the filter', async () => {
    const { port } = JSON.parse(looked.game.read('config/master.json')) as { port: number };
    const keys = await ClusterKeys.of({ secret: lookedAtSecret });
    const client = await connectOperator<Operations>({
      dial: () => dialSecure({ host: '127.0.0.1', port }, keys.operator),
      principal: { name: 'ann', via: 'test' },
    });
    const records = async () => (await client.operate('audit.read', { verb: 'views.' })).records;
    const before = (await records()).length;
    await client.operate('views.read', { view: 'servers' });
    await client.operate('views.read', { view: 'users', filter: 'uid=42' });
    const after = await records();
    expect(after.length - before).toBe(1);
    expect(JSON.stringify(after[0])).toContain('uid=42');
    client.close();
  });
});
