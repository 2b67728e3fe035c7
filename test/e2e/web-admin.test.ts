import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AdminPage, rowOf } from '../helpers/admin-page.js';
import { eventually } from '../helpers/cluster-process.js';
import { RawClient } from '../helpers/raw-client.js';

/* A real cluster, its real admin, and a real browser. */

let admin: AdminPage;

beforeAll(async () => {
  admin = await AdminPage.start();
});
afterAll(() => admin?.[Symbol.asyncDispose]());
afterEach(() => admin.closePages());

describe('drills', () => {
  it('a killed server is seen within seconds without a click, and is started from there', async () => {
    const page = await admin.open();
    await page.waitForSelector(`${rowOf('chat-2')} :text-is("ready")`);
    process.kill((await admin.looked.game.rows())['chat-2']!.pid!, 'SIGKILL');
    const killedAt = Date.now();
    await page.waitForSelector('.problems li:has-text("chat-2"):has-text("gone: signal SIGKILL")');
    await page.waitForSelector(`${rowOf('chat-2')} :text-is("gone")`);
    console.log(`killed -> seen in the page: ${Date.now() - killedAt} ms`);
    const first = page.locator('table[data-view="servers"] tbody tr').first();
    expect(await first.getAttribute('data-key')).toBe('chat-2');
    const chinese = await admin.open('', { locale: 'zh-CN' });
    await chinese.waitForSelector('.problems li:has-text("chat-2"):has-text("已消失：signal SIGKILL")');
    await chinese.goto(`${admin.url}/?view=problems`);
    await chinese.waitForSelector('tbody :text-is("已消失：signal SIGKILL")');
    await page.click(`${rowOf('chat-2')} [data-act]`);
    await page.click('[data-verb="servers.start"]');
    expect(await page.textContent('dialog')).toContain('Starts those of the servers that do not run.');
    await page.click('[data-confirm]');
    await page.waitForSelector('[data-task="done"]:has-text("start chat-2")');
    await page.waitForSelector(`${rowOf('chat-2')} :text-is("ready")`);
    expect(admin.browser.problems).toEqual([]);
  });

  it('the slow route of a slow handler stands first after two clicks', async () => {
    await using client = await RawClient.join(admin.looked.clientPort);
    const page = await admin.open('?view=servers');
    for (let n = 0; n < 5; n++) {
      await client.request('chat.chatHandler.say', {});
      await client.request('chat.chatHandler.slow', {});
    }
    await page.click('nav >> text=Routes');
    await page.waitForSelector('table[data-view="routes"]');
    await page.click('th[data-column="p99"] button');
    await page.waitForSelector(
      'table[data-view="routes"] tbody tr:first-child:has-text("chat.chatHandler.slow")',
    );
    expect(await page.getAttribute('th[data-column="p99"]', 'aria-sort')).toBe('descending');
  });

  it('a user is found and kicked, whatever their name tries', async () => {
    const uid = '<img src=x onerror="alert(1)">\u202e例';
    await using client = await RawClient.join(admin.looked.clientPort);
    await client.request('connector.entryHandler.enter', { uid });
    const page = await admin.open('?page=users');
    await page.fill('input[type="search"]', uid);
    await page.click('button:has-text("Find")');
    await page.waitForSelector('table :text("connector-1")');
    expect(await page.locator('main img').count()).toBe(0);
    expect(await page.textContent('main')).toContain(
      'Sessions of <img src=x onerror="alert(1)">\\u202e例: 1',
    );
    await page.click('main [data-act]');
    await page.click('[data-verb="users.kick"]');
    await page.click('dialog summary');
    await page.fill('dialog input', 'maintenance');
    await page.click('[data-confirm]');
    await client.closed();
    expect(client.kicked).toBe('maintenance');
    await page.waitForSelector('main :text("is not connected")');
    expect(admin.browser.problems).toEqual([]);
  });

  it('a CPU profile is taken, and its flame graph drawn, searched, walked and downloaded', async () => {
    await using client = await RawClient.join(admin.looked.clientPort);
    let over = false;
    const burning = (async () => {
      while (!over) await client.request('chat.chatHandler.burn', {});
    })();
    // which of the two the client was sent to is the cluster's choice
    const both = await Promise.all(
      ['chat-1', 'chat-2'].map(async (id) => {
        const one = await admin.open(`?server=${id}&tab=profile`);
        await one.fill('input[type="number"]', '2');
        await one.click('[data-take="cpu"]');
        return one;
      }),
    );
    await Promise.all(both.map((one) => one.waitForSelector('.frames', { timeout: 60_000 })));
    const page = await eventually(async () => {
      for (const one of both) if ((await one.locator('.frame:has-text("burn")').count()) > 0) return one;
      return undefined;
    }, 'the function that burns the time in one of the two');
    over = true;
    await burning;
    await page.fill('.flame input', 'burn');
    await page.waitForSelector('.frame.found');
    await page.focus('.frames');
    await page.keyboard.press('ArrowDown');
    const walked = await page.textContent('.frame-facts');
    await page.keyboard.press('Enter');
    expect(walked).toMatch(/% of the time/);
    await page.waitForSelector('.flame button[aria-disabled="false"]');
    await page.keyboard.press('Home');
    await page.waitForSelector('.flame button[aria-disabled="true"]');
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-download]')]);
    expect(file.suggestedFilename()).toMatch(/^chat-\d-.*\.cpuprofile$/);
    expect(await page.textContent('table')).toContain('burn');
    expect(admin.browser.problems).toEqual([]);
  });
});

describe('a view', () => {
  it('is what its address says, after a reload, in another tab, and by back and forward', async () => {
    const page = await admin.open(
      '?view=servers&filter=type%3Achat&sort=memory&order=ascending&window=1m&group=type',
    );
    await page.waitForSelector(rowOf('chat-1'));
    expect(await page.locator(rowOf('connector-1')).count()).toBe(0);
    expect(await page.inputValue('input[type="search"]')).toBe('type:chat');
    expect(await page.getAttribute('th[data-column="memory"]', 'aria-sort')).toBe('ascending');
    await page.waitForSelector('tr.group:has-text("chat (2)")');
    await page.click('th[data-column="id"] button');
    expect(new URL(page.url()).searchParams.get('sort')).toBe('id');
    await page.goBack();
    await page.waitForSelector('th[data-column="memory"][aria-sort="ascending"]');
    await page.goForward();
    await page.waitForSelector('th[data-column="id"][aria-sort]');
    await page.reload();
    await page.waitForSelector('th[data-column="id"][aria-sort]');
    expect(new URL(page.url()).searchParams.get('window')).toBe('1m');
  });

  it('takes a filter while it is typed, and tells what is wrong with one while the lines stay', async () => {
    const page = await admin.open('?view=servers');
    await page.waitForSelector(rowOf('connector-1'));
    await page.fill('input[type="search"]', 'type:chat');
    await page.waitForSelector(rowOf('connector-1'), { state: 'detached' });
    await page.fill('input[type="search"]', 'type:chat colour:red');
    await page.waitForSelector('text=there is no column colour');
    expect(await page.getAttribute('input[type="search"]', 'aria-invalid')).toBe('true');
    expect(await page.locator(rowOf('chat-1')).count()).toBe(1);
    await page.fill('input[type="search"]', '/(a+)+$/ id:nothing');
    await page.waitForSelector('text=None of 3 meets the filter.');
    await page.click('text=Take the filter away');
    await page.waitForSelector(rowOf('connector-1'));
    expect(new URL(page.url()).search).toBe('?view=servers');
  });

  it('is exported as CSV with the numbers as they are', async () => {
    const page = await admin.open('?view=servers&filter=type:connector');
    await page.waitForSelector(rowOf('connector-1'));
    await page.waitForSelector(rowOf('chat-1'), { state: 'detached' });
    const [file] = await Promise.all([page.waitForEvent('download'), page.click('[data-csv]')]);
    const chunks: Buffer[] = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer);
    const [head, line, ...others] = Buffer.concat(chunks).toString().trim().split('\n');
    expect(head).toMatch(/^id,type,host,state,build,connections,/);
    expect(line).toMatch(/^connector-1,connector,127\.0\.0\.1,ready,/);
    expect(others).toEqual([]);
  });

  it('shows what was before it was opened, in an address that holds how much of it', async () => {
    const page = await admin.open('?server=chat-1&span=6h');
    await page.waitForSelector('.chart canvas', { timeout: 60_000 });
    expect(await page.textContent('nav a[aria-current="page"]:has-text("6 hours")')).toBe('last 6 hours');
    await page.click('text=last 10 minutes');
    await page.waitForURL((url) => !url.searchParams.has('span'));
    const fresh = await admin.open('?server=chat-1');
    // Its chart begins with what it hears after it was opened, until it has what was before.
    await eventually(async () => {
      const chart = fresh.locator('.chart [role="img"][aria-label^="mem" i]');
      const [, minutes = 0, seconds = 0] = / in (?:(\d+)m ?)?(?:(\d+)s)?$/.exec(
        (await chart.getAttribute('aria-label'))!,
      )!;
      return 60 * Number(minutes) + Number(seconds) > (await fresh.evaluate(() => performance.now() / 1000));
    }, 'a chart that is older than its page');
    const drained = '.events li:has-text("chat-2")';
    const watching = await admin.open('?page=timeline');
    await watching.waitForSelector('.chart canvas');
    expect(await admin.looked.game.run('drain', 'chat-2')).toMatchObject({ code: 0 });
    await watching.waitForSelector(drained);
    expect(await admin.looked.game.run('undrain', 'chat-2')).toMatchObject({ code: 0 });
    const later = await admin.open('?page=timeline');
    await later.waitForSelector(drained);
  });

  it('says that the connection is lost and how old it is, and finds it again', async () => {
    const page = await admin.open('?view=servers');
    await page.waitForSelector(rowOf('chat-1'));
    await page.context().setOffline(true);
    await page.waitForSelector('[data-feed="lost"]', { timeout: 60_000 });
    expect(await page.textContent('[data-feed="lost"]')).toMatch(/What you see is \d+s old/);
    await page.context().setOffline(false);
    await page.waitForSelector('[data-feed="lost"]', { state: 'detached', timeout: 60_000 });
    await page.click('th[data-column="id"] button');
    await page.waitForSelector('th[data-column="id"][aria-sort="ascending"]');
    await eventually(
      async () => /as of [0-2]s ago/.test((await page.textContent('.facts'))!),
      'fresh figures',
    );
  });
});

describe('hostile texts', () => {
  it('in a log are shown as what they are', async () => {
    await using client = await RawClient.join(admin.looked.clientPort);
    const text = `<img src=x onerror="alert(2)"> \u202egnp.\u202c \u001b[31mred 名字`;
    await client.request('chat.chatHandler.shout', { text });
    // which of the two the client was sent to is the cluster's choice
    const logs = await Promise.all(['chat-1', 'chat-2'].map((id) => admin.open(`?server=${id}&tab=log`)));
    const lineIn = (page: Page) => page.locator('.log p:has-text("alert(2)")');
    let page = logs[0]!;
    await eventually(async () => {
      for (const one of logs) if ((await lineIn(one).count()) > 0) page = one;
      return (await lineIn(page).count()) > 0;
    }, 'the line of the log');
    expect(await lineIn(page).first().textContent()).toContain(
      '<img src=x onerror="alert(2)"> \\u202egnp.\\u202c \\u001b[31mred 名字',
    );
    expect(await page.locator('main img').count()).toBe(0);
  });

  it('in an address do nothing', async () => {
    const bad = encodeURIComponent('"><img src=x onerror=alert(3)>\u202e');
    for (const search of [
      `?server=${bad}`,
      `?view=servers&filter=${bad}`,
      `?view=servers&sort=${bad}&group=${bad}&limit=${bad}`,
      `?page=users&uid=${bad}`,
      `?page=audit&name=${bad}&verb=${bad}`,
    ]) {
      const page = await admin.open(search);
      await page.waitForSelector('h1');
      await page.waitForSelector('.totals');
      expect([search, await page.locator('img').count()]).toEqual([search, 0]);
    }
    expect(admin.browser.problems).toEqual([]);
  });
});

describe('by keyboard alone', () => {
  it('one gets past the head, into a dialog, out of it by Esc, and is where one was', async () => {
    const page = await admin.open('?view=servers');
    await page.waitForSelector(rowOf('chat-1'));
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('content');
    const focused = () =>
      page.evaluate(
        () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.tagName,
      );
    for (let n = 0; n < 60 && (await focused()) !== 'Actions for chat-1'; n++)
      await page.keyboard.press('Tab');
    expect(await focused()).toBe('Actions for chat-1');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    for (let n = 0; n < 30; n++) {
      await page.keyboard.press('Tab');
      const where = await page.evaluate(
        () => document.activeElement?.closest('dialog') !== null || document.activeElement === document.body,
      );
      expect(where).toBe(true);
    }
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'detached' });
    expect(await focused()).toBe('Actions for chat-1');
  });

  it('several servers are restarted only after their number was typed', async () => {
    const page = await admin.open('?view=servers&sort=id&order=ascending');
    await page.waitForSelector(`${rowOf('chat-2')} :text-is("ready")`);
    const before = await admin.looked.game.rows();
    await page.check(`${rowOf('chat-1')} input`);
    await page.check(`${rowOf('chat-2')} input`);
    await page.focus('[data-act-marked]');
    await page.keyboard.press('Enter');
    await page.waitForSelector('dialog[open]');
    await page.focus('[data-verb="servers.restart"]');
    await page.keyboard.press('Enter');
    await page.fill('dialog label:has-text("Type how many") + input', '3');
    await page.keyboard.press('Enter');
    expect(await page.locator('[data-task]').count()).toBe(0);
    await page.fill('dialog label:has-text("Type how many") + input', '2');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[data-task="done"]:has-text("restart chat-1, chat-2")', { timeout: 90_000 });
    const after = await admin.looked.game.rows();
    for (const id of ['chat-1', 'chat-2']) expect(after[id]!.pid).not.toBe(before[id]!.pid);
    expect(after['connector-1']!.pid).toBe(before['connector-1']!.pid);
  });

  it('what needs an argument is carried out once that is chosen', async () => {
    const page = await admin.open('?server=chat-1');
    await page.click('main [data-act]');
    await page.click('[data-verb="servers.loglevel"]');
    await page.waitForSelector('[data-confirm][aria-disabled="true"]');
    await page.selectOption('dialog select', 'debug');
    await page.click('[data-confirm][aria-disabled="false"]');
    await page.waitForSelector('[data-task="done"]:has-text("loglevel chat-1")');
    expect(admin.browser.problems).toEqual([]);
  });
});
