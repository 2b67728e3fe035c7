import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TestBrowser } from '../helpers/browser.js';
import { commandText, eventually } from '../helpers/cluster-process.js';
import { type LookedAtGame, lookedAtGame, lookedAtSecret } from '../helpers/looked-at-game.js';
import { writePictured } from '../helpers/pictured-game.js';
import { RawClient } from '../helpers/raw-client.js';
import { Screen, type ScreenSize } from '../helpers/screen.js';
import { terminalPicture } from '../helpers/terminal-picture.js';

/* The pictures of `pomelo-ts top`, of a cluster with players. They are written with UPDATE_SCREENSHOT=1. */

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const small: ScreenSize = { columns: 80, rows: 24 };
const large: ScreenSize = { columns: 120, rows: 40 };
const rooms = ['lobby', '大厅', 'guild-7'] as const;

let looked: LookedAtGame;
let browser: TestBrowser;
let page: Page;
let players: readonly Promise<void>[];
let over = false;

/** Plays until the end: asks again and again for one thing. */
async function play(n: number): Promise<void> {
  await using client = await RawClient.join(looked.clientPort);
  await client.request('connector.entryHandler.enter', { uid: n === 3 ? '小明' : `player-${n}` });
  await client.request('chat.chatHandler.join', { room: rooms[n % rooms.length] });
  for (let turn = 0; !over; turn++) {
    // what fails has its stack in the log, with the folders of this machine
    await client.request(`chat.chatHandler.${n === 1 ? 'slow' : 'say'}`, {});
    await client.request('connector.tableHandler.sit', {});
    if (turn % 50 === 10) await client.request('chat.chatHandler.shout', { text: `hand ${turn} is over` });
    if (turn % 50 === 30) await client.request('chat.chatHandler.warn', { text: `table ${n} is full` });
    client.sendPackage(3);
    client.answers.length = client.received.length = 0;
    await sleep(60);
  }
}

beforeAll(async () => {
  looked = await lookedAtGame({}, writePictured);
  browser = await TestBrowser.launch();
  page = await browser.page({ viewport: { width: 1200, height: 900 } });
  players = Array.from({ length: 8 }, (_, n) => play(n + 1));
});
afterAll(async () => {
  over = true;
  await Promise.all(players ?? []);
  await browser?.[Symbol.asyncDispose]();
  await looked?.[Symbol.asyncDispose]();
});

function topScreen(options: string, size: ScreenSize, more: Readonly<Record<string, string>> = {}): Screen {
  const env = { TERM: 'screen-256color', POMELO_TS_SECRET: lookedAtSecret, ...more };
  return new Screen(
    `cd ${looked.game.root}; ${commandText(looked.game, `top -e production ${options}`, { env })}`,
    size,
  );
}

/** Takes a picture; it has to be one, and small enough for a repository where it is written. */
async function picture(screen: Screen, size: ScreenSize, name: string): Promise<void> {
  const taken = await terminalPicture(page, screen.painted(), size);
  expect(taken.length, name).toBeGreaterThan(4_000);
  if (process.env['UPDATE_SCREENSHOT'] !== '1') return;
  expect(taken.length, name).toBeLessThan(350_000);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `top-${name}.png`), taken);
}

it('are taken of users and channels, and of one of each', async () => {
  using screen = topScreen('--view users --sort uid', small);
  await screen.shows('player-8');
  await picture(screen, small, 'users');
  screen.type('/player-4');
  screen.press('Enter');
  await screen.shows('users 1 of');
  screen.press('Enter');
  await screen.shows('channels 1');
  await picture(screen, small, 'user');
  screen.press('Escape');
  await eventually(() => !screen.text().includes('channels 1'), 'the table again');
  screen.press('9');
  await screen.shows('大厅');
  await picture(screen, small, 'channels');
  screen.type('/大厅');
  screen.press('Enter');
  await eventually(() => !screen.text().includes('lobby'), 'that channel alone');
  screen.press('Enter');
  await screen.shows('members');
  await eventually(() => /user +at/.test(screen.text()), 'who is in it');
  await picture(screen, small, 'channel');
});

it('are taken of each part of the page of a server', async () => {
  using screen = topScreen('-f connector-1', small);
  await screen.shows('✓ ready');
  screen.press('Enter');
  await eventually(() => /conn +\S*[▂▃▄▅▆▇█]/.test(screen.text()), 'its charts');
  await picture(screen, small, 'server-overview');
  for (const [key, name, there] of [
    ['2', 'routes', /chat\.chatHandler\.say +[\d,]+ +[1-9]/],
    ['3', 'rpc', /rpc\.\w/],
    ['4', 'clients', /client\.connections/],
    ['5', 'runtime', /heap\.used/],
    ['6', 'config', /POMELO_TS_SECRET/],
  ] as const) {
    screen.press(key);
    await eventually(() => there.test(screen.text()), name);
    await picture(screen, small, `server-${name}`);
  }
  using other = topScreen('-f id=chat-1', small);
  await other.shows('✓ ready');
  other.press('Enter');
  other.press('7');
  await other.shows('is over');
  await picture(other, small, 'server-log');
});

it('are taken of all servers, all logs and of a trace, on a larger terminal', async () => {
  using screen = topScreen('', large);
  await screen.shows('✓ ready');
  await picture(screen, large, 'servers');
  screen.type('L');
  await screen.shows('is over');
  await picture(screen, large, 'logs');
  screen.type('//table [1-4] is full/ around:1');
  screen.press('Enter');
  await screen.shows('filter /table [1-4] is full/ around:1');
  await eventually(() => /warn table [1-4] is full/.test(screen.text()), 'a warning');
  await picture(screen, large, 'logs-around');
  screen.press('Enter');
  await screen.shows('the 10 minutes around it');
  await picture(screen, large, 'moment');
  screen.press('Escape');
  await screen.shows('filter /table [1-4] is full/ around:1');
  screen.press('Escape');
  await screen.shows('✓ ready'); // a key right after esc would be another one
  screen.type(':trace player-2 1m');
  screen.press('Enter');
  // Three lines of each request: the screen is full.
  await eventually(() => screen.text().split('answer').length > 10, 'what happens to player-2');
  await picture(screen, large, 'trace');
});

it('are taken of the other tables, of the help, and of what is asked before something is done', async () => {
  using screen = topScreen('--view routes', small);
  await screen.shows('chat.chatHandler.say');
  await picture(screen, small, 'routes');
  for (const [view, there] of [
    ['rpc', 'tableRemote.seat'],
    ['crons', 'chat-1'],
    ['hosts', '127.0.0.1'],
  ] as const) {
    screen.type(`:${view}`);
    screen.press('Enter');
    await screen.shows(there);
    await picture(screen, small, view);
  }
  screen.press('?');
  await screen.shows('keys of hosts');
  await picture(screen, small, 'help');
  screen.press('Escape');
  await eventually(() => !screen.text().includes('keys of'), 'the table again');
  screen.type(':show leases');
  screen.press('Enter');
  await screen.shows('show leases');
  await picture(screen, small, 'answer');
  screen.press('Escape');
  await screen.shows('127.0.0.1');
  screen.type(':servers');
  screen.press('Enter');
  await screen.shows('✓ ready');
  screen.press('a');
  await screen.shows('undrain');
  await picture(screen, small, 'actions');
  screen.type('r');
  await screen.shows('y does it');
  await picture(screen, small, 'confirm');
});

it('are taken of what is wrong, and of what goes on for long', async () => {
  const { pid } = (await looked.game.rows())['chat-2']!;
  process.kill(pid!, 'SIGKILL');
  using screen = topScreen('--view problems', small);
  await screen.shows('signal SIGKILL');
  await picture(screen, small, 'problems');
  await looked.game.run('start', '-i', 'chat-2', '-e', 'production');
  expect(await looked.game.run('restart', 'chat-2', '-e', 'production')).toMatchObject({ code: 0 });
  screen.type(':operations');
  screen.press('Enter');
  await screen.shows('restart');
  await picture(screen, small, 'operations');
  using other = topScreen('-f id=chat-2', small);
  await other.shows('✓ ready');
  other.press('Enter');
  other.press('8');
  await other.shows('signal SIGKILL');
  await picture(other, small, 'server-events');
});

it('are taken of a host', async () => {
  using screen = topScreen('--view hosts', large);
  await screen.shows('127.0.0.1');
  screen.press('Enter');
  await screen.shows('connector-1');
  await picture(screen, large, 'host');
});

it('are taken without colours', async () => {
  using screen = topScreen('--view users --sort uid', small, { NO_COLOR: '1' });
  await screen.shows('player-8');
  await picture(screen, small, 'users-no-color');
});
