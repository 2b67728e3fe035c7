import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdminPage, rowOf } from '../helpers/admin-page.js';
import { faultsOf } from '../helpers/axe.js';
import { eventually } from '../helpers/cluster-process.js';

/* A real cluster, its real admin, and a real browser. */

let admin: AdminPage;

beforeAll(async () => {
  admin = await AdminPage.start();
});
afterAll(() => admin?.[Symbol.asyncDispose]());
afterEach(() => admin.closePages());

/** All pages, and what is there once they are. */
const everyPage = [
  ['', 'table[data-view="servers"]'],
  ['?view=servers', 'table[data-view="servers"]'],
  ['?view=hosts', 'table[data-view="hosts"]'],
  ['?view=routes', '.tools'],
  ['?view=rpc', '.tools'],
  ['?view=problems', '.tools'],
  ['?view=crons', '.tools'],
  ['?view=operations', '.tools'],
  ['?server=chat-1', '.chart canvas'],
  ['?server=chat-1&tab=log', '.log'],
  ['?server=chat-1&tab=profile', '[data-take]'],
  ['?page=topology', '.map'],
  ['?page=timeline', 'h1'],
  ['?page=users&uid=nobody', 'main p:has-text("nobody")'],
  ['?page=audit', 'main table'],
  ['?page=accounts', 'main table'],
  ['?page=keys', '[data-add]'],
  ['?page=sessions', 'main table'],
  ['?page=account', '.details'],
] as const;

describe.each([
  ['English', 'en', 'en'],
  ['Chinese', 'zh-CN', 'zh-CN'],
] as const)('in %s', (_, locale, lang) => {
  it('axe finds nothing wrong with any page, light or dark', async () => {
    const page = await admin.open('', { locale });
    expect(await page.getAttribute('html', 'lang')).toBe(lang);
    for (const [search, there] of everyPage) {
      await page.goto(`${admin.url}/${search}`);
      await page.waitForSelector(there);
      await page.waitForSelector('.totals');
      for (const theme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme: theme });
        expect([search, theme, await faultsOf(page)]).toEqual([search, theme, []]);
      }
    }
    await page.goto(`${admin.url}/?view=servers`);
    await page.click(`${rowOf('chat-1')} [data-act]`);
    await page.waitForSelector('dialog[open]');
    expect(await faultsOf(page)).toEqual([]);
    await page.click('[data-verb="servers.stop"]');
    await page.waitForSelector('[data-confirm]');
    expect(await faultsOf(page)).toEqual([]);
    const out = await admin.openSignedOut('', { locale });
    await out.waitForSelector('form');
    expect(await faultsOf(out)).toEqual([]);
  });
});

describe('on a phone', () => {
  it('of 320 pixels no page is wider than the screen, and the first has problems, totals and servers', async () => {
    const page = await admin.open('', {
      viewport: { width: 320, height: 640 },
      isMobile: true,
      hasTouch: true,
    });
    for (const [search, there] of everyPage) {
      await page.goto(`${admin.url}/${search}`);
      await page.waitForSelector(there);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect([search, wide]).toEqual([search, 320]);
    }
    await page.goto(admin.url);
    await page.waitForSelector('.totals');
    await page.waitForSelector('table[data-view="servers"]');
    await page.click('summary:has-text("Menu")');
    await page.click('nav >> text=Topology');
    await page.waitForSelector('.map');
  });

  it('light and dark, and the language, are as chosen after a reload', async () => {
    const page = await admin.open('', { colorScheme: 'light' });
    const back = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await back();
    await page.locator('label:has-text("Colours") select').selectOption('dark');
    await eventually(async () => (await back()) !== light, 'dark');
    await page.locator('label:has-text("Language") select').selectOption('zh');
    await page.waitForSelector('h1:text("总览")');
    await page.reload();
    await page.waitForSelector('h1:text("总览")');
    expect(await back()).not.toBe(light);
  });
});
