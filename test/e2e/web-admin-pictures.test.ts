import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { encode } from 'uqr';
import { afterAll, afterEach, beforeAll, it } from 'vitest';
import { AdminPage, rowOf } from '../helpers/admin-page.js';
import { picture as takePicture } from '../helpers/admin-pictures.js';
import { eventually } from '../helpers/cluster-process.js';
import { writePictured } from '../helpers/pictured-game.js';
import { RawClient } from '../helpers/raw-client.js';

/* The pictures of the guide, of a cluster with players. They are written with UPDATE_SCREENSHOT=1. */

const handlers = ['slow', 'burn', 'fail', 'say', 'say', 'say', 'say', 'say'] as const;

let admin: AdminPage;
let players: readonly Promise<void>[];
let over = false;

/** Plays until the end: asks again and again for one thing. */
async function play(handler: string, n: number): Promise<void> {
  await using client = await RawClient.join(admin.looked.clientPort);
  await client.request('connector.entryHandler.enter', { uid: `player-${n}` });
  await client.request('chat.chatHandler.join', { room: n % 2 === 0 ? '大厅' : 'lobby' });
  for (let turn = 1; !over; turn++) {
    if (turn % 100 === 0) await client.request('chat.chatHandler.shout', { text: `hand ${turn} is over` });
    // a failure is an answer, too; nothing is kept of any
    await client.request(`chat.chatHandler.${handler}`, { text: '' }).catch(() => {});
    const route = turn % 20 === 0 ? 'leave' : 'sit';
    await client.request(`connector.tableHandler.${route}`, {}).catch(() => {});
    client.sendPackage(3);
    client.answers.length = client.received.length = 0;
    await sleep(handler === 'fail' ? 900 : 40);
  }
}

beforeAll(async () => {
  admin = await AdminPage.start({}, writePictured);
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

/** A picture of somebody who has signed in, once the head has its figures. */
async function picture(page: Page, name: string): Promise<void> {
  await page.waitForSelector('.totals');
  await takePicture(page, name);
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
      return /in ([1-9]\ds|\d+m)/.test(label ?? '');
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

it('are taken of what a server runs with and has measured, of a user who is traced, a channel, and all logs', async () => {
  const page = await admin.open('?server=chat-1&tab=config', { viewport: { width: 1280, height: 900 } });
  await page.waitForSelector(rowOf('secret'));
  await picture(page, 'server-config-light');
  await page.goto(`${admin.url}/?server=connector-1&tab=routes`);
  await page.waitForSelector(rowOf('chat.chatHandler.say'));
  await picture(page, 'server-routes-light');
  const dark = await admin.open('?page=users&uid=player-3', { colorScheme: 'dark' });
  await dark.waitForSelector('main table');
  await dark.click('[data-trace]');
  await dark.waitForSelector('.log p >> nth=12');
  await dark.evaluate(() => document.querySelector('.log')!.scrollIntoView());
  await picture(dark, 'trace-dark');
  await dark.goto(`${admin.url}/?view=channels`);
  await dark.waitForSelector('table[data-view="channels"] a');
  await picture(dark, 'channels-dark');
  await dark.goto(`${admin.url}/?view=users&sort=uid&order=ascending`);
  await dark.waitForSelector('table[data-view="users"] a');
  await picture(dark, 'connected-dark');
  // with what is looked for: other lines have the folders of this machine
  const zh = await admin.open('?page=logs&filter=is+over', { locale: 'zh-CN' });
  await zh.waitForSelector('.log p >> nth=8');
  await picture(zh, 'logs-zh');
  await zh.goto(`${admin.url}/?page=channel&name=lobby&at=chat-1`);
  await zh.waitForSelector('h1');
  await picture(zh, 'channel-zh');
});

it('are taken of a host, of what a game lets operators look at, and of what has happened', async () => {
  const page = await admin.open('?view=hosts', { viewport: { width: 1280, height: 900 } });
  await page.click('table[data-view="hosts"] tbody a');
  await page.waitForSelector(rowOf('connector-1'));
  await picture(page, 'host-light');
  await page.goto(`${admin.url}/?page=rooms`);
  await page.waitForSelector('main table');
  await picture(page, 'rooms-light');
  await page.click('main table a:has-text("vip-1")');
  await page.waitForSelector('main .log');
  await picture(page, 'room-light');
  await page.goto(`${admin.url}/?page=timeline`);
  await page.waitForSelector('.chart canvas');
  await page.waitForSelector('.events li');
  await picture(page, 'timeline-light');
});

it('are taken of keys', async () => {
  const zh = await admin.open('?page=keys', { locale: 'zh-CN', colorScheme: 'dark' });
  await zh.waitForSelector('main table :text("shop")'); // lines are named by the ids of keys
  await picture(zh, 'keys-zh');
});

it('are taken of calls between servers, and of crons', async () => {
  const page = await admin.open('?view=rpc', { viewport: { width: 1280, height: 500 } });
  await page.waitForSelector(rowOf('chat.tableRemote.seat connector caller'));
  await picture(page, 'rpc-light');
  await page.goto(`${admin.url}/?view=crons`);
  await page.waitForSelector(rowOf('chat-1'));
  await picture(page, 'crons-light');
});

it('are taken of an operation that was asked for by its form', async () => {
  const page = await admin.open('?page=operate&verb=remotes.call', {
    viewport: { width: 1280, height: 900 },
  });
  await page.getByLabel('method (required)').fill('chat.tableRemote.seat');
  await page.getByLabel('args', { exact: true }).fill('["player-3"]');
  await page.getByLabel('id', { exact: true }).fill('chat-1');
  await page.click('[data-ask]');
  await page.click('dialog [data-confirm]');
  await page.waitForSelector('[data-answer] .log');
  await picture(page, 'operate-light');
});

it('are taken of the other tables: hosts, operations, sessions, and of the own account', async () => {
  const page = await admin.open('?view=hosts', { viewport: { width: 1280, height: 500 } });
  await page.waitForSelector('table[data-view="hosts"] tbody a');
  await picture(page, 'hosts-light');
  await page.goto(`${admin.url}/?view=operations`);
  await page.waitForSelector('table[data-view="operations"] tbody tr');
  await picture(page, 'operations-light');
  await page.goto(`${admin.url}/?page=sessions`);
  await page.waitForSelector('main table tbody tr');
  await picture(page, 'sessions-light');
  const dark = await admin.open('?page=account', {
    colorScheme: 'dark',
    viewport: { width: 1280, height: 900 },
  });
  await dark.waitForSelector('.details');
  await dark.click('main button:has-text("Set up a second factor")');
  await dark.waitForSelector('[data-copy]');
  await dark.waitForSelector('.qr');
  // a picture shows no secret, not even one that was never used
  const shown = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
  const { data, size } = encode(`otpauth://totp/pomelo-ts:admin?secret=${shown}&issuer=pomelo-ts`, {
    border: 4,
  });
  const d = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ''))).join('');
  await dark.evaluate(
    ([secret, path, width]) => {
      document.querySelector('[data-copy]')!.textContent = secret!;
      document.querySelector('.qr')!.setAttribute('viewBox', `0 0 ${width} ${width}`);
      document.querySelector('.qr-dark')!.setAttribute('d', path!);
    },
    [shown, d, String(size)],
  );
  await picture(dark, 'second-factor-dark');
});

it('are taken of what somebody sees who is asked for a password: a link, and a proof', async () => {
  const out = await admin.openSignedOut(await admin.invite('newcomer', 'viewer'), {
    viewport: { width: 1280, height: 600 },
  });
  await out.waitForSelector('input[type="password"]');
  await takePicture(out, 'set-up-light');
  const page = await admin.open('?page=accounts', { viewport: { width: 1280, height: 700 } });
  await page.route('**/operations/accounts.add', (route) =>
    route.fulfill({ status: 403, json: { error: { code: 'PROOF_NEEDED', message: 'prove it' } } }),
  );
  await page.fill('[data-add] input', '小红');
  await page.click('[data-add] button');
  await page.waitForSelector('[data-proof]');
  await picture(page, 'proof-light');
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
  await page.goto(`${admin.url}/?view=problems`);
  await page.waitForSelector('table[data-view="problems"] tbody tr');
  await picture(page, 'problems-light');
  const out = await admin.openSignedOut('');
  await out.waitForSelector('form');
  await takePicture(out, 'sign-in-light');
});
