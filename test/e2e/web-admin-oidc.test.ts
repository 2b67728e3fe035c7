import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { AdminPage } from '../helpers/admin-page.js';
import { picture } from '../helpers/admin-pictures.js';
import { freePort } from '../helpers/free-port.js';
import { RealProvider } from '../helpers/oidc-provider.js';
import { clientId, clientSecret } from '../helpers/own-provider.js';

/* Signing in at a provider: the page of a real cluster in a real browser, and a provider that others have made. */

let provider: RealProvider;
let admin: AdminPage;

beforeAll(async () => {
  const port = await freePort();
  provider = await RealProvider.start([`http://127.0.0.1:${port}/api/v1/oidc/callback`]);
  provider.groups['ann'] = ['ops'];
  const oidc = {
    ...{ issuer: provider.issuer, clientId, clientSecretFile: 'client.secret', button: 'Example Ltd' },
    scopes: ['openid', 'groups'],
    roles: [
      { group: 'heads', role: 'admin' },
      { group: 'ops', role: 'operator' },
    ],
  };
  admin = await AdminPage.start({ port, oidc }, (root) =>
    writeFileSync(join(root, 'client.secret'), `${clientSecret}\n`, { mode: 0o600 }),
  );
}, 90_000);
afterAll(async () => {
  await admin?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
});
afterEach(() => admin.closePages());

it('a picture is taken of the button that leads to the provider', async () => {
  const page = await admin.openSignedOut('', { viewport: { width: 1280, height: 600 } });
  await page.waitForSelector('[data-provider]');
  await picture(page, 'sign-in-provider-light');
});

/** Signs in at the provider, and agrees to what it asks. */
async function signInThere(page: Page, name: string): Promise<void> {
  await page.waitForURL(`${provider.issuer}/**`);
  await page.fill('input[name=login]', name);
  await page.fill('input[name=password]', 'any');
  await page.click('button[type=submit]');
  await page.waitForSelector('button:has-text("Continue"), .shell, [data-provider]');
  if (!page.url().startsWith(admin.url)) await page.click('button:has-text("Continue")');
  await page.waitForURL(`${admin.url}/**`);
}

/** Goes from the sign-in page to the provider, and back. */
async function signIn(page: Page, name: string): Promise<void> {
  await page.click('[data-provider]');
  await signInThere(page, name);
}

/** What went wrong in pages of the admin: those of the provider ask for fonts of others. */
const problems = () => admin.browser.problems.filter((text) => !text.startsWith('Failed to load resource'));

const lastSignIn = async () =>
  (await admin.client.operate('audit.read', { verb: 'session.begin' })).body.answer.records[0];

it('somebody signs in at the provider by the button, and is where they were, with the role of their group', async () => {
  const page = await admin.openSignedOut('?page=logs');
  await page.waitForSelector('[data-provider]:has-text("Sign in at Example Ltd")');
  await signIn(page, 'ann');
  await page.waitForSelector('.shell');
  expect(page.url()).toBe(`${admin.url}/?page=logs`);
  const [cookie] = (await page.context().cookies(admin.url)).filter(({ name }) => name.startsWith('pomelo'));
  expect(cookie).toMatchObject({ name: 'pomelo-admin', httpOnly: true, sameSite: 'Strict' });
  await page.goto(`${admin.url}/?page=account`);
  await page.waitForSelector('h1:has-text("oidc:ann")');
  await page.waitForSelector('text=You sign in at a provider: a second factor is its matter.');
  await page.waitForSelector('text=operator');
  expect(await page.locator('text=Set up a second factor').count()).toBe(0);
  expect(await lastSignIn()).toMatchObject({
    by: 'oidc:ann',
    via: 'http',
    from: '127.0.0.1',
    result: 'done',
  });
  expect(problems()).toEqual([]);
}, 90_000);

it('somebody whose groups have no role is told so in words, in Chinese too, and in the audit log', async () => {
  const page = await admin.openSignedOut('');
  await signIn(page, 'eve');
  await page.waitForSelector('[role=alert] :text("none of your groups has a role")');
  expect(page.url()).toBe(`${admin.url}/`);
  expect(await lastSignIn()).toMatchObject({ by: 'oidc:eve', result: 'refused', code: 'OIDC_NO_ROLE' });
  const other = await admin.openSignedOut('', { locale: 'zh-CN' });
  await other.waitForSelector('[data-provider]:has-text("通过 Example Ltd 登录")');
  await signIn(other, 'eve');
  await other.waitForSelector('[role=alert] :text("你在这里没有任何权限")');
  expect(problems()).toEqual([]);
}, 90_000);

it('what asks for a proof is proved by signing in at the provider once more, as the same person alone', async () => {
  provider.groups['head'] = ['heads', 'ops'];
  const page = await admin.openSignedOut('?page=accounts');
  await signIn(page, 'head');
  await page.waitForSelector('[data-add] input');
  const begin = async (name: string) => {
    // ten minutes are over
    await page.route('**/operations/accounts.add', (route) =>
      route.fulfill({ status: 403, json: { error: { code: 'PROOF_NEEDED', message: 'prove it' } } }),
    );
    await page.fill('[data-add] input', name);
    await page.click('[data-add] button');
    await page.click('[data-proof] button:has-text("Go to the provider")');
    await page.unroute('**/operations/accounts.add');
  };
  await begin('carl');
  await signInThere(page, 'ann');
  await page.waitForSelector('[data-came-back]:has-text("Somebody else has signed in at the provider")');
  await begin('carl');
  await signInThere(page, 'head');
  await page.waitForSelector('[data-came-back]:has-text("It is proved who you are")');
  expect(page.url()).toBe(`${admin.url}/?page=accounts`);
  await page.fill('[data-add] input', 'carl');
  await page.click('[data-add] button');
  await page.waitForSelector('tr[data-key="carl"]');
  const { body } = await admin.client.operate('audit.read', { verb: 'session.prove' });
  const told = body.answer.records.map(({ by, result, code }: Record<string, string>) => [by, result, code]);
  expect(told.slice(0, 2)).toEqual([
    ['oidc:head', 'done', undefined],
    ['oidc:ann', 'refused', 'OIDC_OTHER'],
  ]);
  expect(problems()).toEqual([]);
}, 90_000);

it('no link can have the sign-in page say something, nor lead elsewhere from it', async () => {
  const page = await admin.openSignedOut('#sign-in=constructor');
  await page.waitForSelector('[data-provider]');
  expect(await page.textContent('[role=alert]')).toBe('');
  await page.goto(`${admin.url}/?x#sign-in=PROVED`);
  expect(new URL(page.url()).origin).toBe(admin.url);
  await page.goto(`${admin.url}/api/v1/oidc/callback?code=c&state=s&redirect=https://elsewhere.example/`);
  await page.waitForSelector('[role=alert] :text("That sign-in is over")');
  expect(page.url()).toBe(`${admin.url}/`);
  expect(problems()).toEqual([]);
}, 90_000);
