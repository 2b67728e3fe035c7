import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type AdminAnswer, AdminClient } from '../helpers/admin-client.js';
import { eventually } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';
import { clientId, clientSecret, hanging, OwnProvider } from '../helpers/own-provider.js';

/* A real cluster in production behind a proxy, and a provider on loopback that does what tests want of it. */

const origin = 'https://admin.example.org';
const callback = '/api/v1/oidc/callback';

let provider: OwnProvider;
let looked: LookedAtGame;
let port: number;
let admin: AdminClient;
let settings: Record<string, unknown>;

beforeAll(async () => {
  port = await freePort();
  provider = await OwnProvider.start();
  const oidc = {
    ...{ issuer: provider.issuer, clientId, clientSecretFile: 'client.secret' },
    roles: [
      { group: 'heads', role: 'admin' },
      { group: 'ops', role: 'operator' },
      { group: 'staff', role: 'viewer' },
      { group: 'smiths', role: 'smith' },
    ],
  };
  const roles = { smith: { verbs: ['sessions.*'] } };
  settings = { port, secondFactor: 'optional', behindProxy: true, origins: [origin], oidc, roles };
  looked = await lookedAtGame({ admin: settings }, (root) =>
    writeFileSync(join(root, 'client.secret'), `${clientSecret}\n`, { mode: 0o600 }),
  );
  admin = new AdminClient(port);
  const { status, text } = await admin.setUp(/#setup=\S+/.exec(looked.game.said)?.[0] ?? '#setup=none');
  if (status !== 200) throw new Error(text);
}, 60_000);
afterAll(async () => {
  await looked?.[Symbol.asyncDispose]();
  await provider?.[Symbol.asyncDispose]();
});
afterEach(() => provider.mend());

let addresses = 0;

/** A browser behind the proxy, from an address of its own: what fails of one test counts for no other. */
class Browser {
  readonly client = new AdminClient(port);
  readonly headers = { 'x-forwarded-for': `198.51.100.${++addresses}` };

  get address(): string {
    return this.headers['x-forwarded-for'];
  }

  /** Begins: gives where the browser is sent to. */
  async begin(args: object = {}, headers: object = {}): Promise<AdminAnswer> {
    const options = { headers: { ...this.headers, origin, ...headers } };
    return this.client.post('/api/v1/oidc', args, options);
  }

  /** Comes back from the provider: gives the code that the page is told, and the cookies. */
  async comeBack(answer: URLSearchParams | string): Promise<{ told: string; cookies: readonly string[] }> {
    const { status, headers } = await this.client.get(`${callback}?${answer}`, { headers: this.headers });
    const cookies = [headers['set-cookie'] ?? []].flat();
    const session = cookies.find((one) => one.startsWith('__Host-pomelo-admin='));
    if (session !== undefined) this.client.cookie = session.split(';')[0];
    expect([status, headers['location']]).toEqual([303, expect.stringMatching(/^\/#sign-in=[A-Z_]+$/)]);
    return { told: String(headers['location']).split('=')[1]!, cookies };
  }

  /** Signs in from beginning to end; gives the code that the page is told. */
  async signIn(sub: string, groups: readonly string[]): Promise<string> {
    const { body } = await this.begin();
    return (await this.comeBack(provider.authorize(body.url, { sub, groups }))).told;
  }
}

const audit = async (verb: string) =>
  (await admin.operate('audit.read', { verb })).body.answer.records as Record<string, unknown>[];

describe('signing in at a provider', () => {
  it('gives a session with the first role of one’s groups, under a name that no account can have', async () => {
    const browser = new Browser();
    expect((await browser.client.get('/api/v1/sign-in')).body).toEqual({
      provider: new URL(provider.issuer).host,
    });
    const { body, headers } = await browser.begin();
    const [pending] = headers['set-cookie'] as string[];
    expect(pending).toMatch(
      /^__Host-pomelo-admin-oidc=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect(new URL(body.url).searchParams.get('redirect_uri')).toBe(`${origin}${callback}`);
    const answer = provider.authorize(body.url, { sub: 'ann', groups: ['staff', 'ops'] });
    const { told, cookies } = await browser.comeBack(answer);
    expect(told).toBe('DONE');
    expect(cookies).toContainEqual(
      expect.stringMatching(/^__Host-pomelo-admin=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
    );
    const { session } = (await browser.client.get('/api/v1/session')).body;
    expect(session).toMatchObject({ name: 'oidc:ann', role: 'operator', secondFactor: 'provider' });
    expect((await browser.client.operate('servers.list')).status).toBe(200);
    expect((await browser.client.operate('accounts.list')).body.error.code).toBe('ROLE_LACKING');
    const named = await admin.operate('accounts.add', { name: 'oidc:ann', role: 'viewer' });
    expect(named.body.error.code).toBe('OPERATION_INVALID');
    expect((await audit('session.begin'))[0]).toMatchObject({
      ...{ by: 'oidc:ann', via: 'http', from: browser.address, result: 'done' },
    });
  });

  it('refuses who is in no group that has a role, and writes that down', async () => {
    const browser = new Browser();
    expect(await browser.signIn('eve', ['constructor', 'others'])).toBe('OIDC_NO_ROLE');
    expect((await browser.client.get('/api/v1/session')).body.error.code).toBe('NOT_SIGNED_IN');
    expect((await audit('session.begin'))[0]).toMatchObject({
      ...{ by: 'oidc:eve', from: browser.address, result: 'refused', code: 'OIDC_NO_ROLE' },
    });
  });

  it('goes by the groups that somebody has at that time: a change counts from the next sign-in on', async () => {
    const browser = new Browser();
    const role = async () => (await browser.client.get('/api/v1/session')).body.session.role;
    expect(await browser.signIn('ann', ['ops'])).toBe('DONE');
    expect(await role()).toBe('operator');
    expect(await browser.signIn('ann', ['heads'])).toBe('DONE');
    expect(await role()).toBe('admin');
    expect(await browser.signIn('ann', [])).toBe('OIDC_NO_ROLE');
  });

  it('is bound to the browser that has begun it, by its state, and good once', async () => {
    const [browser, other] = [new Browser(), new Browser()];
    const answer = provider.authorize((await browser.begin()).body.url, { sub: 'ann', groups: ['ops'] });
    expect((await other.comeBack(answer)).told).toBe('OIDC_OVER'); // a browser without any cookie
    const another = provider.authorize((await other.begin()).body.url, { sub: 'bob', groups: ['ops'] });
    expect((await other.comeBack(answer)).told).toBe('OIDC_OVER'); // another browser's state
    const wrong = new URLSearchParams({ ...Object.fromEntries(answer), state: 'wrong' });
    expect((await browser.comeBack(wrong)).told).toBe('OIDC_OVER');
    const moved = new URLSearchParams({ ...Object.fromEntries(another), code: answer.get('code')! });
    expect((await other.comeBack(moved)).told).toBe('OIDC_REFUSED'); // another sign-in's code
    const cookie = browser.client.cookie;
    const anew = provider.authorize((await browser.begin()).body.url, { sub: 'ann', groups: ['ops'] });
    expect(browser.client.cookie).not.toBe(cookie);
    const pending = browser.client.cookie;
    expect((await browser.comeBack(anew)).told).toBe('DONE');
    browser.client.cookie = pending;
    expect((await browser.comeBack(anew)).told).toBe('OIDC_OVER'); // what was used
  });

  it('is not begun by a page of another site, and leads nowhere but to its own', async () => {
    const browser = new Browser();
    const strange = await browser.begin({}, { origin: 'https://elsewhere.example' });
    expect([strange.status, strange.body.error.code]).toEqual([403, 'ORIGIN_REFUSED']);
    const sent = await browser.begin({}, { 'sec-fetch-site': 'cross-site' });
    expect([sent.status, sent.body.error.code]).toEqual([403, 'ORIGIN_REFUSED']);
    const keyed = { origin: 'https://elsewhere.example', authorization: 'Bearer none' };
    const { body } = await browser.begin({}, keyed);
    expect(new URL(body.url).searchParams.get('redirect_uri')).toBe(`${origin}${callback}`);
    const led = await browser.comeBack('code=c&state=s&next=https://elsewhere.example&redirect_uri=//e');
    expect(led.told).toBe('OIDC_OVER');
  });

  it('takes no token for another client, with another nonce, or that nobody has signed', async () => {
    const outcomes: string[] = [];
    const tryIt = async () => outcomes.push(await new Browser().signIn('ann', ['heads']));
    provider.mutate = (claims) => ({ ...claims, aud: 'another-client' });
    await tryIt();
    provider.mutate = (claims) => ({ ...claims, nonce: 'another' });
    await tryIt();
    provider.mend();
    provider.header = { alg: 'none' };
    await tryIt();
    provider.mend();
    provider.signsByStrangeKey = true;
    await tryIt();
    expect(outcomes).toEqual(Array.from({ length: 4 }, () => 'OIDC_REFUSED'));
    expect((await audit('session.begin'))[0]).toMatchObject({ by: '(no account)', code: 'OIDC_REFUSED' });
  });

  it('keeps nobody else waiting while the provider hangs', async () => {
    provider.instead.set('/token', hanging);
    const waiting = Array.from({ length: 20 }, () => new Browser().signIn('ann', ['ops']));
    await eventually(() => provider.requests.slice(-20).every((path) => path === '/token'), 'all hanging');
    const began = Date.now();
    expect((await admin.operate('servers.list')).status).toBe(200);
    expect((await new AdminClient(port).signIn('admin')).status).toBe(200);
    expect(Date.now() - began).toBeLessThan(4000); // they wait for five seconds
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['OIDC_UNREACHABLE']));
  }, 30_000);

  it('has failures of an address count, but none that any page can have its browser make', async () => {
    const browser = new Browser();
    for (let n = 0; n < 8; n++) expect((await browser.comeBack('state=s&code=c')).told).toBe('OIDC_OVER');
    for (let n = 0; n < 5; n++) expect(await browser.signIn('eve', [])).toBe('OIDC_NO_ROLE');
    const { status, body } = await browser.begin();
    expect([status, body.error.code]).toEqual([429, 'SIGN_IN_LATER']);
  });
});

describe('who has signed in at a provider', () => {
  it('proves there again who they are: neither by a password nor by a second factor here', async () => {
    const browser = new Browser();
    await browser.signIn('head', ['heads']);
    const { client } = browser;
    const session = client.cookie!;
    const byPassword = await client.post('/api/v1/session/proof', { password: 'any' });
    expect([byPassword.status, byPassword.body.error.code]).toEqual([409, 'OIDC_PROVES']);
    const factor = await client.post('/api/v1/session/second-factor', {});
    expect([factor.status, factor.body.error.code]).toEqual([409, 'OIDC_PROVES']);

    const before = (await client.get('/api/v1/session')).body.session.provedUntil;
    const prove = async (sub: string, auth_time: number) => {
      client.cookie = session;
      const { body, headers } = await browser.begin({ prove: true });
      client.cookie = String(headers['set-cookie']).split(';')[0]; // the session's own is Strict: it does not come along
      const { told } = await browser.comeBack(provider.authorize(body.url, { sub, auth_time, groups: [] }));
      client.cookie = session;
      return told;
    };
    const now = Math.floor(Date.now() / 1000);
    expect(await prove('head', now - 600)).toBe('OIDC_REFUSED'); // not signed in anew
    expect(await prove('ann', now)).toBe('OIDC_OTHER');
    expect((await client.get('/api/v1/session')).body.session.provedUntil).toBe(before);
    expect(await prove('head', now)).toBe('PROVED');
    expect((await client.get('/api/v1/session')).body.session.provedUntil).toBeGreaterThan(before);
    expect((await audit('session.prove'))[0]).toMatchObject({ by: 'oidc:head', result: 'done' });
    client.cookie = undefined;
    expect((await browser.begin({ prove: true })).body.error.code).toBe('NOT_SIGNED_IN');
  });

  it('is ended by an admin as anybody else, but not by somebody who may do less', async () => {
    const browser = new Browser();
    const smith = new Browser();
    expect([await browser.signIn('boss', ['heads']), await smith.signIn('sam', ['smiths'])]).toEqual([
      ...['DONE', 'DONE'],
    ]);
    const { answer } = (await smith.client.operate('sessions.list')).body;
    const { id } = answer.find(({ name }: { name: string }) => name === 'oidc:boss');
    const less = await smith.client.operate('sessions.revoke', { id });
    expect([less.status, less.body.error.code]).toEqual([403, 'ROLE_LACKING']);
    expect((await admin.operate('sessions.revoke', { id })).body.answer).toEqual({ ended: 1 });
    expect((await browser.client.get('/api/v1/session')).body.error.code).toBe('SESSION_ENDED');
  });

  it('is out within a second once groups give other roles', async () => {
    const browser = new Browser();
    expect(await browser.signIn('ann', ['ops'])).toBe('DONE');
    const file = join(looked.game.root, 'config/master.json');
    const before = readFileSync(file, 'utf8');
    const master = JSON.parse(before);
    const own = master.production ?? master;
    own.admin.oidc.roles = [{ group: 'staff', role: 'viewer' }];
    writeFileSync(file, JSON.stringify(master));
    const { code, stderr } = await looked.game.run('config', 'reload', '--yes');
    expect([code, stderr]).toEqual([0, '']);
    const over = async () =>
      (await browser.client.get('/api/v1/session')).body.error?.code === 'SESSION_ENDED';
    await eventually(over, 'the session is over');
    expect(await browser.signIn('ann', ['ops'])).toBe('OIDC_NO_ROLE');
    writeFileSync(file, before);
    expect((await looked.game.run('config', 'reload', '--yes')).code).toBe(0);
  });

  it('needs a secret of the client that is nowhere to be read: not in logs, the audit log, nor what servers run with', async () => {
    await new Browser().signIn('ann', ['ops']);
    const config = await admin.operate('servers.config', { id: 'chat-1' });
    expect(config.status).toBe(200);
    const texts = ['logs', '.pomelo-ts/audit'].flatMap((folder) =>
      readdirSync(join(looked.game.root, folder)).map((name) =>
        readFileSync(join(looked.game.root, folder, name), 'utf8'),
      ),
    );
    expect(texts.join('\n')).toContain('oidc:ann');
    for (const text of [config.text, ...texts]) expect(text).not.toContain(clientSecret);
  });
});
