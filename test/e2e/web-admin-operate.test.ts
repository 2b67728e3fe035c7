import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { password } from '../helpers/admin-client.js';
import { AdminPage } from '../helpers/admin-page.js';
import { faultsOf } from '../helpers/axe.js';

/* All operations by their forms, in a real browser, of a real cluster. */

let admin: AdminPage;

/** A remote that servers of the type chat have, and that code may be carried out in servers. */
function writeMore(root: string): void {
  const settings = join(root, 'config/master.json');
  const master = JSON.parse(readFileSync(settings, 'utf8')) as object;
  writeFileSync(settings, JSON.stringify({ ...master, allowEval: true }));
  const folder = join(root, 'app/servers/chat/remote');
  mkdirSync(folder, { recursive: true });
  const source = 'export default () => ({ seat: async (uid, { table }) => ({ uid, table, seat: 3 }) });';
  writeFileSync(join(folder, 'tableRemote.js'), source);
}

beforeAll(async () => {
  admin = await AdminPage.start({}, writeMore);
});
afterAll(() => admin?.[Symbol.asyncDispose]());
afterEach(() => admin.closePages());

/** The form of an operation, for who may do all. */
const form = (verb: string): Promise<Page> => admin.open(`?page=operate&verb=${verb}`);

/** Asks for what was filled in, and confirms it. */
async function carryOut(page: Page): Promise<void> {
  await page.click('[data-ask]');
  await page.click('dialog [data-confirm]');
}

/** What the audit log has of a verb. */
const recordsOf = async (verb: string): Promise<readonly { readonly result: string }[]> =>
  (await admin.client.operate('audit.read', { verb })).body.answer.records;

describe('the list of all operations', () => {
  it('has each one of the table with what it does, finds them by words, and opens one by the keyboard', async () => {
    const { body } = await admin.client.get('/api/v1/operations');
    const verbs = (body.operations as readonly { readonly verb: string }[]).map(({ verb }) => verb);
    const page = await admin.open();
    await page.click('nav >> text=All operations');
    await page.waitForSelector('[data-operation]');
    const shown = await page.$$eval('[data-operation]', (lines) =>
      lines.map((line) => line.getAttribute('data-operation')),
    );
    expect([...shown].sort()).toEqual([...verbs].sort());
    await page.getByLabel('Find an operation').fill('lease holds');
    await page.waitForFunction(() => document.querySelectorAll('[data-operation]').length === 1);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('h1:has-text("leases.list")');
    expect(new URL(page.url()).search).toBe('?page=operate&verb=leases.list');
    expect(await page.title()).toContain('leases.list');
    await page.goBack();
    await page.waitForSelector('[data-operation="cluster.stop"]');
    expect(admin.browser.problems).toEqual([]);
  });

  it('leads to the pages of those that go on for as long as somebody looks', async () => {
    const page = await form('users.trace');
    await page.click('main p a:has-text("Users")');
    await page.waitForSelector('h1:has-text("Users")');
    await page.goto(`${admin.url}/?page=operate&verb=no.such`);
    await page.waitForSelector('[role="alert"]:has-text("There is no operation no.such.")');
    expect(admin.browser.problems).toEqual([]);
  });
});

describe('the form of an operation', () => {
  it('adds networks to the blacklist once that is confirmed, shows the list as a table, and takes one off again', async () => {
    const page = await form('blacklist.add');
    await page.getByLabel('networks (required)').fill('192.0.2.0/24\n198.51.100.7');
    await page.getByLabel('reason', { exact: true }).fill('bots');
    await page.click('[data-ask]');
    const dialog = page.locator('dialog');
    await dialog.getByText('{"networks":["192.0.2.0/24","198.51.100.7"],"reason":"bots"}').waitFor();
    expect(await recordsOf('blacklist.add')).toEqual([]);
    await page.click('dialog [data-confirm]');
    await page.waitForSelector('[data-task="done"]:has-text("blacklist.add")');
    await page.waitForSelector('[data-answer]');
    await page.goto(`${admin.url}/?page=operate&verb=blacklist.list`);
    await page.click('[data-ask]');
    const row = page.locator('[data-answer] tbody tr:has-text("192.0.2.0/24")');
    await row.locator('td:has-text("bots")').waitFor();
    // a moment is one, and no number
    expect(await row.locator('time').count()).toBeGreaterThan(0);
    await page.goto(`${admin.url}/?page=operate&verb=blacklist.remove`);
    await page.getByLabel('networks (required)').fill('192.0.2.0/24');
    await carryOut(page);
    await page.waitForSelector('[data-answer]');
    const { body } = await admin.client.operate('blacklist.list');
    expect(body.answer.entries.map((one: { readonly network: string }) => one.network)).toEqual([
      '198.51.100.7',
    ]);
    expect(admin.browser.problems).toEqual([]);
  });

  it('calls a remote with arguments that are JSON, and shows what it answers as JSON', async () => {
    const page = await form('remotes.call');
    await page.getByLabel('method (required)').fill('chat.tableRemote.seat');
    await page.getByLabel('args', { exact: true }).fill('["ann", {"table": "<b>vip</b>"}]');
    await page.getByLabel('id', { exact: true }).fill('chat-1');
    await carryOut(page);
    await page.waitForSelector('[data-answer] .log:has-text("\\"seat\\": 3")');
    expect(await page.textContent('[data-answer] .log')).toContain('"table": "<b>vip</b>"');
    expect(await faultsOf(page)).toEqual([]);
    expect(admin.browser.problems).toEqual([]);
  });

  it('reads without being confirmed what changes nothing', async () => {
    const page = await form('config.read');
    await page.waitForSelector('main p:has-text("It takes no arguments.")');
    await page.click('[data-ask]');
    await page.waitForSelector('[data-answer] .log:has-text("\\"digest\\":")');
    await page.goto(`${admin.url}/?page=operate&verb=servers.list`);
    await page.click('[data-ask]');
    await page.waitForSelector('[data-answer] tbody th:has-text("connector-1")');
    expect(admin.browser.problems).toEqual([]);
  });

  it('asks for a proof where the master wants one, and then goes on with what was asked for', async () => {
    const page = await form('code.eval');
    let asked = 0;
    await page.route('**/operations/code.eval', (route) =>
      asked++ === 0
        ? route.fulfill({ status: 403, json: { error: { code: 'PROOF_NEEDED', message: 'prove it' } } })
        : route.continue(),
    );
    await page.getByLabel('id (required)').fill('chat-2');
    await page.getByLabel('code (required)').fill('const id = app.serverId;\nreturn id + "!";');
    await page.click('[data-ask]');
    await page.waitForSelector('dialog:has-text("Asks for a proof of who you are.")');
    await page.click('dialog [data-confirm]');
    await page.fill('[data-proof] input[type="password"]', password);
    await page.click('[data-proof] button[type="submit"]');
    await page.waitForSelector('[data-answer] .log:has-text("chat-2!")');
  });

  it('tells what cannot be read at the field, and what the master refuses with its code', async () => {
    const page = await form('push.send');
    let asked = 0;
    page.on('request', (request) => {
      if (request.url().includes('/operations/push.send')) asked++;
    });
    await page.getByLabel('to (required)').fill('{"uids": ["ann"]');
    await page.getByLabel('route (required)').fill('onNews');
    await page.getByLabel('body (required)').fill('{}');
    await page.click('[data-ask]');
    const to = page.getByLabel('to (required)');
    await page.waitForSelector('textarea[name="to"][aria-invalid="true"]');
    expect(await to.evaluate((field) => field === document.activeElement)).toBe(true);
    const fault = (await to.getAttribute('aria-describedby'))!.split(' ')[1]!;
    expect(await page.textContent(`[id="${fault}"]`)).toMatch(/This is no JSON: .+/);
    expect(await page.getAttribute('textarea[name="body"]', 'aria-invalid')).toBe('false');
    expect(await faultsOf(page)).toEqual([]);
    await to.fill('{"nobody": true}');
    expect(await to.getAttribute('aria-invalid')).toBe('false');
    await carryOut(page);
    await page.waitForSelector('main [role="alert"]:has-text("Not done: ")');
    expect(await page.textContent('main [role="alert"]')).toMatch(/Not done: [A-Z_]+: .*\bto\b/);
    expect(asked).toBe(1);
  });

  it('ends what only looks when it is cancelled, and when the page is left', async () => {
    const page = await form('hosts.ask');
    await page.route('**/operations/hosts.ask', () => {});
    const ended = () =>
      page.waitForEvent('requestfailed', (request) => request.url().includes('/operations/hosts.ask'));
    for (const leave of ['[data-cancel]', 'nav >> text=Topology']) {
      const over = ended();
      await page.click('[data-ask]');
      await page.waitForSelector('[data-cancel]');
      await page.click(leave);
      await over;
      await page.waitForSelector('[data-cancel]', { state: 'detached' });
      expect(await page.locator('main [role="alert"] .problem').count()).toBe(0);
    }
  });
});

describe('what ends servers or the cluster', () => {
  it('is carried out only after it was typed: cluster.stop is not, and the cluster goes on', async () => {
    const page = await form('cluster.stop');
    await page.click('[data-ask]');
    await page.getByLabel('Type cluster.stop to go on').fill('cluster.sto');
    expect(await page.getAttribute('dialog [data-confirm]', 'aria-disabled')).toBe('true');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    expect(await faultsOf(page)).toEqual([]);
    await page.getByLabel('Type cluster.stop to go on').fill('cluster.stop');
    expect(await page.getAttribute('dialog [data-confirm]', 'aria-disabled')).toBe('false');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(await page.locator('[data-task]').count()).toBe(0);
    expect(await recordsOf('cluster.stop')).toEqual([]);
    expect(admin.browser.problems).toEqual([]);
  });

  it('tells how far it is in the list of what is under way, also when the page is left', async () => {
    const page = await form('servers.restart');
    await page.getByLabel('ids', { exact: true }).fill('chat-2');
    await page.getByLabel('watchMs', { exact: true }).fill('0');
    await page.click('[data-ask]');
    await page.getByLabel('Type chat-2 to go on').fill('chat-2');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-task]:has-text("servers.restart")');
    await page.click('nav >> text=Topology');
    const done = page.locator('[data-task="done"]:has-text("servers.restart")');
    await done.waitFor({ timeout: 60_000 });
    await done.locator('summary').click();
    await done.locator('li:has-text("chat-2")').waitFor({ state: 'attached' });
    expect(admin.browser.problems).toEqual([]);
  });
});

describe('whoever may only look', () => {
  it('sees what the role may not ask for with the reason, has no form of it, and reads what it may', async () => {
    const vera = await admin.account('vera', 'viewer');
    const page = await admin.openSignedOut(undefined);
    const [name, value] = vera.cookie!.split('=') as [string, string];
    await page.context().addCookies([{ name, value, url: admin.url }]);
    await page.goto(`${admin.url}/?page=operate`);
    const stop = page.locator('[data-operation="cluster.stop"]');
    await stop.getByText('Not with the role viewer: it needs admin.').waitFor();
    expect(await stop.locator('a').count()).toBe(0);
    expect(await faultsOf(page)).toEqual([]);
    await page.goto(`${admin.url}/?page=operate&verb=cluster.stop`);
    await page.waitForSelector('main .notice:has-text("it needs admin")');
    expect(await page.locator('[data-ask]').count()).toBe(0);
    await page.goto(`${admin.url}/?page=operate&verb=leases.list`);
    await page.click('[data-ask]');
    await page.waitForSelector('[data-answer]');
    expect(admin.browser.problems).toEqual([]);
  });
});
