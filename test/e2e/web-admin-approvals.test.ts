import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { AdminClient } from '../helpers/admin-client.js';
import { AdminPage, rowOf } from '../helpers/admin-page.js';
import { picture } from '../helpers/admin-pictures.js';
import { eventually } from '../helpers/cluster-process.js';

/* What takes two persons: the page of a real cluster in a real browser, HTTP, and the command line on its host. */

let admin: AdminPage;
let bo: AdminClient;

beforeAll(async () => {
  admin = await AdminPage.start({ approvals: 2 });
  const { stdout: out, code } = await admin.looked.game.run('account', 'add', 'bo', '--role', 'admin');
  const link = /#setup=\S+/.exec(out)?.[0];
  if (code !== 0 || !link) throw new Error(`expected a link, got ${out}`);
  bo = new AdminClient(admin.client.port);
  const { status, text } = await bo.setUp(link);
  if (status !== 200) throw new Error(text);
}, 90_000);
afterAll(() => admin?.[Symbol.asyncDispose]());
afterEach(() => admin.closePages());

/** The id of the one change that waits. */
const waiting = () =>
  eventually(async () => (await bo.operate('approvals.list')).body.answer[0]?.id as string, 'a change');

it('a new account waits on the page of who asked until another person approves it on theirs', async () => {
  const own = await admin.open('?page=accounts');
  await own.fill('[data-add] input', 'carl');
  await own.click('[data-add] button');
  await own.waitForSelector('[data-approval] :text("accounts.add waits until a second person")');
  const other = await admin.openSignedOut(undefined);
  const [name, value] = bo.cookie!.split('=') as [string, string];
  await other.context().addCookies([{ name, value, url: admin.url }]);
  await other.goto(`${admin.url}/?page=approvals`);
  const id = await waiting();
  await other.waitForSelector(`${rowOf(id)} :text("carl")`);
  await picture(other, 'approvals-light');
  expect(await own.locator(rowOf('carl')).count()).toBe(0);
  await other.click(`${rowOf(id)} [data-sure="approve"]`);
  await other.click('[data-confirm]');
  await own.waitForSelector(rowOf('carl'));
  expect(await own.textContent('[data-copy]')).toMatch(/#setup=.{20,}$/);
  expect(await own.locator('[data-approval]').count()).toBe(0);
  await other.waitForSelector('text=Nothing waits for a second person.');
  const { body } = await bo.operate('audit.read', { verb: 'accounts.add' });
  expect(body.answer.records[0]).toMatchObject({ by: 'admin', result: 'done', approvedBy: 'bo' });
  expect(admin.browser.problems).toEqual([]);
}, 90_000);

it('a change that is asked for by its form says before that it waits, and answers there once another person approves it', async () => {
  const page = await admin.open('?page=operate&verb=keys.create');
  await page.waitForSelector('main p:has-text("It waits until a second person approves it.")');
  await page.getByLabel('name (required)').fill('shop');
  await page.getByLabel('role (required)').fill('viewer');
  await page.click('[data-ask]');
  await page.click('dialog [data-confirm]');
  await page.waitForSelector('[data-approval] :text("keys.create waits until a second person")');
  const id = await waiting();
  expect(await page.locator('[data-answer]').count()).toBe(0);
  expect((await bo.operate('approvals.approve', { id })).status).toBe(200);
  await page.waitForSelector('[data-answer] .log:has-text("\\"key\\":")');
  expect(await page.locator('[data-approval]').count()).toBe(0);
  expect(admin.browser.problems).toEqual([]);
}, 90_000);

it('the page shows who asked their own change to withdraw it, and not to approve it', async () => {
  const asked = bo.operate('accounts.add', { name: 'dora', role: 'viewer' });
  const id = await waiting();
  const page = await admin.openSignedOut(undefined);
  const [name, value] = bo.cookie!.split('=') as [string, string];
  await page.context().addCookies([{ name, value, url: admin.url }]);
  await page.goto(`${admin.url}/?page=approvals`);
  await page.waitForSelector(`${rowOf(id)} [data-sure="refuse"]`);
  expect(await page.locator(`${rowOf(id)} [data-sure="approve"]`).count()).toBe(0);
  const own = await bo.operate('approvals.approve', { id });
  expect([own.status, own.body.error.code]).toEqual([403, 'APPROVAL_OWN']);
  await page.click(`${rowOf(id)} [data-sure="refuse"]`);
  await page.click('[data-confirm]');
  expect((await asked).body.error.code).toBe('APPROVAL_REFUSED');
}, 90_000);

it('a change that waits is withdrawn when the account of who asked for it is removed, and cannot be approved any more', async () => {
  const { game } = admin.looked;
  const link = /#setup=\S+/.exec((await game.run('account', 'add', 'hal', '--role', 'admin')).stdout)![0];
  const hal = new AdminClient(admin.client.port);
  expect((await hal.setUp(link)).status).toBe(200);
  const asked = hal.operate('accounts.add', { name: 'ivy', role: 'admin' });
  const id = await waiting();
  expect((await game.run('account', 'remove', 'hal')).code).toBe(0);
  expect((await asked).body.error.code).toBe('APPROVAL_REFUSED');
  expect((await bo.operate('approvals.list')).body.answer).toEqual([]);
  const late = await bo.operate('approvals.approve', { id });
  expect([late.status, late.body.error.code]).toEqual([404, 'APPROVAL_MISSING']);
  const { stdout } = await game.run('account', '--json');
  expect(JSON.parse(stdout).map(({ name }: { name: string }) => name)).not.toContain('ivy');
}, 90_000);

it('the command line on the host shows, refuses and approves, and waits for nobody itself; a key asks for nothing of it', async () => {
  const { game } = admin.looked;
  const made = await game.run('key', 'create', 'ci', '--role', 'admin');
  expect(made.code).toBe(0);
  const program = new AdminClient(admin.client.port);
  program.key = made.stdout.trim();
  const byKey = await program.operate('accounts.add', { name: 'eve', role: 'admin' });
  expect([byKey.status, byKey.body.error.code]).toEqual([403, 'APPROVAL_PERSON']);

  const refused = admin.client.operate('accounts.add', { name: 'finn', role: 'viewer' });
  const first = await waiting();
  expect((await game.run('approvals')).stdout).toMatch(new RegExp(`${first} +accounts\\.add .*admin`));
  const no = await game.run('approvals', 'refuse', first, '--reason', 'who is that');
  expect([no.code, no.stdout.trim()]).toEqual([0, 'accounts.add of admin is refused']);
  expect((await refused).body.error.message).toMatch(/refused it: who is that$/);

  const approved = admin.client.operate('accounts.add', { name: 'gina', role: 'viewer' });
  const second = await waiting();
  const yes = await game.run('approvals', 'approve', second);
  expect([yes.code, yes.stdout.trim()]).toEqual([0, 'accounts.add of admin goes on']);
  expect((await approved).status).toBe(200);
  expect((await game.run('approvals')).stdout.trim()).toBe('nothing waits for a second person');
}, 90_000);
