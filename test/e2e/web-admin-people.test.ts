import { totpAt } from '@pomelo-ts/master/internal';
import jsQR from 'jsqr';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { password } from '../helpers/admin-client.js';
import { AdminPage, rowOf } from '../helpers/admin-page.js';
import { eventually } from '../helpers/cluster-process.js';

/* Who signs in, and what they may do: the page of a real cluster in a real browser. */

let admin: AdminPage;

beforeAll(async () => {
  admin = await AdminPage.start();
});
afterAll(() => admin?.[Symbol.asyncDispose]());
afterEach(() => admin.closePages());

async function signIn(page: Page, name: string, given = password): Promise<void> {
  await page.fill('input[autocomplete="username"]', name);
  await page.fill('input[type="password"]', given);
  await page.click('button[type="submit"]');
}

/** What a phone reads from the code that the page shows: the places of its modules are asked of the browser. */
async function scan(page: Page): Promise<string> {
  await page.waitForSelector('svg.qr[role="img"]');
  const dark = await page.evaluate(() => {
    const { width } = document.querySelector<SVGSVGElement>('svg.qr')!.viewBox.baseVal;
    const path = document.querySelector<SVGPathElement>('.qr-dark')!;
    const places = Array.from({ length: width }, (_, n) => n + 0.5);
    return places.map((y) => places.map((x) => path.isPointInFill(new DOMPoint(x, y))));
  });
  const scale = 4;
  const width = dark.length * scale;
  const pixels = Uint8ClampedArray.from({ length: width * width * 4 }, (_, n) => {
    const [x, y] = [(n >> 2) % width, Math.floor((n >> 2) / width)];
    return n % 4 < 3 && dark[Math.floor(y / scale)]![Math.floor(x / scale)] ? 0 : 255;
  });
  return jsQR.default(pixels, width, width)?.data ?? 'about:blank';
}

describe('the first load', () => {
  it('is at most 60 kB of script as it is sent, and asks nobody else for anything', async () => {
    const page = await admin.openSignedOut(undefined);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    const [name, value] = admin.client.cookie!.split('=') as [string, string];
    await page.context().addCookies([{ name, value, url: admin.url }]);
    await page.goto(admin.url);
    await page.waitForSelector('.totals');
    const bytes = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name: of }) => of.endsWith('.js'))
        .reduce((sum, entry) => sum + (entry as PerformanceResourceTiming).encodedBodySize, 0),
    );
    console.log(`first load: ${bytes} bytes of script`);
    expect(bytes).toBeGreaterThan(10_000);
    expect(bytes).toBeLessThanOrEqual(60_000);
    expect(asked.filter((url) => !url.startsWith(admin.url))).toEqual([]);
    expect(admin.browser.problems).toEqual([]);
  });
});

describe('signing in', () => {
  it('begins with a one-time link, which leaves the address at once and is good once', async () => {
    const link = await admin.invite('dora', 'operator');
    const page = await admin.openSignedOut(link);
    await page.waitForSelector('h1:text("Set your password")');
    expect(page.url()).toBe(`${admin.url}/`);
    expect(await page.inputValue('input[readonly][autocomplete="username"]')).toBe('dora');
    const [first, again] = await page.locator('input[type="password"]').all();
    await first!.fill(password);
    await again!.fill('another one');
    await page.click('button[type="submit"]');
    await page.waitForSelector('text=The two are not the same.');
    for (const [one, other] of [
      ['short', 'short'],
      [password, password],
    ]) {
      await first!.fill(one!);
      await again!.fill(other!);
      await page.click('button[type="submit"]');
      if (one === 'short') await page.waitForSelector('[role="alert"] :text("Expected a password")');
    }
    await page.waitForSelector('.shell');
    await page.waitForSelector('text=dora · operator');
    const late = await admin.openSignedOut(link);
    await late.waitForSelector('[role="alert"] :text("This link is over")');
  });

  it('refuses a wrong password, asks for a second factor, and leads to where the address is', async () => {
    const client = await admin.account('emma', 'operator');
    const page = await admin.openSignedOut('?view=hosts&window=5m');
    await signIn(page, 'emma', 'not the pass phrase');
    await page.waitForSelector('[role="alert"] :text("is wrong")');
    await signIn(page, 'emma');
    await page.waitForSelector('table[data-view="hosts"]');
    await page.click('.top-tools a');
    await page.click('text=Set up a second factor');
    const secret = (await page.textContent('[data-copy]'))!;
    const scanned = new URL(await scan(page));
    expect([scanned.protocol, scanned.searchParams.get('secret')]).toEqual(['otpauth:', secret]);
    await page.fill('input[autocomplete="one-time-code"]', '000000');
    await page.click('text=Turn it on');
    await page.waitForSelector('[role="alert"] :text("That code is none")');
    await page.fill('input[autocomplete="one-time-code"]', totpAt(secret, Date.now()));
    await page.click('text=Turn it on');
    await page.waitForSelector('text=On: signing in asks for 6 digits');
    await page.click('text=Sign out');
    await page.waitForSelector('h1:text("pomelo-ts")');
    await signIn(page, 'emma');
    await page.waitForSelector('input[autocomplete="one-time-code"]');
    // each code is good once: the next one
    await page.fill('input[autocomplete="one-time-code"]', totpAt(secret, Date.now() + 30_000));
    await page.click('button[type="submit"]');
    await page.waitForSelector('.details');
    expect(new URL(page.url()).search).toBe('?page=account');
    expect((await client.get('/api/v1/session')).body.session.secondFactor).toBe('on');
  });

  it('is asked for again when the session was ended elsewhere, and the place stays', async () => {
    await admin.account('finn', 'viewer');
    const page = await admin.openSignedOut('?view=servers&filter=type%3Achat');
    await signIn(page, 'finn');
    await page.waitForSelector(rowOf('chat-1'));
    const { body } = await admin.client.operate('sessions.list');
    for (const { id, name } of body.answer as { id: string; name: string }[])
      if (name === 'finn') await admin.client.operate('sessions.revoke', { id });
    await page.waitForSelector('text=You were signed out.');
    await signIn(page, 'finn');
    await page.waitForSelector(rowOf('chat-1'));
    expect(await page.inputValue('input[type="search"]')).toBe('type:chat');
  });
});

describe('what one may do', () => {
  it('shows a viewer what others may, greyed and with the reason, and not the pages on people', async () => {
    await admin.account('vera', 'viewer');
    const page = await admin.openSignedOut('?view=servers');
    await signIn(page, 'vera');
    await page.click(`${rowOf('chat-1')} [data-act]`);
    const stop = page.locator('[data-verb="servers.stop"]');
    expect(await stop.getAttribute('aria-disabled')).toBe('true');
    expect(await page.textContent('dialog')).toContain('Not with the role viewer: it needs operator.');
    await stop.click({ force: true });
    expect(await page.locator('[data-confirm]').count()).toBe(0);
    await page.keyboard.press('Escape');
    expect(await page.locator('nav >> text=Accounts').count()).toBe(0);
    await page.goto(`${admin.url}/?page=audit`);
    await page.waitForSelector('[role="alert"] :text("Not done")');
    await page.goto(`${admin.url}/?server=chat-1&tab=profile`);
    await page.waitForSelector('text=Your role may not take profiles.');
  });

  it('asks for a proof where that is needed, and goes on after it', async () => {
    const page = await admin.open('?page=accounts');
    // the proof of this session is good for ten minutes yet: the first answer is what it would be after them
    await page.route(
      '**/operations/accounts.add',
      (route) =>
        route.fulfill({ status: 403, json: { error: { code: 'PROOF_NEEDED', message: 'prove it' } } }),
      { times: 1 },
    );
    await page.fill('[data-add] input', '小明');
    await page.click('[data-add] button');
    await page.waitForSelector('[data-proof]');
    await page.fill('[data-proof] input[type="password"]', 'a wrong one');
    await page.click('[data-proof] button[type="submit"]');
    await page.waitForSelector('[data-proof] [role="alert"] p');
    await page.fill('[data-proof] input[type="password"]', password);
    await page.click('[data-proof] button[type="submit"]');
    await page.waitForSelector(rowOf('小明'));
    const link = (await page.textContent('[data-copy]'))!;
    expect(link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#setup=.{20,}$/);
  });
});

describe('accounts, keys, sessions and the audit log', () => {
  it('are shown and changed, and all that was done stands in the audit log', async () => {
    await admin.account('gus', 'viewer');
    const page = await admin.open('?page=accounts');
    await page.click(`${rowOf('gus')} [data-sure="disable"]`);
    await page.click('dialog [data-confirm]');
    await page.waitForSelector(`${rowOf('gus')} :text("disabled")`);
    await page.click('nav >> text=API keys');
    await page.fill('[data-add] input', 'shop');
    await page.click('[data-add] button[type="submit"]');
    expect(await page.textContent('[data-copy]')).toMatch(/^pt_/);
    await page.click('main table [data-sure="revoke"]');
    await page.click('dialog [data-confirm]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.waitForSelector('main table >> text=shop', { state: 'detached' });
    await page.click('nav >> text=Sessions');
    await page.waitForSelector('main table >> text=127.0.0.1');
    await page.click('nav >> text=Audit');
    await page.waitForSelector('main tr:has-text("keys.revoke")');
    await page.locator('main input').nth(1).fill('accounts.change');
    await page.click('main form button');
    await eventually(async () => {
      const lines = await page.locator('main tbody tr').allTextContents();
      return lines.length > 0 && lines.every((line) => line.includes('accounts.change'));
    }, 'changes of accounts alone');
    await page.waitForSelector('main tr:has-text("accounts.change"):has-text("gus")');
    expect(new URL(page.url()).search).toBe('?page=audit&verb=accounts.change');
    expect(admin.browser.problems).toEqual([]);
  });
});
