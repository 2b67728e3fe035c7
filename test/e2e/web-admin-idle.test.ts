import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdminPage, rowOf } from '../helpers/admin-page.js';
import { faultsOf } from '../helpers/axe.js';
import { eventually } from '../helpers/cluster-process.js';

/* A page that somebody leaves open, with the shortest time that one may do nothing: a real cluster and a real browser. */

let admin: AdminPage;
const soon = { timeout: 90_000 };
const question = 'dialog:has-text("Are you still there?")';

beforeAll(async () => {
  admin = await AdminPage.start({ idleTimeout: '1m' });
});
afterAll(() => admin?.[Symbol.asyncDispose]());
afterEach(() => admin.closePages());

/** A page of an account of its own, so that nothing else keeps its session. */
async function opened(name: string, search: string) {
  const client = await admin.account(name, 'viewer');
  const page = await admin.openSignedOut(undefined);
  const [cookie, value] = client.cookie!.split('=') as [string, string];
  await page.context().addCookies([{ name: cookie, value, url: admin.url }]);
  await page.goto(`${admin.url}/${search}`);
  await page.waitForSelector(rowOf('chat-1'));
  return { client, page };
}

const isOver = async (name: string) => {
  const { body } = await admin.client.operate('sessions.list');
  return !(body.answer as { name: string }[]).some((one) => one.name === name);
};

describe('who does nothing on a page that only watches', () => {
  it('is asked whether they are there, goes on by a word, and else is signed out and told why', async () => {
    const { page } = await opened('ida', '?view=servers');
    const keepsAdmin = setInterval(() => void admin.client.get('/api/v1/session'), 10_000);
    try {
      await page.waitForSelector(question, soon);
      expect(await page.textContent(question)).toMatch(/You are signed out in 0:[0-3]\d/);
      expect(await faultsOf(page)).toEqual([]);
      await page.click('text=Stay signed in');
      await page.waitForSelector(question, { state: 'detached' });
      expect(await isOver('ida')).toBe(false);
      // the feed goes on all the while, and does not count
      await page.waitForSelector(question, soon);
      await page.waitForSelector('text=as nothing was done here for a while', soon);
      await eventually(() => isOver('ida'), 'the end of the session', 30_000);
    } finally {
      clearInterval(keepsAdmin);
    }
  }, 240_000);

  it('is not asked while they use it, and is told when somebody else ends the session', async () => {
    const { client, page } = await opened('uma', '?view=servers');
    const before = Date.now();
    await eventually(
      async () => {
        await page.mouse.wheel(0, 10);
        await admin.client.get('/api/v1/session');
        expect(await page.locator(question).count()).toBe(0);
        return Date.now() - before > 75_000;
      },
      'more than the time in which nothing may be done',
      120_000,
    );
    await client.delete('/api/v1/session');
    await page.waitForSelector('text=Your session was ended by you elsewhere', soon);
  }, 240_000);
});
