import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdminPage, rowOf } from '../helpers/admin-page.js';
import { faultsOf } from '../helpers/axe.js';
import { eventually } from '../helpers/cluster-process.js';
import { RawClient } from '../helpers/raw-client.js';

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
  ['?server=chat-1&tab=routes', '.tabs'],
  ['?server=chat-1&tab=rpc', '.tabs'],
  ['?server=connector-1&tab=clients', '.tabs'],
  ['?server=chat-1&tab=runtime', 'main table'],
  ['?server=chat-1&tab=config', 'main table'],
  ['?server=chat-1&tab=log', '.log'],
  ['?page=logs', '.log'],
  ['?page=rooms', 'main table'],
  ['?page=rooms&at=chat-1&kind=table&name=vip-1', '.log'],
  ['?view=users', '.tools'],
  ['?view=channels', '.tools'],
  ['?page=channel&name=lobby&at=chat-1', 'main p:has-text("lobby")'],
  ['?server=chat-1&tab=profile', '[data-take]'],
  ['?page=topology', '.map'],
  ['?host=127.0.0.1', 'dl.now'],
  ['?page=timeline', 'h1'],
  ['?page=users&uid=nobody', 'main p:has-text("nobody")'],
  ['?page=audit', 'main table'],
  ['?page=operate', '[data-operation]'],
  ['?page=operate&verb=blacklist.add', '[data-form] textarea'],
  ['?page=operate&verb=push.send', '[data-form] textarea'],
  ['?page=operate&verb=cluster.stop', '[data-ask]'],
  ['?page=accounts', 'main table'],
  ['?page=keys', '[data-add]'],
  ['?page=approvals', 'main h1'],
  ['?page=sessions', 'main table'],
  ['?page=account', '.details'],
] as const;

async function inBothThemes(page: Page, what: string): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    expect([what, theme, await faultsOf(page)]).toEqual([what, theme, []]);
  }
}

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

  it('axe finds nothing wrong with the forms of a link, a second factor and a proof, nor with a trace that runs', async () => {
    const fresh = await admin.openSignedOut(await admin.invite(`new-${lang.toLowerCase()}`, 'viewer'), {
      locale,
    });
    await fresh.waitForSelector('input[type="password"]');
    await fresh.waitForSelector('input[readonly]');
    await inBothThemes(fresh, 'set-up');
    const page = await admin.open('?page=account', { locale });
    await page.click('main button:has-text("Set up a second factor"), main button:has-text("设置第二因子")');
    await page.waitForSelector('[data-copy]');
    await page.waitForSelector('.qr');
    await inBothThemes(page, 'second factor');
    await page.goto(`${admin.url}/?page=accounts`);
    await page.route('**/operations/accounts.add', (route) =>
      route.fulfill({ status: 403, json: { error: { code: 'PROOF_NEEDED', message: 'prove it' } } }),
    );
    await page.fill('[data-add] input', 'tim');
    await page.click('[data-add] button');
    await page.waitForSelector('[data-proof]');
    await inBothThemes(page, 'proof');
    await using client = await RawClient.join(admin.looked.clientPort);
    await client.request('connector.entryHandler.enter', { uid: 'ann' });
    await page.goto(`${admin.url}/?page=users&uid=ann`);
    await page.click('[data-trace]');
    await page.waitForSelector('.log');
    await client.request('chat.chatHandler.say', {});
    await page.waitForSelector('.log p');
    await inBothThemes(page, 'trace');
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
