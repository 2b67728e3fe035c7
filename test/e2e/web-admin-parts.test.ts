import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdminPage, rowOf } from '../helpers/admin-page.js';
import { eventually } from '../helpers/cluster-process.js';
import { lookedAtSecret } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';

/* What the terminal shows of a server, a user, a channel and all logs, in a real browser. */

let admin: AdminPage;

beforeAll(async () => {
  admin = await AdminPage.start();
});
afterAll(() => admin?.[Symbol.asyncDispose]());
afterEach(() => admin.closePages());

/** Somebody who plays, and is in a channel where one is named. */
async function player(uid: string, room?: string): Promise<RawClient> {
  const client = await RawClient.join(admin.looked.clientPort);
  await client.request('connector.entryHandler.enter', { uid });
  if (room !== undefined) await client.request('chat.chatHandler.join', { room });
  return client;
}

describe('the page of a server', () => {
  it('has its routes, calls, clients and runtime as it has measured them, each a part with an address', async () => {
    await using _ann = await player('ann');
    const page = await admin.open('?server=connector-1');
    await page.click('.tabs >> text=Routes');
    await page.waitForSelector(rowOf('connector.entryHandler.enter'));
    expect(new URL(page.url()).searchParams.get('tab')).toBe('routes');
    expect(await page.textContent('h2')).toBe('request.duration');
    await page.click('.tabs >> text=Clients');
    await page.waitForSelector(rowOf('client.connections'));
    expect(await page.locator(rowOf('connector.entryHandler.enter')).count()).toBe(0);
    await page.goto(`${admin.url}/?server=connector-1&tab=runtime`);
    await page.waitForSelector('tr[data-key^="heap.used"]');
    expect(admin.browser.problems).toEqual([]);
  });

  it('has what it runs with, where each value came from, and what the files say by now, without secrets', async () => {
    const { game } = admin.looked;
    const page = await admin.open('?server=connector-1&tab=config');
    await page.waitForSelector(`${rowOf('secret')}:has-text("the environment variable POMELO_TS_SECRET")`);
    await page.waitForSelector(`${rowOf('clientPort')}:has-text("config/servers.json connector[0]")`);
    await page.waitForSelector(`${rowOf('rpc.timeout')}:has-text("default")`);
    expect(await page.content()).not.toContain(lookedAtSecret);
    game.write('config/settings.json', { rpc: { timeout: '4s' } });
    await page.click('button:has-text("Ask again")');
    await page.waitForSelector(
      `${rowOf('rpc.timeout')}:has-text("config/settings.json says \\"4s\\" by now")`,
    );
    game.write('config/settings.json', {});
    expect(admin.browser.problems).toEqual([]);
  });
});

describe('the page of a host', () => {
  it('is led to from the table of hosts, and has load, disks and the processes of its servers with how they ended', async () => {
    const { game } = admin.looked;
    process.kill((await game.rows())['chat-2']!.pid!, 'SIGKILL');
    const page = await admin.open('?view=hosts');
    await page.click('table[data-view="hosts"] a:has-text("127.0.0.1")');
    await page.waitForSelector(`${rowOf('logs')}:has-text("yes")`);
    expect(new URL(page.url()).search).toBe('?host=127.0.0.1');
    await page.waitForSelector(`${rowOf('chat-2')}:has-text("signal SIGKILL")`);
    await page.waitForSelector(`${rowOf('chat-1')}:has-text("${(await game.rows())['chat-1']!.pid}")`);
    expect(await page.textContent('dl.now')).toMatch(/load of 1, 5 and 15 minutes\d+\.\d\d · /);
    await page.click('main a:has-text("chat-2")');
    await page.waitForSelector('ol.events li:has-text("chat-2 is gone: signal SIGKILL")');
    await game.run('start', '-i', 'chat-2', '-e', 'production');
    expect(admin.browser.problems).toEqual([]);
  });
});

describe('users and channels', () => {
  it('lead from their tables to where a user is, since when and in which channels, and to who is in one', async () => {
    await using _ann = await player('ann', 'lobby');
    const page = await admin.open('?view=users&filter=uid%3Dann');
    await page.click('table[data-view="users"] a:has-text("ann")');
    await page.waitForSelector('main table :text("connector-1")');
    await page.click('main a:has-text("lobby")');
    await page.waitForSelector('h1:has-text("lobby")');
    await page.waitForSelector('main table a:has-text("ann")');
    await page.click('main table a:has-text("ann")');
    await page.waitForSelector('main p:has-text("Sessions of ann: 1")');
    await page.goto(`${admin.url}/?view=channels`);
    await page.click('table[data-view="channels"] a:has-text("lobby")');
    await page.waitForSelector('h1:has-text("lobby")');
    expect(admin.browser.problems).toEqual([]);
  });

  it('a user is traced on all servers as it happens, until it is ended', async () => {
    await using ann = await player('ann');
    const page = await admin.open('?page=users&uid=ann');
    // what is asked for while the page still connects is done once it has
    let connect = () => {};
    const clicked = new Promise<void>((resolve) => (connect = resolve));
    await page.route('**/feed-ticket', (route) => clicked.then(() => route.continue()));
    await page.reload();
    await page.click('[data-trace]');
    await page.waitForSelector('.log');
    connect();
    await page.waitForSelector('[data-trace]:text("End the trace")');
    const said = page.locator('.log p:has-text("chat.chatHandler.say")').first();
    const asking = (async () => {
      while ((await said.count()) === 0) await ann.request('chat.chatHandler.say', {});
    })();
    await said.waitFor();
    await asking;
    await page.click('[data-trace]');
    await page.waitForSelector('[data-trace]:text("Begin the trace")');
    expect(await page.textContent('.log')).toContain('connector-1');
    expect(admin.browser.problems).toEqual([]);
  });
});

describe('rooms', () => {
  it('are listed as games name them, and one of them is shown as its game gives it, without secrets', async () => {
    const page = await admin.open('?page=rooms');
    await page.waitForSelector(rowOf('chat-1 table 大厅'));
    await page.fill('input[type="search"]', 'vip');
    await page.waitForSelector('main p:has-text("2 of 2")');
    await page.click(`${rowOf('chat-2 table vip-1')} a`);
    await page.waitForSelector('.log:has-text("\\"round\\": 3")');
    expect(await page.textContent('.log')).toContain('"token": "***"');
    expect(await page.title()).toContain('vip-1');
    await page.goto(`${admin.url}/?page=rooms&at=chat-1&kind=table&name=none`);
    await page.waitForSelector('[role="alert"]:has-text("chat-1 shows no table none")');
    await page.goto(`${admin.url}/?page=rooms&name=no-such`);
    await page.waitForSelector('main p:has-text("Nothing is there")');
  });
});

describe('the logs', () => {
  it('of all servers stand together as they grow, and servers look for what is wanted in them', async () => {
    const page = await admin.open('?page=logs');
    const says = async (id: string) => (await page.locator(`.log a:has-text("${id}")`).count()) > 0;
    // which of the two a client is sent to is the cluster's choice
    await eventually(async () => {
      await using some = await RawClient.join(admin.looked.clientPort);
      await some.request('chat.chatHandler.shout', { text: 'hay' });
      return (await says('chat-1')) && (await says('chat-2'));
    }, 'words of both in one log');
    await using ann = await player('ann');
    await ann.request('chat.chatHandler.shout', { text: 'a needle in the hay' });
    await page.waitForSelector('.log p:has-text("a needle in the hay")');
    await page.fill('input[type="search"]', 'needle !bot');
    await page.waitForFunction(() => document.querySelectorAll('.log p').length === 1);
    expect(await page.textContent('.log')).toContain('a needle in the hay');
    expect(new URL(page.url()).searchParams.get('filter')).toBe('needle !bot');
    await page.fill('input[type="search"]', 'level:loud');
    await page.waitForSelector('[role="alert"]:has-text("expected level:debug")');
    expect(admin.browser.problems).toEqual([]);
  });

  it('are searched by regular expressions with the lines around, and a time leads to what the server was like then', async () => {
    await using ann = await player('ann');
    const say = (how: string, text: string) => ann.request(`chat.chatHandler.${how}`, { text });
    await say('shout', 'just before it');
    await say('warn', 'the room is full');
    await say('shout', 'just after it');
    const page = await admin.open(
      `?page=logs&filter=${encodeURIComponent('/room is (full|shut)/ around:1')}`,
    );
    await page.waitForSelector('.log p:not(.around):has-text("the room is full")');
    await page.waitForSelector('.log p.around:has-text("just before it")');
    await page.waitForSelector('.log p.around:has-text("just after it")');
    expect(await page.locator('.log p:has-text("hay")').count()).toBe(0);
    await page.click('.log p:has-text("the room is full") a.quiet');
    await page.waitForSelector('.events li:has-text("a line of its log was written")');
    const { searchParams } = new URL(page.url());
    expect(searchParams.get('server')).toMatch(/^chat-[12]$/);
    expect(Math.abs(Date.now() - Number(searchParams.get('moment')))).toBeLessThan(600_000);
    await page.goto(`${admin.url}/?page=logs&filter=${encodeURIComponent('/(a/')}`);
    await page.waitForSelector('[role="alert"]:has-text("missing closing )")');
    expect(admin.browser.problems).toEqual([]);
  });
});
