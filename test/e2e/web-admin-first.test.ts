import { totpAt } from '@pomelo-ts/master/internal';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AdminPage, rowOf } from '../helpers/admin-page.js';

/* The page of a real cluster whose accounts have to have a second factor, as in production. */

let admin: AdminPage;
beforeAll(async () => {
  admin = await AdminPage.start({ secondFactor: 'required' });
}, 90_000);
afterAll(() => admin?.[Symbol.asyncDispose]());

it('who has just set up a second factor sees the cluster at once, and before that nothing of it', async () => {
  const page = await admin.openSignedOut(undefined);
  const [name, value] = admin.client.cookie!.split('=') as [string, string];
  await page.context().addCookies([{ name, value, url: admin.url }]);
  await page.goto(`${admin.url}/?view=servers`);
  await page.click('text=Set up a second factor');
  const secret = (await page.textContent('[data-copy]'))!;
  expect(await page.locator('.shell').count()).toBe(0);
  await page.fill('input[autocomplete="one-time-code"]', totpAt(secret, Date.now()));
  await page.click('text=Turn it on');
  await page.waitForSelector(rowOf('chat-1'));
  expect(admin.browser.problems).toEqual([]);
});
