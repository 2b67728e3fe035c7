import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { AdminPage, rowOf } from '../helpers/admin-page.js';
import { eventually } from '../helpers/cluster-process.js';
import { RawClient } from '../helpers/raw-client.js';

/* The pictures of the guide, of a cluster with players. They are written with UPDATE_SCREENSHOT=1. */

const folder = fileURLToPath(new URL('../../docs/pictures/', import.meta.url));
const handlers = ['slow', 'burn', 'fail', 'say', 'say', 'say', 'say', 'say'] as const;

let admin: AdminPage;
let players: readonly Promise<void>[];
let over = false;

/** Plays until the end: asks again and again for one thing. */
async function play(handler: string, n: number): Promise<void> {
  await using client = await RawClient.join(admin.looked.clientPort);
  await client.request('connector.entryHandler.enter', { uid: `player-${n}` });
  while (!over) {
    // a failure is an answer, too; nothing is kept of any
    await client.request(`chat.chatHandler.${handler}`, { text: '' }).catch(() => {});
    client.sendPackage(3);
    client.answers.length = client.received.length = 0;
    await sleep(handler === 'fail' ? 900 : 40);
  }
}

beforeAll(async () => {
  admin = await AdminPage.start();
  players = handlers.map(play);
  await admin.account('小明', 'operator');
  await admin.account('vera', 'viewer');
  await admin.client.operate('keys.create', { name: 'shop', role: 'operator', days: 90 });
  await admin.client.operate('users.find', { uid: 'player-3' });
  await admin.client.operate('servers.restart', { ids: ['chat-2'], watchMs: 0 });
});
afterAll(async () => {
  over = true;
  await Promise.all(players);
  await admin[Symbol.asyncDispose]();
});
afterEach(() => admin.closePages());

/** Takes a picture; it has to be one, and small enough for a repository. */
async function picture(page: Page, name: string): Promise<void> {
  if (name !== 'sign-in-light') await page.waitForSelector('.totals');
  const taken = await page.screenshot();
  expect([name, taken.length > 8_000, taken.length < 200_000]).toEqual([name, true, true]);
  if (process.env['UPDATE_SCREENSHOT'] !== '1') return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `web-admin-${name}.png`), taken);
}

it('are taken of a cluster that is well', async () => {
  const page = await admin.open('?view=routes&sort=p99', { colorScheme: 'dark' });
  await eventually(async () => (await page.locator('tbody tr').count()) > 6, 'routes');
  // a line that is flat has no height
  await page.waitForSelector('.sparkline path[d*="L"]', { state: 'attached' });
  await picture(page, 'routes-dark');
  await page.goto(`${admin.url}/?page=topology`);
  await page.waitForSelector('.map');
  await picture(page, 'topology-dark');
  await page.goto(`${admin.url}/?view=servers`);
  await page.click(`${rowOf('connector-1')} [data-act]`);
  await page.waitForSelector('dialog[open]');
  await picture(page, 'actions-dark');
  await page.click('[data-verb="servers.stop"]');
  await page.fill('dialog input:not([type="number"])', 'connector-1');
  await picture(page, 'confirm-dark');
});

it('are taken of a server: figures, log and profile', async () => {
  const page = await admin.open('?server=chat-1', { viewport: { width: 1280, height: 900 } });
  await eventually(
    async () => {
      const label = await page
        .locator('.chart [role="img"]')
        .first()
        .getAttribute('aria-label', { timeout: 1000 });
      return /in (1\d|2\d)s/.test(label ?? '');
    },
    'some seconds of figures',
    60_000,
  );
  await picture(page, 'server-light');
  for (const id of ['chat-1', 'chat-2']) {
    await page.goto(`${admin.url}/?server=${id}&tab=profile`);
    await page.fill('input[type="number"]', '3');
    await page.click('[data-take="cpu"]');
    await page.waitForSelector('.frame >> nth=10');
    // the one of the two that has the busy players
    if ((await page.locator('.frame:has-text("burn")').count()) > 0) break;
  }
  await page.evaluate(() => document.querySelector('.flame')!.scrollIntoView());
  await picture(page, 'profile-light');
});

it('are taken of people and keys, in Chinese', async () => {
  const page = await admin.open('?page=audit', { locale: 'zh-CN' });
  await page.waitForSelector('main table');
  await picture(page, 'audit-zh');
  await page.goto(`${admin.url}/?page=accounts`);
  await page.waitForSelector(rowOf('vera'));
  await picture(page, 'accounts-zh');
  await page.goto(`${admin.url}/?page=users&uid=player-3`);
  await page.waitForSelector('main table');
  await picture(page, 'users-zh');
});

it('are taken of a cluster in trouble, also on a phone', async () => {
  process.kill((await admin.looked.game.rows())['chat-2']!.pid!, 'SIGKILL');
  for (const [name, options] of [
    ['overview-light', {}],
    ['overview-zh', { locale: 'zh-CN', colorScheme: 'dark' }],
    ['overview-phone', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }],
  ] as const) {
    const page = await admin.open('', options);
    await page.waitForSelector('.problems li');
    await page.waitForSelector(rowOf('chat-2'));
    await picture(page, name);
  }
  const page = await admin.open('?view=servers&group=type');
  await page.waitForSelector(`${rowOf('chat-2')} :text("gone")`);
  await page.check(`${rowOf('chat-1')} input`);
  await picture(page, 'servers-light');
  const out = await admin.openSignedOut('');
  await out.waitForSelector('form');
  await picture(out, 'sign-in-light');
});
