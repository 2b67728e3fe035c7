import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { totpAt } from '@pomelo-ts/master/internal';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminClient, AdminFeed, codeOf, password } from '../helpers/admin-client.js';
import { eventually } from '../helpers/cluster-process.js';
import { freePort } from '../helpers/free-port.js';
import { type LookedAtGame, lookedAtGame } from '../helpers/looked-at-game.js';
import { RawClient } from '../helpers/raw-client.js';

/* A real cluster in production with the admin at its master, asked by HTTP and WebSocket as browsers and programs do. */

let looked: LookedAtGame;
let port: number;
let admin: AdminClient;

/** The link that the start has shown. */
const shownLink = (said: string): string => {
  const link = /http:\S+#setup=\S+/.exec(said)?.[0];
  if (!link) throw new Error(`no link was shown: ${said}`);
  return link;
};

beforeAll(async () => {
  port = await freePort();
  const roles = { smith: { verbs: ['keys.*', 'accounts.*', 'sessions.*'] } };
  looked = await lookedAtGame({ admin: { port, secondFactor: 'optional', roles } });
  admin = new AdminClient(port);
  const { status, text } = await admin.setUp(shownLink(looked.game.said));
  if (status !== 200) throw new Error(text);
}, 60_000);

afterAll(() => looked[Symbol.asyncDispose]());

describe('the admin of a cluster in production whose configuration says nothing of second factors', () => {
  it('lets the first account do nothing before it has set one up', async () => {
    const its = await freePort();
    await using other = await lookedAtGame({ admin: { port: its } });
    const first = new AdminClient(its);
    const { body } = await first.setUp(shownLink(other.game.said));
    expect(body.session.secondFactor).toBe('required');
    expect(codeOf(await first.operate('servers.list'))).toEqual([403, 'SECOND_FACTOR_MISSING']);
    const { secret } = (await first.post('/api/v1/session/second-factor', {})).body;
    await first.post('/api/v1/session/second-factor/confirm', { code: totpAt(secret, Date.now()) });
    expect((await first.operate('servers.list')).status).toBe(200);
  }, 60_000);
});

describe('signing in to the admin', () => {
  it('begins with a link that is shown once, at the start, to a terminal and never in a log', async () => {
    const link = shownLink(looked.game.said);
    const log = readFileSync(join(looked.game.root, 'logs/master.log'), 'utf8');
    expect(log).not.toContain(link.split('#setup=')[1]);
    expect(codeOf(await new AdminClient(port).setUp(link))).toEqual([401, 'SETUP_LINK_OVER']);
  });

  it('takes another link, which the command line gives whole', async () => {
    await admin.account('gail', 'viewer');
    const { stdout } = await looked.game.run('account', 'link', 'gail');
    expect(stdout).toContain(`\nhttp://127.0.0.1:${port}/#setup=`);
    expect((await new AdminClient(port).setUp(shownLink(stdout))).status).toBe(200);
  });

  it('says what a request lacks that comes from no page of it', async () => {
    const messageOf = async (headers: Record<string, string>) => {
      const body = JSON.stringify({ token: 'none', password });
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/setup`, {
        ...{ method: 'POST', body },
        headers: { 'content-type': 'application/json', ...headers },
      });
      return ((await answer.json()) as { error: { message: string } }).error.message;
    };
    expect(await messageOf({})).toContain('the request has no x-pomelo-admin');
    const strange = { 'x-pomelo-admin': '1', origin: 'http://elsewhere.example' };
    expect(await messageOf(strange)).toContain('it comes from http://elsewhere.example');
  });

  it('shows who one is, and what one may do', async () => {
    const { body } = await admin.get('/api/v1/session');
    expect(body.session).toMatchObject({
      name: 'admin',
      role: 'admin',
      env: 'production',
      secondFactor: 'off',
    });
    expect(body.session.verbs).toContain('servers.kill');
    expect(codeOf(await new AdminClient(port).get('/api/v1/session'))).toEqual([401, 'NOT_SIGNED_IN']);
  });

  it('says of a wrong password what it says of a name that nobody has', async () => {
    await admin.account('carol', 'viewer');
    const wrong = await new AdminClient(port).signIn('carol', 'not that pass phrase');
    const nobody = await new AdminClient(port).signIn('nobody', 'not that pass phrase');
    expect(codeOf(wrong)).toEqual([401, 'SIGN_IN_REFUSED']);
    expect(nobody.text).toBe(wrong.text);
  });

  it('keeps a cookie that no script reads and no other site sends', async () => {
    const client = await admin.account('dave', 'viewer');
    const { headers } = await client.signIn('dave');
    const [cookie] = headers['set-cookie'] as string[];
    expect(cookie).toMatch(/^pomelo-admin=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  });

  it('ends a session at sign-out, and with its account', async () => {
    const client = await admin.account('erin', 'viewer');
    await client.signIn('erin');
    const { cookie } = client;
    expect((await client.delete('/api/v1/session')).status).toBe(204);
    client.cookie = cookie;
    expect((await client.get('/api/v1/session')).status).toBe(401);
    await client.signIn('erin');
    await admin.operate('accounts.change', { name: 'erin', disabled: true });
    expect((await client.get('/api/v1/session')).status).toBe(401);
    expect(codeOf(await client.signIn('erin'))).toEqual([401, 'SIGN_IN_REFUSED']);
  });

  it('asks for the code of a second factor once one was set up, and takes each code once', async () => {
    const client = await admin.account('frank', 'operator');
    const { secret, uri } = (await client.post('/api/v1/session/second-factor', {})).body;
    expect(uri).toMatch(/^otpauth:\/\/totp\/pomelo-ts%20production%3Afrank\?secret=[A-Z2-7]{32}&issuer=/);
    const confirm = (code: string) => client.post('/api/v1/session/second-factor/confirm', { code });
    expect(codeOf(await confirm('000000'))).toEqual([400, 'SECOND_FACTOR_WRONG']);
    const first = totpAt(secret, Date.now());
    expect((await confirm(first)).body.session.secondFactor).toBe('on');
    expect(codeOf(await client.signIn('frank'))).toEqual([401, 'SECOND_FACTOR_NEEDED']);
    expect(codeOf(await client.signIn('frank', password, first))).toEqual([401, 'SIGN_IN_REFUSED']);
    const next = totpAt(secret, Date.now() + 30_000);
    expect((await client.signIn('frank', password, next)).status).toBe(200);
  });

  it('tells whom a link is for before a password is set, by the right token alone', async () => {
    const { body } = await admin.operate('accounts.add', { name: 'gil', role: 'viewer' });
    const { token } = body.answer;
    const nameOf = (given: unknown) => new AdminClient(port).post('/api/v1/setup/name', { token: given });
    expect((await nameOf(token)).body).toEqual({ name: 'gil' });
    expect((await nameOf(token)).body).toEqual({ name: 'gil' });
    for (const wrong of [`${token}x`, '', token.slice(1)])
      expect(codeOf(await nameOf(wrong))[1]).toBe('SETUP_LINK_OVER');
    expect(codeOf(await nameOf(7))[0]).toBe(400);
    expect((await new AdminClient(port).setUp(`#setup=${token}`)).status).toBe(200);
    expect(codeOf(await nameOf(token))[1]).toBe('SETUP_LINK_OVER');
  });

  it('refuses a password that is short or has the name in it', async () => {
    const { body } = await admin.operate('accounts.add', { name: 'gus', role: 'viewer' });
    const setUp = (given: string) =>
      new AdminClient(port).post('/api/v1/setup', { token: body.answer.token, password: given });
    for (const weak of ['short', 'aaaaaaaaaaaaaaaaa', 'my name is gus, hello'])
      expect(codeOf(await setUp(weak))).toEqual([400, 'PASSWORD_WEAK']);
    expect((await setUp(password)).status).toBe(200);
  });

  it('keeps nobody out who may let others in, unless another one is left', async () => {
    expect(codeOf(await admin.operate('accounts.remove', { name: 'admin' }))).toEqual([409, 'ACCOUNT_LAST']);
    expect(codeOf(await admin.operate('accounts.change', { name: 'admin', role: 'viewer' }))).toEqual([
      409,
      'ACCOUNT_LAST',
    ]);
  });
});

describe('what one may do', () => {
  it('is what the role of a verb allows: a viewer looks, and stops no server', async () => {
    const viewer = await admin.account('vera', 'viewer');
    expect((await viewer.operate('servers.list')).body.answer).toHaveLength(3);
    expect(codeOf(await viewer.operate('servers.stop', { ids: ['chat-1'] }))).toEqual([403, 'ROLE_LACKING']);
    expect(codeOf(await viewer.operate('accounts.list'))).toEqual([403, 'ROLE_LACKING']);
    expect((await looked.game.rows())['chat-1']).toMatchObject({ state: 'ready' });
  });

  it('is not more for others than for oneself: who may make keys and accounts makes none that may do more', async () => {
    const smith = await admin.account('smith', 'smith');
    const answers = [
      await smith.operate('keys.create', { name: 'x', role: 'admin' }),
      await smith.operate('accounts.add', { name: 'x', role: 'viewer' }),
      await smith.operate('accounts.change', { name: 'smith', role: 'admin' }),
      await smith.operate('accounts.link', { name: 'admin' }),
      await smith.operate('accounts.remove', { name: 'admin' }),
    ];
    expect(answers.map(codeOf)).toEqual(answers.map(() => [403, 'ROLE_LACKING']));
    expect((await smith.operate('keys.create', { name: 'x', role: 'smith' })).status).toBe(200);
  });

  it('ends no session and no key of those who may do more', async () => {
    const smith = await admin.account('locksmith', 'smith');
    const { id } = (await admin.operate('keys.create', { name: 'high', role: 'admin' })).body.answer;
    const sessions: { id: string; name: string }[] = (await smith.operate('sessions.list')).body.answer;
    const of = (name: string) => ({ id: sessions.find((one) => one.name === name)!.id });
    const answers = [
      await smith.operate('keys.revoke', { id }),
      await smith.operate('sessions.revoke', of('admin')),
    ];
    expect(answers.map(codeOf)).toEqual(answers.map(() => [403, 'ROLE_LACKING']));
    expect((await admin.get('/api/v1/session')).status).toBe(200);
    const own = (await smith.operate('keys.create', { name: 'own', role: 'smith' })).body.answer;
    expect((await smith.operate('keys.revoke', { id: own.id })).status).toBe(200);
    expect((await smith.operate('sessions.revoke', of('locksmith'))).body.answer).toEqual({ ended: 1 });
    expect((await admin.operate('keys.revoke', { id })).status).toBe(200);
  });

  it('is shown with all operations, by their schemas', async () => {
    const viewer = await admin.account('victor', 'viewer');
    const { operations } = (await viewer.get('/api/v1/operations')).body;
    const allowed = (verb: string) => operations.find((one: { verb: string }) => one.verb === verb).allowed;
    expect([allowed('servers.list'), allowed('servers.stop')]).toEqual([true, false]);
    const kick = operations.find((one: { verb: string }) => one.verb === 'users.kick');
    expect(kick.args.properties.uid).toMatchObject({ type: 'string', maxLength: 256 });
  });

  it('tells what goes on line by line to who asks for lines', async () => {
    const { text } = await admin.operate(
      'servers.restart',
      { ids: ['chat-2'], watchMs: 0 },
      { headers: { accept: 'application/x-ndjson' } },
    );
    const lines = text
      .trim()
      .split('\n')
      .filter((line) => line !== '') // a sign of life
      .map((line) => JSON.parse(line));
    expect(lines.slice(0, -1).some(({ progress }) => progress?.id === 'chat-2')).toBe(true);
    expect(lines.at(-1)).toHaveProperty('answer');
  });

  it('outlives whoever asked for lines, and goes on to its end', async () => {
    for (const [verb, args] of [
      ['views.watch', { view: 'servers' }],
      ['servers.restart', { ids: ['chat-2'], watchMs: 0 }],
    ] as const) {
      const leave = new AbortController();
      const headers = {
        'x-pomelo-admin': '1',
        'content-type': 'application/json',
        accept: 'application/x-ndjson',
        cookie: admin.cookie!,
      };
      const body = JSON.stringify(args);
      const url = `http://127.0.0.1:${port}/api/v1/operations/${verb}`;
      const answer = await fetch(url, { method: 'POST', headers, body, signal: leave.signal });
      await answer.body!.getReader().read();
      leave.abort();
    }
    await eventually(
      async () => {
        const { body } = await admin.operate('audit.read', { verb: 'servers.restart', limit: 1 });
        return body.answer.records[0]?.result === 'done';
      },
      'the restart to be done',
      30_000,
    );
    expect((await admin.operate('servers.list')).status).toBe(200);
  });

  it('is refused with what was expected where it makes no sense', async () => {
    expect(codeOf(await admin.operate('servers.explode'))).toEqual([404, 'OPERATION_UNKNOWN']);
    expect(codeOf(await admin.operate('__proto__'))).toEqual([404, 'OPERATION_UNKNOWN']);
    expect(codeOf(await admin.operate('servers.stop', { ids: 'chat-1' }))).toEqual([
      400,
      'OPERATION_INVALID',
    ]);
    expect(
      codeOf(await admin.operate('accounts.add', { name: 'x', role: 'viewer', disabled: true })),
    ).toEqual([400, 'OPERATION_INVALID']);
    expect(codeOf(await admin.operate('accounts.add', { name: '../etc', role: 'viewer' }))).toEqual([
      400,
      'OPERATION_INVALID',
    ]);
    expect(
      codeOf(await admin.operate('log.read', { id: '../../etc/passwd', request: { lines: 1 } }))[0],
    ).toBe(404);
    expect(codeOf(await admin.operate('sessions.revoke', { id: 'another' }))).toEqual([200, undefined]);
  });
});

describe('a request to the admin', () => {
  const big = JSON.stringify({ name: 'x'.repeat(70_000), password });
  const deep = `{"args":${'['.repeat(30)}${']'.repeat(30)}}`;

  it.each([
    ['is too big', { raw: big }, 413],
    ['is nested too deeply', { raw: deep }, 400],
    ['is no JSON', { raw: '{' }, 400],
    ['is no object', { raw: '[]' }, 400],
    ['comes as another type', { headers: { 'content-type': 'text/plain' } }, 400],
    ['says that it is packed', { headers: { 'content-encoding': 'gzip' } }, 400],
    [
      'says that it is in other letters',
      { headers: { 'content-type': 'application/json; charset=utf-16' } },
      400,
    ],
    ['is no UTF-8', { raw: Buffer.from('{"name":"\xff"}', 'latin1') }, 400],
    ['is of a page of another site', { headers: { origin: 'http://evil.example' } }, 403],
    ['is sent across sites', { headers: { 'sec-fetch-site': 'cross-site' } }, 403],
    ['names a host that is not the admin', { headers: { host: 'evil.example' } }, 403],
    ['lacks the header that only its own page sends', { headers: { 'x-pomelo-admin': '' }, drop: true }, 403],
  ])('that %s is refused', async (_, { drop, ...options }: Record<string, unknown>, status) => {
    const client = new AdminClient(port);
    if (drop) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/session`, { method: 'POST', body: '{}' });
      expect(answer.status).toBe(status);
      return;
    }
    const answer = await client.post(
      '/api/v1/session',
      { name: 'admin', password: 'wrong wrong wrong' },
      options,
    );
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).not.toMatch(/at .*\.js:\d+/);
  });

  it('for a file that is not of the page finds none', async () => {
    for (const path of ['/assets/nothing.js', '/api/v1/nothing'])
      expect((await admin.get(path)).status).toBe(404);
    for (const path of ['/assets/../../../etc/passwd', '/assets/%2e%2e/%2e%2e/package.json'])
      expect((await admin.get(path)).text).not.toMatch(/root:|"name"/); // it is a view of the page, where there is one
  });

  it('is answered with what keeps a browser safe', async () => {
    const { headers } = await admin.get('/api/v1/session');
    expect(headers['content-security-policy']).toMatch(/default-src 'self'.*frame-ancestors 'none'/);
    expect(headers).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  it('that never ends costs a connection for a while, and nobody else anything', async () => {
    const slow = connect(port, '127.0.0.1');
    slow.on('error', () => {}).resume();
    slow.write('POST /api/v1/session HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 100\r\n\r\n{');
    expect((await admin.get('/api/v1/session')).status).toBe(200);
    await eventually(() => slow.destroyed || slow.readableEnded, 'the slow one to be left', 60_000);
    slow.destroy();
  }, 90_000);
});

describe('a key of another program', () => {
  it('may do what its role may, until it is revoked', async () => {
    const { id, key } = (await admin.operate('keys.create', { name: 'ci', role: 'viewer' })).body.answer;
    const program = new AdminClient(port);
    program.key = key;
    expect((await program.operate('servers.list', {}, { headers: { 'x-pomelo-admin': '' } })).status).toBe(
      200,
    );
    expect(codeOf(await program.operate('servers.stop', {}))).toEqual([403, 'ROLE_LACKING']);
    expect(readFileSync(join(looked.game.root, '.pomelo-ts/accounts.json'), 'utf8')).not.toContain(
      key.slice(-43), // its secret, which may have a _ of its own
    );
    await admin.operate('keys.revoke', { id });
    expect(codeOf(await program.operate('servers.list'))).toEqual([401, 'KEY_REFUSED']);
  });

  it('may ask as often as it was made for', async () => {
    const { key } = (await admin.operate('keys.create', { name: 'slow', role: 'viewer', rate: 2 })).body
      .answer;
    const program = new AdminClient(port);
    program.key = key;
    const answers = await Promise.all(Array.from({ length: 12 }, () => program.operate('leader.read')));
    expect(answers.map(({ status }) => status)).toContain(429);
    expect(answers.map(({ status }) => status)).toContain(200);
  });
});

describe('the feed', () => {
  it('tells a view and what changes in it, as soon as it does', async () => {
    await using feed = await admin.feed();
    feed.send({ n: 1, verb: 'views.watch', args: { view: 'servers' } });
    await eventually(() => feed.told.some(({ progress }) => progress?.set?.length === 3), 'the first page');
    await admin.operate('servers.drain', { ids: ['chat-1'] });
    const drained = () =>
      feed.told.some(({ progress }) =>
        progress?.set?.some(
          ({ key, cells }: { key: string; cells: { state: string } }) =>
            key === 'chat-1' && cells.state === 'draining',
        ),
      );
    await eventually(drained, 'the draining server');
    await admin.operate('servers.undrain', { ids: ['chat-1'] });
    feed.send({ n: 1, verb: 'leader.read' });
    await eventually(
      () => feed.told.some(({ n, error }) => n === 1 && error?.code === 'REQUEST_MALFORMED'),
      'what is wrong with a number that is used',
    );
    feed.send({ n: 1, cancel: true });
    await eventually(() => feed.told.some(({ answer }) => answer === null), 'the end of the view');
  });

  it('counts what is asked for over it against the rate of a key', async () => {
    const { key } = (await admin.operate('keys.create', { name: 'few', role: 'viewer', rate: 4 })).body
      .answer;
    const program = new AdminClient(port);
    program.key = key;
    await using feed = await program.feed();
    for (let n = 0; n < 20; n++) feed.send({ n, verb: 'leader.read' });
    await eventually(() => feed.told.length === 20, 'twenty answers');
    const codes = feed.told.map(({ error }) => error?.code);
    expect(codes).toContain('KEY_RATE');
    expect(codes).toContain(undefined);
  });

  it('is for one who has a ticket, once, and from its own page', async () => {
    const { ticket } = (await admin.post('/api/v1/feed-ticket', {})).body;
    await expect(AdminFeed.open(port, 'forged')).rejects.toThrow('401');
    await expect(AdminFeed.open(port, ticket, { origin: 'http://evil.example' })).rejects.toThrow('403');
    await using first = await AdminFeed.open(port, ticket);
    expect(first.socket.protocol).toBe('pomelo-admin');
    await expect(AdminFeed.open(port, ticket)).rejects.toThrow('401');
  });

  it('is closed with the key that it was opened by, and one who asks has twenty at most', async () => {
    const { id, key } = (await admin.operate('keys.create', { name: 'wall', role: 'viewer' })).body.answer;
    const program = new AdminClient(port);
    program.key = key;
    const feeds: AdminFeed[] = [];
    for (let n = 0; n < 20; n++) feeds.push(await program.feed());
    await expect(program.feed()).rejects.toThrow('503');
    await using _ = await admin.feed(); // another one has room
    await admin.operate('keys.revoke', { id });
    await eventually(() => feeds.every(({ code }) => code === 4401), 'the end of its feeds');
  });

  it('is closed when its key or its account is edited out of their file', async () => {
    const { key } = (await admin.operate('keys.create', { name: 'edited', role: 'viewer' })).body.answer;
    const program = new AdminClient(port);
    program.key = key;
    await using ofKey = await program.feed();
    const viewer = await admin.account('edith', 'viewer');
    await using ofAccount = await viewer.feed();
    const file = join(looked.game.root, '.pomelo-ts/accounts.json');
    const { accounts, keys } = JSON.parse(readFileSync(file, 'utf8'));
    const others = (all: { name: string }[]) =>
      all.filter(({ name }) => name !== 'edited' && name !== 'edith');
    writeFileSync(file, JSON.stringify({ accounts: others(accounts), keys: others(keys) }));
    await eventually(() => ofKey.code === 4401 && ofAccount.code === 4401, 'the end of both feeds');
    expect((await admin.get('/api/v1/session')).status).toBe(200);
  });

  it('changes nothing, and is closed with its session', async () => {
    const viewer = await admin.account('wanda', 'operator');
    await using feed = await viewer.feed();
    feed.send({ n: 1, verb: 'servers.stop', args: { ids: ['chat-1'] } });
    feed.send({ n: 2, verb: 'accounts.list' });
    await eventually(() => feed.told.length === 2, 'two answers');
    expect(feed.told.map(({ error }) => error?.code)).toEqual(['FEED_LOOKS', 'ROLE_LACKING']);
    await viewer.delete('/api/v1/session');
    await eventually(() => feed.code !== undefined, 'the end of the feed');
    expect(feed.code).toBe(4401);
  });

  it.each(['{', '[]', '{"n":"1"}', '{"n":1,"args":5}'])(
    'is closed by %s, which is no request',
    async (text) => {
      await using feed = await admin.feed();
      feed.socket.send(text);
      await eventually(() => feed.code !== undefined, 'the end of the feed');
      expect(feed.code).toBe(1008);
    },
  );
});

describe('the audit log', () => {
  const files = () => readdirSync(join(looked.game.root, '.pomelo-ts/audit'));
  const verify = () => looked.game.run('audit', 'verify');

  it('tells who has asked for what, from where, and what came of it', async () => {
    const operator = await admin.account('zoe', 'operator');
    await operator.operate('servers.restart', { ids: ['chat-2'], watchMs: 0 });
    await operator.operate('servers.add', { servers: {} });
    await using _ = await RawClient.join(looked.clientPort);
    await operator.operate('users.find', { uid: 'ann' });
    const { records } = (await admin.operate('audit.read', { name: 'zoe' })).body.answer;
    expect(records.map(({ verb, result, from }: Record<string, string>) => [verb, result, from])).toEqual([
      ['users.find', 'done', '127.0.0.1'],
      ['servers.add', 'refused', '127.0.0.1'],
      ['servers.restart', 'done', '127.0.0.1'],
      ['servers.restart', 'begun', '127.0.0.1'],
      ['session.setup', 'done', '127.0.0.1'],
    ]);
    expect(records[3]).toMatchObject({ via: 'http', target: 'chat-2', args: { ids: ['chat-2'] } });
    expect(records[2].begun).toBe(records[3].n);
  });

  it('tells of a change what was before and what is afterwards', async () => {
    await admin.account('val', 'viewer');
    await admin.operate('accounts.change', { name: 'val', role: 'operator', disabled: true });
    const { body } = await admin.operate('keys.create', { name: 'seen', role: 'viewer', days: 1 });
    await admin.operate('keys.revoke', { id: body.answer.id });
    await admin.operate('blacklist.add', { networks: ['198.51.100.7'], reason: 'bots' });
    await admin.operate('blacklist.remove', { networks: ['198.51.100.7'] });
    await admin.operate('servers.loglevel', { ids: ['chat-2'], level: 'warn' });
    await admin.operate('servers.loglevel', { ids: ['chat-2'], level: 'settings' });
    await admin.operate('accounts.remove', { name: 'val' });
    const changes = async (verb: string) => {
      const { records } = (await admin.operate('audit.read', { verb })).body.answer;
      const done = records.filter(({ result }: { result: string }) => result === 'done');
      return done.map(({ was, is }: { was?: object; is?: object }) => [was, is]);
    };
    const disabled = { role: 'operator', disabled: true };
    expect((await changes('accounts.change'))[0]).toEqual([{ role: 'viewer', disabled: false }, disabled]);
    expect((await changes('accounts.remove'))[0]).toEqual([disabled, undefined]);
    const key = expect.objectContaining({ name: 'seen', role: 'viewer', rate: 100 });
    expect((await changes('keys.create'))[0]).toEqual([undefined, key]);
    expect((await changes('keys.revoke'))[0]).toEqual([key, undefined]);
    const banned = { '198.51.100.7': expect.objectContaining({ reason: 'bots' }) };
    expect((await changes('blacklist.add'))[0]).toEqual([undefined, banned]);
    expect((await changes('blacklist.remove'))[0]).toEqual([banned, undefined]);
    const [back, warned] = await changes('servers.loglevel');
    expect(warned).toEqual([back[1], { 'chat-2': 'warn' }]);
    expect(back[0]).toEqual({ 'chat-2': 'warn' });
    expect((await verify()).code).toBe(0);
    const { stdout } = await looked.game.run('audit', '--verb', 'accounts.change', '-e', 'production');
    expect(stdout).toContain('role: viewer -> operator, disabled: false -> true');
  });

  it('tells who has signed in and out, and who was not let in', async () => {
    const client = await admin.account('sue', 'viewer');
    await client.signIn('SUE', 'not that pass phrase');
    await client.signIn('sue');
    await client.delete('/api/v1/session');
    const { records } = (await admin.operate('audit.read', { verb: 'session.', name: 'sue' })).body.answer;
    expect(
      records.map(({ verb, result, code, via, from }: Record<string, string>) => [
        verb,
        result,
        code,
        via,
        from,
      ]),
    ).toEqual([
      ['session.end', 'done', undefined, 'http', '127.0.0.1'],
      ['session.begin', 'done', undefined, 'http', '127.0.0.1'],
      ['session.begin', 'refused', 'SIGN_IN_REFUSED', 'http', '127.0.0.1'],
      ['session.setup', 'done', undefined, 'http', '127.0.0.1'],
    ]);
    const first = (await admin.operate('audit.read', { verb: 'session.link' })).body.answer.records;
    expect(first[0]).toMatchObject({ by: 'master', target: 'admin', result: 'done' });
  });

  it('has what command lines ask for, too, and is as it was written', async () => {
    await looked.game.run('restart', 'chat-2', '-e', 'production', '--watch', '0s');
    const { records } = (await admin.operate('audit.read', { verb: 'servers.', limit: 1 })).body.answer;
    expect(records[0]).toMatchObject({ verb: 'servers.restart', via: 'cli', result: 'done' });
    const { code, stdout, stderr } = await verify();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\d+ records in 1 file, from .* to .*; each follows the one before$/m);
  });

  it('shows where a record was changed or taken out', async () => {
    const file = join(looked.game.root, '.pomelo-ts/audit', files()[0]!);
    const whole = readFileSync(file, 'utf8');
    const lines = whole.split('\n');
    writeFileSync(file, [lines[0]!.replace('"by":"', '"by":"x'), ...lines.slice(1)].join('\n'));
    expect(await verify()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('line 2: record 2 does not follow'),
    });
    writeFileSync(file, [...lines.slice(0, 2), ...lines.slice(3)].join('\n'));
    expect(await verify()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected record 3, got 4'),
    });
    writeFileSync(file, whole);
    expect((await verify()).code).toBe(0);
  });

  it('that cannot be written keeps the admin from any change, and no command line, whose key needs no master', async () => {
    const folder = join(looked.game.root, '.pomelo-ts/audit');
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, 'a file in place of the folder');
    const undrain = () => admin.operate('servers.undrain', { ids: ['chat-1'] });
    expect(codeOf(await undrain())).toEqual([503, 'AUDIT_UNWRITABLE']);
    expect(codeOf(await admin.operate('users.find', { uid: 'ann' }))).toEqual([503, 'AUDIT_UNWRITABLE']);
    expect((await admin.operate('servers.list')).status).toBe(200);
    expect(codeOf(await new AdminClient(port).signIn('admin'))).toEqual([503, 'AUDIT_UNWRITABLE']);
    expect((await looked.game.run('undrain', 'chat-1', '-e', 'production')).code).toBe(0);
    rmSync(folder);
    renameSync(`${folder}.away`, folder);
    expect((await undrain()).status).toBe(200);
    expect((await verify()).code).toBe(0);
  });
});
