import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { password } from '../../helpers/admin-client.js';
import { rowOf } from '../../helpers/admin-page.js';
import { executable, TestBrowser } from '../../helpers/browser.js';
import { Certificates } from '../../helpers/certificates.js';
import { EtcdCluster } from '../../helpers/etcd.js';
import { LeaderClaims } from '../../helpers/leader-claims.js';
import { NetLab, sshPort } from '../../helpers/netlab.js';
import { patienceMs, ThreeMasters } from '../../helpers/three-masters.js';

/* The page for operators while the leading master changes: masters on three hosts, each with its admin, and a browser that reaches all of them. */

let lab: NetLab;
let etcd: EtcdCluster;
let three: ThreeMasters;
let browser: TestBrowser;
let certificates: Certificates;

const adminPort = 3080;
/** No measure of speed: a busy machine has its time. */
const timeout = 240_000;

beforeAll(async () => {
  certificates = new Certificates();
  lab = await NetLab.up(3);
  etcd = await EtcdCluster.onHosts(lab.hosts);
  const { cert, key } = certificates.member;
  three = await ThreeMasters.begin(lab, etcd, 'page/', {
    admin: { port: adminPort, listen: '0.0.0.0', tls: { cert, key }, secondFactor: 'optional' },
    ssh_config_params: [`-p ${sshPort}`, '-o ConnectTimeout=10'],
  });
  browser = await TestBrowser.launch(lab.outsideProgram(executable));
}, timeout);
afterAll(async () => {
  await browser?.[Symbol.asyncDispose]();
  await three?.[Symbol.asyncDispose]();
  await lab?.[Symbol.asyncDispose]();
  await etcd?.[Symbol.asyncDispose]();
  certificates?.[Symbol.dispose]();
});

const pageAt = (at: number): string => `https://${lab.hosts[at]!.address}:${adminPort}`;

/** A page of the browser at what a master serves. */
async function open(at: number, rest = ''): Promise<Page> {
  const page = await browser.page({ locale: 'en', ignoreHTTPSErrors: true });
  page.setDefaultTimeout(patienceMs);
  await page.goto(`${pageAt(at)}/${rest}`);
  return page;
}

/** Somebody chooses the password of the first account, and has the accounts where the other masters look for theirs. */
async function setUp(): Promise<Page> {
  const { stdout } = await three.run(0, 'account', 'link', 'admin');
  const page = await open(0, /#setup=\S+/.exec(stdout)?.[0] ?? stdout);
  for (const field of await page.locator('input[type="password"]').all()) await field.fill(password);
  await page.click('form button[type="submit"]');
  await page.waitForSelector('.shell');
  const accounts = (at: number) => join(three.game.root, `state-${at + 1}`, 'accounts.json');
  for (const at of [1, 2]) copyFileSync(accounts(0), accounts(at));
  return page;
}

async function signIn(page: Page): Promise<void> {
  await page.fill('input[autocomplete="username"]', 'admin');
  await page.fill('input[type="password"]', password);
  await page.click('form button[type="submit"]');
}

const kill = async (at: number): Promise<void> => {
  three.masters[at]!.child.kill('SIGKILL');
  await three.masters[at]!.ended;
};

/** Waits until a page shows what the master of a host tells just now. */
async function showsFrom(page: Page, at: number): Promise<void> {
  await page.waitForSelector(`.facts:has-text("on ${lab.hosts[at]!.address}")`);
  await page.waitForSelector(`${rowOf('chat-1')} :text-is("ready")`);
  await page.waitForSelector('.facts :text-matches("as of [0-3]s ago")');
}

describe('the page for operators, while the master that leads changes', () => {
  const search = '?view=servers&sort=id&order=ascending';
  /** Two pages at the first master, and one at each of the others, which stand by. */
  let page: Page;
  let stays: Page;
  let standing: Page[];
  let next: number;
  const other = (): number => 3 - next;

  it('says at a master that stands by which one leads, with a link to the page of that', {
    timeout,
  }, async () => {
    page = await setUp();
    stays = await page.context().newPage();
    stays.setDefaultTimeout(patienceMs);
    for (const one of [page, stays]) {
      await one.goto(`${pageAt(0)}/${search}`);
      await showsFrom(one, 0);
    }
    standing = [await open(1), await open(2)];
    for (const one of standing) {
      await one.waitForSelector(`[data-stands-by]:has-text("${lab.hosts[0]!.address}:3005")`);
      expect(await one.getAttribute('a[data-master]', 'href')).toBe(`${pageAt(0)}/`);
    }
  });

  it('says when the leader is killed that the connection is lost, and where other masters are; the next one lets in by itself', {
    timeout,
  }, async () => {
    const since = LeaderClaims.now();
    await kill(0);
    await page.waitForSelector('[data-feed="lost"]:has-text("Another master may lead by now")');
    next = await three.takenOver('leader killed beside an open page', since);
    await standing[next - 1]!.waitForSelector('input[autocomplete="username"]');
    const leads = `${lab.hosts[next]!.address}:3005`;
    await standing[other() - 1]!.waitForSelector(`[data-stands-by]:has-text("${leads}")`);
  });

  it('shows live data again at the same place of the page that its link leads to', { timeout }, async () => {
    await page.click(`a[data-master][href^="${pageAt(next)}/"]`);
    await signIn(page);
    await showsFrom(page, next);
    expect(new URL(page.url()).search).toBe(search);
  });

  it('follows, where it stays open, its master that comes back to stand by, and leads again', {
    timeout,
  }, async () => {
    three.masters[0] = three.beginOn(0, 'start');
    const leads = `${lab.hosts[next]!.address}:3005`;
    await stays.waitForSelector(`[data-feed="not-leading"]:has-text("${leads}")`);
    expect(await stays.getAttribute('[data-feed="not-leading"] a[data-master]', 'href')).toBe(
      `${pageAt(next)}/${search}`,
    );
    // none else is left
    await kill(other());
    await kill(next);
    await stays.waitForSelector('.notice:has-text("does not lead any more")');
    await signIn(stays);
    await showsFrom(stays, 0);
    expect(new URL(stays.url()).search).toBe(search);
  });
});
