import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdminPage } from '../helpers/admin-page.js';

/* What every table and every chart of the page has, in a real browser, of a real cluster. */

let admin: AdminPage;

beforeAll(async () => {
  admin = await AdminPage.start();
  await admin.client.operate('keys.create', { name: 'shop', role: 'viewer' });
});
afterAll(() => admin?.[Symbol.asyncDispose]());
afterEach(() => admin.closePages());

/** The lines of the file that a button gives. */
async function csvOf(page: Page, button = 'main [data-csv]'): Promise<string[]> {
  const given = page.waitForEvent('download');
  await page.locator(button).first().click();
  const file = await given;
  expect(file.suggestedFilename()).toMatch(/^pomelo-ts-.+\.csv$/);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString().trim().split('\n');
}

describe('a table of what is asked for once', () => {
  it.each([
    ['?page=audit', /^when,who,/, /^\d+$/],
    ['?page=accounts', /^name,role,/, /^admin$/],
    ['?page=sessions', /^name,/, /./],
    ['?host=127.0.0.1', /^folder,/, /./],
    ['?server=chat-1&tab=runtime', /^what,/, /./],
    ['?server=chat-1&tab=config', /^setting,/, /./],
    ['?page=rooms', /^name,/, /./],
    ['?page=topology', /^host,/, /./],
  ])('%s is exported as CSV, by what it shows, without its buttons', async (search, heads, key) => {
    const page = await admin.open(search);
    await page.waitForSelector('main table tbody tr');
    const shown = await page.locator('main table').first().locator('tbody tr').count();
    const keys = await page
      .locator('main table')
      .first()
      .locator('tbody tr')
      .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-key') ?? ''));
    expect(keys.some((one) => key.test(one))).toBe(true);
    const [head, ...lines] = await csvOf(page);
    expect(head).toMatch(heads);
    expect(lines).toHaveLength(shown);
    for (const line of lines) expect(line).not.toMatch(/[●○▲✖]/);
    expect(admin.browser.problems).toEqual([]);
  });

  it('has times that programs read', async () => {
    const page = await admin.open('?page=keys');
    await page.waitForSelector('main table tbody tr');
    const [, line] = await csvOf(page);
    expect(line).toMatch(/^shop,viewer,\d+,/);
    await page.goto(`${admin.url}/?page=sessions`);
    await page.waitForSelector('main table tbody tr');
    const [, session] = await csvOf(page);
    expect(session).toMatch(/^admin,127\.0\.0\.1,\d{4}-\d\d-\d\dT[\d:.]+Z,\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });
});

describe('a chart', () => {
  it('gives the query that a Prometheus is asked for to have the same, and its figures as CSV with the numbers as they are', async () => {
    const page = await admin.open('?server=chat-1');
    await page.waitForSelector('.chart canvas', { timeout: 60_000 });
    const charts = await page.locator('.chart').count();
    expect(await page.locator('.chart .query').count()).toBe(charts);
    const memory = page.locator('.chart:has([role="img"][aria-label^="mem" i]) .query');
    await memory.locator('summary').click();
    expect(await memory.locator('[data-copy]').textContent()).toBe(
      'max by (job, server, type, host) (process_resident_memory_bytes{server="chat-1"})',
    );
    await page.click('.figures-table summary');
    const [head, line] = await csvOf(page, '.figures-table [data-csv]');
    expect(head).toMatch(/^time,.*mem/i);
    expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z,.*\d{7,}/);
  });

  it('has a mark where the configuration was changed, also of the whole cluster', async () => {
    const { game } = admin.looked;
    game.write('config/settings.json', { rpc: { timeout: '4s' } });
    const { status, body } = await admin.client.operate('config.apply', {});
    expect([status, body.answer?.diff.changes.length]).toEqual([200, 1]);
    for (const search of ['?server=chat-1', '?page=timeline']) {
      const page = await admin.open(search);
      await page.waitForSelector(
        '.events li:has-text("the configuration was changed: settings.rpc.timeout")',
        {
          timeout: 60_000,
        },
      );
    }
  });
});

describe('a server that is silent', () => {
  it('is named by every page whose lines it should have told', async () => {
    const pid = (await admin.looked.game.rows())['connector-1']!.pid!;
    const pages = [await admin.open('?view=users'), await admin.open('?view=channels')];
    process.kill(pid, 'SIGSTOP');
    try {
      for (const page of pages)
        await page.waitForSelector(
          '.head .notice:has-text("Numbers are missing from 1 servers: connector-1")',
        );
      expect(await pages[0]!.locator('main .tools').count()).toBe(1);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    for (const page of pages)
      await page.waitForSelector('.head .notice:has-text("connector-1")', { state: 'detached' });
  });
});

describe('who asks for less', () => {
  it('motion sees none', async () => {
    const page = await admin.open('', { reducedMotion: 'reduce' });
    await page.waitForSelector('.sparkline path', { state: 'attached' });
    const moving = () =>
      page.evaluate(() =>
        [...document.querySelectorAll('*')]
          .map((one) => [one, getComputedStyle(one)] as const)
          .filter(([, { transitionDuration, animationName }]) =>
            [transitionDuration.split(', ').some((text) => text !== '0s'), animationName !== 'none'].includes(
              true,
            ),
          )
          .map(([one]) => one.outerHTML.slice(0, 80)),
      );
    expect(await moving()).toEqual([]);
    await page.emulateMedia({ reducedMotion: 'no-preference' });
    expect((await moving()).length).toBeGreaterThan(0);
  });

  it('room has no page wider than the screen at 200 %', async () => {
    const page = await admin.open('', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 });
    for (const search of [
      '',
      '?view=servers',
      '?server=chat-1',
      '?page=timeline',
      '?page=audit',
      '?page=keys',
    ]) {
      await page.goto(`${admin.url}/${search}`);
      await page.waitForSelector('.totals');
      await page.waitForSelector('main h1, main table');
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([search, wide]).toEqual([search, 640]);
    }
  });
});
