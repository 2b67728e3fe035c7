import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rendezvous } from '@pomelo-ts/common';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { TestBrowser } from '../helpers/browser.js';
import { eventually, RunningCommand } from '../helpers/cluster-process.js';
import { type RunningGame, startGame } from '../helpers/game.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const desktop = { viewport: { width: 1000, height: 640 } };
const phone = { viewport: { width: 390, height: 640 }, hasTouch: true, isMobile: true };

const patience = { timeout: 10_000 };

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** What the page offers with `?debug`. */
interface DebugWindow {
  arena(): { you: number; spots(now: number): Map<number, Spot> };
}

let game: RunningGame;
let browser: TestBrowser;

beforeAll(async () => {
  [game, browser] = await Promise.all([startGame({ mode: 'processes' }), TestBrowser.launch()]);
});
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await game?.[Symbol.asyncDispose]();
});
const pages: Page[] = [];
beforeEach(() => {
  browser.problems.length = 0;
});
afterEach(async () => {
  for (const page of pages.splice(0)) await page.context().close();
});

async function open(options: object = desktop): Promise<Page> {
  const page = await browser.page(options);
  pages.push(page);
  page.setDefaultTimeout(15_000);
  await page.goto(`http://${game.host}:${game.gatePort}/?debug`);
  return page;
}

async function enterForm(page: Page, name: string, room: string): Promise<void> {
  await page.fill('#name', name);
  await page.fill('#room', room);
  await page.click('#join button');
}

async function player(name: string, room: string, options?: object): Promise<Page> {
  const page = await open(options);
  await enterForm(page, name, room);
  await page.waitForSelector('#game:not([hidden])');
  await page.waitForSelector('#status.open');
  return page;
}

async function say(page: Page, text: string): Promise<void> {
  await page.fill('#line', text);
  await page.press('#line', 'Enter');
}

/** Where the page shows the player of this name. */
function spotOf(page: Page, name: string): Promise<Spot | undefined> {
  return page.evaluate((wanted) => {
    const arena = (globalThis as unknown as DebugWindow).arena() as ReturnType<DebugWindow['arena']> & {
      names: Map<number, string>;
    };
    const slot = [...arena.names].find(([, other]) => other === wanted)?.[0];
    return slot === undefined ? undefined : arena.spots(performance.now()).get(slot);
  }, name);
}

/** Waits until both pages show a player who has moved at least `distance` from `from`. */
async function seenMoving(
  watchers: readonly Page[],
  name: string,
  from: Spot,
  distance: number,
): Promise<void> {
  for (const page of watchers) {
    await expect
      .poll(async () => {
        const spot = await spotOf(page, name);
        return spot ? Math.hypot(spot.x - from.x, spot.y - from.y) : 0;
      }, patience)
      .toBeGreaterThan(distance);
  }
}

describe('two pages in one room', () => {
  test('chat with each other, aloud and in private', async () => {
    const ann = await player('Ann', 'talk');
    const bob = await player('Bob', 'talk', phone);
    await ann.waitForSelector('text=Bob has come');
    await say(ann, 'hello <b>Bob</b> 你好');
    await bob.waitForSelector('.line:has-text("hello <b>Bob</b> 你好")');
    await ann.waitForSelector('.line.own:has-text("hello <b>Bob</b> 你好")');
    await bob.click('.line .from:has-text("Ann")');
    await say(bob, 'only for you');
    await ann.waitForSelector('.line.private:has-text("Bob to you")');
    await bob.waitForSelector('.line.private:has-text("you to Ann")');
    await bob.click('#leave');
    await ann.waitForSelector('text=Bob has left');
    expect(browser.problems).toEqual([]);
  });

  test('see each other run in the arena, by keyboard and by touch', async () => {
    const ann = await player('Ann', 'run');
    await ann.waitForSelector('#notice:has-text("Waiting for a second player")');
    const bob = await player('Bob', 'run', phone);
    for (const page of [ann, bob]) await page.waitForSelector('#phase:has-text("Round 1")');
    await expect.poll(() => ann.textContent('#timer'), patience).toMatch(/^(2:00|1:5\d)$/);

    const annStart = (await spotOf(ann, 'Ann'))!;
    await ann.keyboard.down(annStart.x > 800 ? 'ArrowLeft' : 'KeyD');
    await seenMoving([ann, bob], 'Ann', annStart, 120);
    await ann.keyboard.up(annStart.x > 800 ? 'ArrowLeft' : 'KeyD');

    const bobStart = (await spotOf(bob, 'Bob'))!;
    const stage = (await bob.locator('#arena').boundingBox())!;
    const [fingerX, fingerY] = [stage.x + stage.width / 2, stage.y + stage.height / 2];
    await bob.mouse.move(fingerX, fingerY);
    await bob.mouse.down();
    await bob.mouse.move(fingerX + (bobStart.x > 800 ? -70 : 70), fingerY);
    await seenMoving([ann, bob], 'Bob', bobStart, 120);
    await bob.mouse.up();
    await expect.poll(() => ann.locator('.player.hunts').count(), patience).toBe(1);
    expect(await ann.locator('.player').count()).toBe(2);
    expect(browser.problems).toEqual([]);
  });

  test('make a picture for the README', async () => {
    const ann = await player('Ann', 'lobby', { viewport: { width: 1040, height: 540 } });
    const bob = await player('Bob', 'lobby', { ...phone, viewport: { width: 360, height: 540 } });
    await say(ann, 'catch me if you can');
    await say(bob, 'run!');
    await ann.waitForSelector('.line:has-text("run!")');
    const start = (await spotOf(ann, 'Ann'))!;
    await ann.keyboard.down(start.x > 800 ? 'ArrowLeft' : 'ArrowRight');
    await ann.keyboard.press('Space');
    await seenMoving([ann, bob], 'Ann', start, 100);
    const shots = await Promise.all([ann, bob].map((page) => page.screenshot()));
    const sheet = await open({ viewport: { width: 1040 + 360 + 72, height: 540 + 48 } });
    const images = shots.map((shot) => `<img src="data:image/png;base64,${shot.toString('base64')}">`);
    await sheet.setContent(
      `<style>body{margin:0;padding:24px;display:flex;gap:24px;background:#05070b}img{border-radius:12px}</style>${images.join('')}`,
    );
    const picture = await sheet.screenshot();
    expect(picture.length).toBeGreaterThan(50_000);
    if (process.env['UPDATE_SCREENSHOT'] !== '1') return;
    expect(picture.length).toBeLessThan(300_000);
    mkdirSync(join(repository, 'docs/images'), { recursive: true });
    writeFileSync(join(repository, 'docs/images/two-players.png'), picture);
  });
});

test('a name that is taken is told in the form, and another one can be tried', async () => {
  await player('Ann', 'taken');
  const other = await open();
  await enterForm(other, 'Ann', 'taken');
  await other.waitForSelector('#join-problem:has-text("somebody called Ann is in that room already")');
  await enterForm(other, 'a*b', 'taken');
  await other.waitForSelector('#join-problem:has-text("a name has no *")');
  await enterForm(other, 'Anna', 'taken');
  await other.waitForSelector('#game:not([hidden])');
});

describe('when a server is killed', () => {
  /** Kills a server of the game by its id or its clients' port; the others must not notice. */
  async function kill(matches: (row: { id: string; clientPort?: number }) => boolean): Promise<void> {
    const { stdout } = await new RunningCommand(['list', '--json', '--directory', game.root], {}).ended;
    const rows = JSON.parse(stdout) as { id: string; pid: number; clientPort?: number }[];
    const row = rows.find(matches);
    if (!row) throw new Error(`no such server in ${stdout}`);
    process.kill(row.pid, 'SIGKILL');
  }

  test('the page says that it reconnects, and is back in the room by another connector', async () => {
    const ann = await player('Ann', 'kill');
    const server = (await ann.getAttribute('#status', 'title'))!;
    // Somebody on the other connector, who sees Ann go and come.
    let bob: Page | undefined;
    for (let i = 0; !bob; i++) {
      const candidate = await player(`Bob${i}`, 'kill');
      if ((await candidate.getAttribute('#status', 'title')) !== server) bob = candidate;
    }
    const port = Number(/:(\d+)$/.exec(server)?.[1]);
    await kill(({ clientPort }) => clientPort === port);
    await ann.waitForSelector('#status.waiting');
    await bob.waitForSelector('text=Ann has left');
    await ann.waitForSelector('#status.open');
    expect(await ann.getAttribute('#status', 'title')).not.toBe(server);
    await bob.waitForSelector('text=Ann has come');
    await say(bob, 'welcome back');
    await ann.waitForSelector('.line:has-text("welcome back")');
  });

  test('an arena goes on, on another server', async () => {
    const ann = await player('Ann', 'arena');
    const bob = await player('Bob', 'arena');
    for (const page of [ann, bob]) await page.waitForSelector('#phase:has-text("Round 1")');
    const servers = ['cluster-server-arena-0', 'cluster-server-arena-1'];
    const owner = rendezvous('arena', servers, (id) => id);
    await kill(({ id }) => id === owner);
    const start = (await spotOf(ann, 'Ann'))!;
    await ann.keyboard.down(start.x > 800 ? 'ArrowLeft' : 'ArrowRight');
    await seenMoving([ann, bob], 'Ann', start, 150);
    await ann.keyboard.up(start.x > 800 ? 'ArrowLeft' : 'ArrowRight');
  });

  test('a chat room goes on, on another server, also for those who only listen', async () => {
    const [ann, bob] = [await player('Ann', 'talk'), await player('Bob', 'talk')];
    const servers = ['cluster-server-chat-0', 'cluster-server-chat-1'];
    const owner = rendezvous('talk', servers, (id) => id);
    await kill(({ id }) => id === owner);
    // What is said before the others' connectors have moved them is heard by some only.
    await eventually(async () => {
      await say(ann, 'still here?');
      return (await bob.locator('.line:has-text("still here?")').count()) > 0;
    }, 'Bob hearing Ann');
    await say(bob, 'yes');
    await ann.waitForSelector('.line:has-text("yes")');
  });
});
