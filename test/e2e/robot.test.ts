import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { TestBrowser } from '../helpers/browser.js';
import { type RunningGame, startGame } from '../helpers/game.js';
import { LoadTests, players } from '../helpers/load-test.js';
import { Screen } from '../helpers/screen.js';

/** Whatever a script, a server or a player can name, a page must show and a terminal must survive. */
const hostile = `
const evil = '</td></table><script>document.title = "owned"</script><img src="http://127.0.0.1:9/x">\\u001b[2J\\u202e';
export default {
  options: { users: 6, durationMs: 2500, workers: 2 },
  thresholds: [evil.replace(/\\s/g, '') + ' p99<1ms', 'p99<10s'],
  async player(robot) {
    await robot.connect();
    await robot.request('connector.entryHandler.enter', { username: robot.uid, rid: 'hostile' });
    robot.on('onChat', () => {});
    while (robot.running) {
      await robot.request('chat.chatHandler.send', { content: evil });
      await robot.request('chat.' + evil);
      await robot.measure(evil, () => {}).then(() => robot.count(evil));
      await robot.think(50);
      if (robot.random() < 0.1) throw new Error(evil);
    }
  },
};
`;

let game: RunningGame;
let browser: TestBrowser;
let tests: LoadTests;

beforeAll(async () => {
  [game, browser] = await Promise.all([startGame({ mode: 'single' }), TestBrowser.launch()]);
  tests = new LoadTests(game, { 'hostile.mjs': hostile });
});
afterAll(async () => {
  tests?.[Symbol.dispose]();
  await browser?.[Symbol.asyncDispose]();
  await game?.[Symbol.asyncDispose]();
});

const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);

describe('the report of a load test in a browser', () => {
  let page: Page;
  const asked: string[] = [];

  beforeAll(async () => {
    const { code, stderr } = await tests.run('hostile.mjs', '--report', tests.file('report.html'));
    expect([code, stderr]).toEqual([1, '']);
    page = await browser.page({ viewport: { width: 1280, height: 900 } });
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(pathToFileURL(tests.file('report.html')).href);
  });

  test('shows charts, rows, thresholds and errors', async () => {
    expect(await page.locator('.chart h3').allTextContents()).toEqual([
      ...['Users', 'Requests per second', 'Times of requests', 'Errors per second', 'Pushes per second'],
      'Load of the busiest worker',
    ]);
    const requests = await page.locator('.chart:has-text("Requests per second") .line').boundingBox();
    expect(requests!.width).toBeGreaterThan(100);
    const names = await page.locator('#rows tbody th').allTextContents();
    expect(names).toContain('connect');
    expect(names).toContain('chat.chatHandler.send');
    expect(await page.locator('#thresholds tbody tr').count()).toBe(2);
    expect(await page.locator('#thresholds .good').textContent()).toBe('✔ holds');
    expect(await page.locator('#errors tbody tr').count()).toBeGreaterThanOrEqual(2);
    expect(await page.locator('.badge').textContent()).toBe('✘ failed');
  });

  test('reads a value where one points at', async () => {
    const chart = page.locator('.chart:has-text("Times of requests")');
    const text = chart.locator('.at text').nth(1);
    expect(await text.isVisible()).toBe(false);
    await chart.locator('.at rect').nth(1).hover();
    expect(await text.isVisible()).toBe(true);
    expect(await text.textContent()).toMatch(/^2s\s+p50 \S+ ms\s+p95 \S+ ms\s+p99 \S+ ms$/);
  });

  test('takes what players and servers wrote as text, asks the network for nothing and complains of nothing', async () => {
    expect(await page.title()).toMatch(/hostile\.mjs: failed$/);
    expect(await page.locator('script, img, table table').count()).toBe(0);
    expect(await page.locator('#counts').textContent()).toContain(
      '<script>document.title = "owned"</script>',
    );
    expect(asked).toEqual([pathToFileURL(tests.file('report.html')).href]);
    expect(browser.problems).toEqual([]);
  });

  test('is dark for those who like that, light on paper, and no wider than a phone', async () => {
    expect(await background(page)).toBe('rgb(246, 247, 249)');
    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await background(page)).toBe('rgb(18, 22, 28)');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await background(page)).toBe('rgb(255, 255, 255)');
    await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
    await page.setViewportSize({ width: 390, height: 800 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  });
});

describe('a load test on a terminal', () => {
  test('is a table that is drawn again in its place, and ends with the summary after Ctrl-C', async () => {
    using screen = new Screen(tests.commandText(players, '-u', '20', '--ramp', '1s', '--duration', '1h'));
    const first = await screen.shows('20 active');
    expect(first).toMatch(
      /^\S*players\.ts {2}\d+s of 1h\nusers: 20 active, 0 connecting, 0 failed, 0 to come$/m,
    );
    expect(first).toMatch(/^ +COUNT +RATE +P50 +P95 +P99 +MAX +ERRORS$/m);
    const send = () =>
      Number(/^chat\.chatHandler\.send +([\d,]+)/m.exec(screen.text())?.[1]?.replace(',', '') ?? 0);
    const count = send();
    await expect.poll(send).toBeGreaterThan(count);
    expect(screen.text().match(/users:/g)).toHaveLength(1);
    screen.press('C-c');
    const ended = await screen.shows('exit 0');
    expect(ended).toMatch(/^20 users in \d+s: stopped before its time$/m);
    expect(ended).toMatch(/^holds errors<1% \(0%\)$/m);
    expect(ended).not.toContain('to come');
  });

  test('survives names that would move the cursor', async () => {
    using screen = new Screen(tests.commandText('hostile.mjs'));
    const ended = await screen.shows('exit 1');
    // Of a screen that was cleared, what stood above would be gone.
    expect(ended).toContain('[2J');
    expect(ended.split('\n').filter((line) => line !== '').length).toBeGreaterThan(20);
    expect(ended).toContain('holds p99<10s');
  });
});
