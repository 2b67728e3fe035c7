import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, Measures, PomeloError, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AccountBook } from '../../src/accounts/account-book.js';
import { Passwords } from '../../src/accounts/password.js';
import { permitOf, type RoleSettings } from '../../src/accounts/permit.js';
import { AdminSessions } from '../../src/accounts/sessions.js';
import { SignInLimits } from '../../src/accounts/sign-in-limits.js';
import { totpAt, totpStep } from '../../src/accounts/totp.js';
import { Accounts } from '../../src/accounts.js';
import { AccountRecords } from '../../src/audit/account-records.js';
import type { AuditEntry } from '../../src/audit/audit-record.js';

let root: string;
let clock: FakeClock;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pomelo-ts-accounts-'));
  clock = new FakeClock();
  written.length = 0;
  full = false;
});

/** What the audit log was told. */
const written: AuditEntry[] = [];
let full = false;
const audit = {
  append(entry: AuditEntry): number {
    if (full) throw new PomeloError('AUDIT_UNWRITABLE', { folder: 'audit', reason: 'full' });
    return written.push(entry);
  },
};

afterEach(() => rmSync(root, { recursive: true }));

const wall = Date.UTC(2026, 0, 1);
const open = (
  secondFactor: 'required' | 'optional' = 'optional',
  roles = {},
  told: { readonly measures?: Measures; readonly logger?: Logger } = {},
) =>
  new Accounts({
    root,
    env: 'production',
    clock,
    wallTime: () => wall + clock.now(),
    roles: () => roles,
    secondFactor: () => secondFactor,
    logger: silentLogger,
    idleMs: () => 30 * 60_000,
    records: new AccountRecords({ audit, clock, logger: silentLogger }),
    passwords: new Passwords({ N: 2 ** 10, r: 8, p: 1 }),
    ...told,
  });

const password = 'a long enough pass phrase';
const here = '192.0.2.1';
const codeOf = (asked: Promise<unknown>) =>
  asked.then(() => 'fine').catch(({ code }: { code: string }) => code);

async function withAnn(accounts = open()): Promise<Accounts> {
  await accounts.setUp(await accounts.add('ann', 'admin'), password, here);
  return accounts;
}

describe('accounts', () => {
  it('begin with a link, which a second start makes anew until somebody has followed it', async () => {
    const accounts = open();
    const first = (await accounts.firstLink())!;
    const second = (await open().firstLink())!;
    expect(await codeOf(accounts.setUp(first, password, here))).toBe('SETUP_LINK_OVER');
    expect(await codeOf(accounts.setUp(second, password, here))).toBe('fine');
    expect(await accounts.firstLink()).toBeUndefined();
    expect(await codeOf(accounts.setUp(second, password, here))).toBe('SETUP_LINK_OVER');
  });

  it('are kept for this user alone, without a password or a link that could be used', async () => {
    const accounts = open();
    const token = await accounts.add('ann', 'admin');
    await accounts.setUp(token, password, here);
    const bob = await accounts.add('bob', 'viewer');
    const file = join(root, '.pomelo-ts/accounts.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    for (const secret of [password, token, bob]) expect(text).not.toContain(secret);
    expect(text).toContain('scrypt$1024$8$1$');
    expect(await new Passwords().hash(password)).toMatch(/^scrypt\$131072\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  });

  it('let nobody in by a link that is an hour old', async () => {
    const accounts = open();
    const token = await accounts.add('ann', 'admin');
    clock.pass(60 * 60_000);
    expect(await codeOf(accounts.setUp(token, password, here))).toBe('SETUP_LINK_OVER');
  });

  it('let nobody in by a file that makes no sense', async () => {
    const accounts = await withAnn();
    writeFileSync(join(root, '.pomelo-ts/accounts.json'), '{"accounts": 5}');
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, here))).toBe('ACCOUNTS_UNREADABLE');
    expect(await codeOf(accounts.firstLink())).toBe('ACCOUNTS_UNREADABLE');
  });

  it('are locked for whoever guesses, and not for the address that their owner came from last', async () => {
    const accounts = await withAnn();
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, here))).toBe('fine');
    const guess = (n: number) => accounts.signIn({ name: 'ann', password: 'wrong' }, `198.51.100.${n}`);
    for (let n = 0; n < 6; n++) expect(await codeOf(guess(n))).toBe('SIGN_IN_REFUSED');
    expect(accounts.rows[0]!.lockedUntil).toBeGreaterThan(wall + clock.now());
    const elsewhere = () => accounts.signIn({ name: 'ann', password }, '203.0.113.9');
    expect(await codeOf(elsewhere())).toBe('SIGN_IN_REFUSED');
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, here))).toBe('fine');
    expect(await codeOf(elsewhere())).toBe('fine'); // its owner was in: what went before is forgotten
  });

  it('are one in whatever case their name is typed, also for guesses', async () => {
    const accounts = await withAnn();
    expect((await accounts.signIn({ name: 'Ann', password }, here)).visitor.name).toBe('ann');
    expect(await codeOf(accounts.add('ANN', 'viewer'))).toBe('ACCOUNT_ALIKE');
    const spellings = ['ann', 'Ann', 'aNN', 'ANN', 'anN', 'AnN'];
    for (const [n, name] of spellings.entries())
      await codeOf(accounts.signIn({ name, password: 'wrong' }, `198.51.100.${n}`));
    expect(accounts.rows[0]!.lockedUntil).toBeGreaterThan(wall + clock.now());
    expect(await codeOf(accounts.remove('ANN'))).toBe('ACCOUNT_MISSING');
  });

  it('keep an address waiting that has guessed often, whatever names it tries', async () => {
    const accounts = await withAnn();
    const guess = (n: number) =>
      codeOf(accounts.signIn({ name: `name${n}`, password: 'wrong' }, '2001:db8::1'));
    for (let n = 0; n < 5; n++) expect(await guess(n)).toBe('SIGN_IN_REFUSED');
    expect(await guess(6)).toBe('SIGN_IN_LATER');
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, '2001:db8::ffff'))).toBe('SIGN_IN_LATER');
    clock.pass(1000);
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, '2001:db8::1'))).toBe('fine');
  });

  it('are locked, too, for whoever guesses from where their owner was last, between sign-ins of an own account', async () => {
    const accounts = await withAnn();
    await accounts.setUp(await accounts.add('eve', 'viewer'), password, here);
    for (const name of ['ann', 'eve']) await accounts.signIn({ name, password }, here);
    for (let n = 0; n < 12; n++) {
      await codeOf(accounts.signIn({ name: 'ann', password: 'wrong' }, here));
      if (n % 4 === 3) await codeOf(accounts.signIn({ name: 'eve', password }, here));
    }
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, here))).not.toBe('fine');
  });

  it('are locked for guesses that all come at once as for those that come one by one', async () => {
    const accounts = await withAnn();
    const guesses = [...Array.from({ length: 7 }, () => 'wrong'), password];
    const told = await Promise.all(
      guesses.map((guess, n) => codeOf(accounts.signIn({ name: 'ann', password: guess }, `198.51.100.${n}`))),
    );
    expect(told.at(-1)).toBe('SIGN_IN_REFUSED');
  });

  it('count tries that fail by why, and tell of an address that fails on and on, in few lines', async () => {
    const measures = new Measures();
    const lines: unknown[] = [];
    const logger = { ...silentLogger, warn: (_text: string, facts?: object) => lines.push(facts) } as Logger;
    const accounts = await withAnn(open('optional', {}, { measures, logger }));
    const fail = (name: string, address: string) =>
      codeOf(accounts.signIn({ name, password: 'wrong words here' }, address));
    expect(await codeOf(accounts.setUp('no link', password, here))).toBe('SETUP_LINK_OVER');
    for (let n = 0; n < 5; n++) await fail('nobody', '198.51.100.7');
    expect(await fail('nobody', '198.51.100.7')).toBe('SIGN_IN_LATER');
    expect(lines).toEqual([{ address: '198.51.100.7', failures: 5 }]);
    expect(await fail('nobody', '198.51.100.8')).toBe('SIGN_IN_REFUSED'); // its name is locked
    const counts = { password: 5, early: 1, locked: 1, link: 1 };
    const named = Object.entries(counts).map(([why, count]) => [`admin.signInFailures.${why}`, count]);
    expect(measures.counts()).toEqual(Object.fromEntries(named));
    expect(accounts.signInFailures).toBe(8);
    for (let n = 0; n < 16; n++) {
      clock.pass(15 * 60_000);
      await fail('nobody', '198.51.100.7');
    }
    expect(lines).toEqual([5, 10, 20].map((failures) => ({ address: '198.51.100.7', failures })));
  });

  it('count a wrong code of the second factor apart, as whoever gives it has the password', async () => {
    const measures = new Measures();
    const accounts = await withAnn(open('optional', {}, { measures }));
    const { visitor } = await accounts.signIn({ name: 'ann', password }, here);
    const { secret } = await accounts.beginSecondFactor(visitor);
    await accounts.confirmSecondFactor(visitor, totpAt(secret, wall));
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, here))).toBe('SECOND_FACTOR_NEEDED');
    expect(await codeOf(accounts.signIn({ name: 'ann', password, code: '000000' }, here))).toBe(
      'SIGN_IN_REFUSED',
    );
    expect(measures.counts()).toEqual({ 'admin.signInFailures.code': 1 });
  });

  it('let no network take all the room for passwords that wait', async () => {
    const accounts = await withAnn();
    const flood = Array.from({ length: 30 }, (_, n) =>
      codeOf(accounts.signIn({ name: `n${n}`, password: 'wrong' }, '198.51.100.1')),
    );
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, here))).toBe('fine');
    const told = await Promise.all(flood);
    expect(told.filter((code) => code === 'SIGN_IN_LATER')).toHaveLength(22);
  });

  it('stay as they were changed while a password of theirs was looked at', async () => {
    const accounts = await withAnn();
    await accounts.setUp(await accounts.add('bob', 'admin'), password, here);
    const changed = accounts.signIn({ name: 'bob', password }, here);
    await accounts.change('bob', { role: 'viewer' });
    await changed;
    expect(accounts.rows[1]).toMatchObject({ role: 'viewer' });
    const disabled = accounts.signIn({ name: 'bob', password }, here);
    await accounts.change('bob', { disabled: true });
    expect(await codeOf(disabled)).toBe('SIGN_IN_REFUSED');
    expect(accounts.rows[1]).toMatchObject({ disabled: true });
    await accounts.change('bob', { disabled: false });
    const removed = accounts.signIn({ name: 'bob', password }, here);
    await accounts.remove('bob');
    expect(await codeOf(removed)).toBe('SIGN_IN_REFUSED');
    expect(accounts.sessions.all.filter(({ name }) => name === 'bob')).toEqual([]);
  });

  it('take a code of the second factor once, also of two who give it at once', async () => {
    const accounts = await withAnn();
    const { visitor } = await accounts.signIn({ name: 'ann', password }, here);
    const { secret } = await accounts.beginSecondFactor(visitor);
    await accounts.confirmSecondFactor(visitor, totpAt(secret, wall));
    clock.pass(60_000);
    const code = totpAt(secret, wall + clock.now());
    const both = [1, 2].map(() => codeOf(accounts.signIn({ name: 'ann', password, code }, here)));
    expect((await Promise.all(both)).sort()).toEqual(['SIGN_IN_REFUSED', 'fine']);
  });

  it('get a second factor from who has proved lately who they are, and it is not set up twice', async () => {
    const accounts = await withAnn();
    const { visitor } = await accounts.signIn({ name: 'ann', password }, here);
    const begin = () => accounts.beginSecondFactor(visitor);
    clock.pass(11 * 60_000);
    expect(await codeOf(begin())).toBe('PROOF_NEEDED');
    await accounts.prove(visitor, { password });
    const { secret } = await begin();
    const confirm = () => accounts.confirmSecondFactor(visitor, totpAt(secret, wall + clock.now()));
    expect(await codeOf(confirm())).toBe('fine');
    expect(await codeOf(confirm())).toBe('SECOND_FACTOR_ON');
  });

  it('have an admin left who is for the cluster as a whole', async () => {
    const roles = { some: { extends: 'admin' as const, verbs: [], types: ['chat'] } };
    const accounts = await withAnn(open('optional', roles));
    await accounts.setUp(await accounts.add('bob', 'some'), password, here);
    expect(await codeOf(accounts.remove('ann'))).toBe('ACCOUNT_LAST');
  });

  it('tell those who go on by a key or a session when that is over', async () => {
    const accounts = await withAnn();
    const { id, key } = await accounts.keys.create({ name: 'ci', role: 'viewer', rate: 5 });
    const { over } = accounts.keyHolder(key, here);
    const { visitor } = await accounts.signIn({ name: 'ann', password }, here);
    await accounts.keys.revoke(id);
    expect(over.aborted).toBe(true);
    clock.pass(31 * 60_000);
    expect(visitor.over.aborted).toBe(true);
  });

  it('end with sessions and feeds what was edited out of their file, and leave alone what stays', async () => {
    const roles: Record<string, RoleSettings> = { night: { extends: 'viewer', verbs: ['servers.restart'] } };
    const accounts = await withAnn(open('optional', roles));
    const over: Record<string, AbortSignal> = {};
    for (const [name, role] of Object.entries({
      bob: 'viewer',
      carol: 'operator',
      dave: 'night',
      erin: 'viewer',
    }))
      over[name] = (await accounts.setUp(await accounts.add(name, role), password, here)).visitor.over;
    for (const name of ['gone', 'less', 'kept', 'brief']) {
      const { key } = await accounts.keys.create({ name, role: 'operator', rate: 5, days: 1 });
      over[name] = accounts.keyHolder(key, here).over;
    }
    const ended = () => Object.keys(over).filter((name) => over[name]!.aborted);
    clock.pass(1000);
    expect(ended()).toEqual([]);
    const file = join(root, '.pomelo-ts/accounts.json');
    const edit = (change: (book: AccountBook) => AccountBook) =>
      writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as AccountBook)));
    edit(({ accounts: all, keys }) => ({
      accounts: all
        .filter(({ name }) => name !== 'bob')
        .map((one) => (one.name === 'carol' ? { ...one, role: 'viewer' } : one)),
      keys: keys
        .filter(({ name }) => name !== 'gone')
        .map((one) => (one.name === 'less' ? { ...one, role: 'viewer' } : one)),
    }));
    clock.pass(1000);
    expect(ended()).toEqual(['bob', 'carol', 'gone', 'less']);
    roles['night'] = { extends: 'viewer', verbs: [] };
    clock.pass(1000);
    expect(ended()).toContain('dave');
    edit((book) => ({ ...book, accounts: book.accounts.map((one) => ({ ...one, disabled: true })) }));
    clock.pass(1000);
    expect(ended()).toContain('erin');
    expect(over['kept']!.aborted).toBe(false);
    clock.pass(24 * 60 * 60_000);
    expect(ended()).toEqual(Object.keys(over));
  });

  it('keep what goes on while their file makes no sense, as it is being written', async () => {
    const accounts = await withAnn();
    const { visitor } = await accounts.signIn({ name: 'ann', password }, here);
    const file = join(root, '.pomelo-ts/accounts.json');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, whole.slice(0, 20));
    clock.pass(5000);
    writeFileSync(file, whole);
    clock.pass(5000);
    expect(visitor.over.aborted).toBe(false);
    accounts.close();
    expect(visitor.over.aborted).toBe(true);
  });

  it('count what is asked for by a feed against the rate of its key or session', async () => {
    const accounts = await withAnn();
    const { key } = await accounts.keys.create({ name: 'ci', role: 'viewer', rate: 3 });
    const { visitor } = await accounts.signIn({ name: 'ann', password }, here);
    for (const [holder, most] of [
      [accounts.keyHolder(key, here), 2],
      [visitor, 200],
    ] as const) {
      for (let n = 0; n < most; n++) holder.count();
      expect(() => holder.count()).toThrow(expect.objectContaining({ code: 'KEY_RATE' }));
    }
    expect(() => accounts.keyHolder(key, here)).toThrow(expect.objectContaining({ code: 'KEY_RATE' }));
    expect(accounts.keys.rows[0]).toMatchObject({ lastUse: wall });
  });

  it('have whoever may let others in set up a second factor before all else, where that is required', async () => {
    const accounts = open('required');
    const { visitor } = await accounts.setUp(await accounts.add('ann', 'admin'), password, here);
    expect(visitor.secondFactor).toBe('required');
    const { secret } = await accounts.beginSecondFactor(visitor);
    expect((await accounts.confirmSecondFactor(visitor, totpAt(secret, wall))).secondFactor).toBe('on');
    const viewer = await accounts.setUp(await accounts.add('bob', 'viewer'), password, here);
    expect(viewer.visitor.secondFactor).toBe('off');
  });

  it('lose password and second factor by a new link, and their sessions', async () => {
    const accounts = await withAnn();
    const { token, visitor } = await accounts.signIn({ name: 'ann', password }, here);
    await accounts.confirmSecondFactor(
      visitor,
      totpAt((await accounts.beginSecondFactor(visitor)).secret, wall),
    );
    await accounts.setUp(await accounts.link('ann'), `${password} too`, here);
    expect(() => accounts.visitorOf(token)).toThrow(expect.objectContaining({ code: 'SESSION_ENDED' }));
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, here))).toBe('SIGN_IN_REFUSED');
    expect(await codeOf(accounts.signIn({ name: 'ann', password: `${password} too` }, here))).toBe('fine');
  });
});

describe('the audit log of accounts', () => {
  const seen = () =>
    written.map(({ verb, by, from, result, code, target }) => [verb, by, from ?? target, result, code]);

  it('has who signs in and out, proves who they are, follows a link and sets up a second factor', async () => {
    const accounts = open();
    const { visitor } = await accounts.setUp((await accounts.firstLink())!, password, here);
    const confirm = (code: string) => accounts.confirmSecondFactor(visitor, code);
    const { secret } = await accounts.beginSecondFactor(visitor);
    expect(await codeOf(confirm('000000'))).toBe('SECOND_FACTOR_WRONG');
    await confirm(totpAt(secret, wall));
    clock.pass(60_000);
    const codeNow = () => totpAt(secret, wall + clock.now());
    await codeOf(accounts.signIn({ name: 'ADMIN', password }, here));
    const second = await accounts.signIn({ name: 'Admin', password, code: codeNow() }, '192.0.2.9');
    clock.pass(60_000);
    await codeOf(accounts.prove(second.visitor, { password: 'wrong' }));
    await accounts.prove(second.visitor, { password, code: codeNow() });
    accounts.signOut(second.visitor);
    await codeOf(accounts.signIn({ name: 'my pass phrase', password: 'admin' }, '192.0.2.8'));
    await codeOf(accounts.setUp('forged', password, '192.0.2.8'));
    expect(seen()).toEqual([
      ['session.link', 'master', 'admin', 'done', undefined],
      ['session.setup', 'admin', here, 'done', undefined],
      ['session.factor', 'admin', here, 'refused', 'SECOND_FACTOR_WRONG'],
      ['session.factor', 'admin', here, 'done', undefined],
      ['session.begin', 'admin', here, 'refused', 'SECOND_FACTOR_NEEDED'],
      ['session.begin', 'admin', '192.0.2.9', 'done', undefined],
      ['session.prove', 'admin', '192.0.2.9', 'refused', 'SIGN_IN_REFUSED'],
      ['session.prove', 'admin', '192.0.2.9', 'done', undefined],
      ['session.end', 'admin', '192.0.2.9', 'done', undefined],
      // what was typed in place of a name may be a password
      ['session.begin', '(no account)', '192.0.2.8', 'refused', 'SIGN_IN_REFUSED'],
      ['session.setup', '(no account)', '192.0.2.8', 'refused', 'SETUP_LINK_OVER'],
    ]);
    expect(JSON.stringify(written)).not.toContain('pass phrase');
  });

  it('has keys that are none any more, by their names', async () => {
    const accounts = open();
    const { id, key } = await accounts.keys.create({ name: 'ci', role: 'viewer', rate: 5, days: 1 });
    clock.pass(24 * 60 * 60_000);
    for (const text of [key, `pt_${'0'.repeat(12)}_${'x'.repeat(43)}`])
      expect(() => accounts.keyHolder(text, here)).toThrow(expect.objectContaining({ code: 'KEY_REFUSED' }));
    expect(seen()).toEqual([
      ['session.key', `key ci (${id})`, here, 'refused', 'KEY_REFUSED'],
      ['session.key', '(no account)', here, 'refused', 'KEY_REFUSED'],
    ]);
  });

  it('tells the number of those who try again and again, whatever networks they come from', async () => {
    const accounts = await withAnn();
    written.length = 0;
    for (let n = 0; n < 1000; n++) await codeOf(accounts.setUp('forged', password, here));
    expect(written).toHaveLength(30);
    for (let n = 0; n < 1000; n++)
      await codeOf(accounts.setUp('forged', password, `2001:db8:${n.toString(16)}::1`));
    expect(written).toHaveLength(200);
    clock.pass(60_000);
    expect(written).toHaveLength(201);
    expect(written.at(-1)).toMatchObject({ by: '(many)', result: 'refused' });
    expect(written.at(-1)!.reason).toMatch(
      /^1800 more were refused in 60 s, from 201 networks \(.*192\.0\.2\.1: 970/,
    );
    clock.pass(600_000);
    expect(written).toHaveLength(201);
  });

  it('that cannot be written lets nobody in, and keeps nobody in who wants to leave', async () => {
    const accounts = await withAnn();
    const { visitor } = await accounts.signIn({ name: 'ann', password }, here);
    const link = await accounts.link('ann');
    full = true;
    expect(await codeOf(accounts.signIn({ name: 'ann', password }, here))).toBe('AUDIT_UNWRITABLE');
    expect(await codeOf(accounts.setUp(link, password, here))).toBe('AUDIT_UNWRITABLE');
    expect(await codeOf(accounts.signIn({ name: 'ann', password: 'wrong' }, here))).toBe('SIGN_IN_REFUSED');
    accounts.signOut(visitor);
    expect(visitor.over.aborted).toBe(true);
    full = false;
    expect(await codeOf(accounts.setUp(link, password, here))).toBe('fine');
  });
});

describe('sessions of the admin', () => {
  const sessions = () =>
    new AdminSessions(
      clock,
      () => wall + clock.now(),
      () => 30 * 60_000,
    );

  it('are over after 30 minutes without a request, and after 12 hours in all', () => {
    const all = sessions();
    const idle = all.open('ann', here).token;
    const busy = all.open('ann', here).token;
    for (let minute = 0; minute < 12 * 60 - 20; minute += 20) {
      clock.pass(20 * 60_000);
      expect(all.of(busy)).toBeDefined();
    }
    expect(all.of(idle)).toBeUndefined();
    clock.pass(20 * 60_000);
    expect(all.of(busy)).toBeUndefined();
    expect(all.all).toEqual([]);
  });

  it('tell their time in whole milliseconds, by a clock that knows parts of them', () => {
    const all = sessions();
    const { session } = all.open('ann', here);
    clock.pass(1000.4);
    expect(all.timeOf(session)).toEqual({ idleMs: 30 * 60_000 - 1000, leftMs: 12 * 60 * 60_000 - 1000 });
  });

  it('do not last longer by what a page asks for by itself, nor by a feed', () => {
    const all = sessions();
    const { token, session } = all.open('ann', here);
    for (let minute = 0; minute < 29; minute++) {
      clock.pass(60_000);
      expect(all.of(token, false)).toBe(session);
      all.count(session);
    }
    expect(all.timeOf(session)).toEqual({ idleMs: 60_000, leftMs: 12 * 60 * 60_000 - 29 * 60_000 });
    clock.pass(60_000);
    expect(all.of(token, false)).toBeUndefined();
    expect(session.over.aborted).toBe(true);
  });

  it('tell who comes back why they are over', async () => {
    const accounts = await withAnn();
    const begin = async () => (await accounts.signIn({ name: 'ann', password }, here)).token;
    const why = (token: string) => codeOf((async () => accounts.visitorOf(token))());
    const ended = await begin();
    accounts.sessions.end(() => true);
    const idle = await begin();
    clock.pass(30 * 60_000);
    const expired = await begin();
    for (let n = 0; n < 36; n++) {
      clock.pass(20 * 60_000);
      await why(expired);
    }
    expect(await Promise.all([ended, idle, expired, 'forged'].map(why))).toEqual([
      'SESSION_ENDED',
      'SESSION_IDLE',
      'SESSION_EXPIRED',
      'NOT_SIGNED_IN',
    ]);
  });

  it('take 50 requests a second, and for a moment more', () => {
    const all = sessions();
    const { token } = all.open('ann', here);
    for (let n = 0; n < 200; n++) expect(all.of(token)).toBeDefined();
    expect(() => all.of(token)).toThrow(expect.objectContaining({ code: 'KEY_RATE' }));
    clock.pass(20);
    expect(all.of(token)).toBeDefined();
  });

  it('of one account are twenty: the one without a request for longest gives way, and is told', () => {
    const all = sessions();
    const first = all.open('ann', here);
    for (let n = 0; n < 20; n++) all.open('ann', here);
    expect(first.session.over.aborted).toBe(true);
    expect(all.of(first.token)).toBeUndefined();
    expect(all.all).toHaveLength(20);
  });
});

describe('codes of one time', () => {
  // RFC 6238, appendix B: the last six digits of its eight, for the secret 12345678901234567890
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('are those of the RFC: at %i s %s', (seconds, code) => {
    expect(totpAt(secret, seconds * 1000)).toBe(code);
  });

  it('count for a step before and after, and once', () => {
    const at = 1_111_111_109_000;
    for (const [ms, counts] of [
      [at, true],
      [at + 30_000, true],
      [at - 30_000, true],
      [at + 60_000, false],
    ] as const)
      expect(totpStep(secret, totpAt(secret, at), ms) !== undefined).toBe(counts);
    expect(totpStep(secret, totpAt(secret, at), at, Math.floor(at / 30_000))).toBeUndefined();
    expect(totpStep(secret, '', at)).toBeUndefined();
  });
});

describe('a wait after failures', () => {
  it('doubles with each, up to 15 minutes, and is forgotten after an hour', () => {
    const limits = new SignInLimits(clock);
    const waits: number[] = [];
    for (let n = 0; n < 20; n++) {
      limits.failed('ann');
      waits.push(limits.waitOf('ann'));
    }
    expect(waits.slice(0, 8)).toEqual([0, 0, 0, 0, 1000, 2000, 4000, 8000]);
    expect(waits.at(-1)).toBe(15 * 60_000);
    clock.pass(60 * 60_000);
    expect(limits.waitOf('ann')).toBe(0);
  });
});

describe('a role of the configuration', () => {
  const roles = {
    night: { extends: 'viewer' as const, verbs: ['servers.restart', 'users.*'], types: ['chat'] },
    push: { verbs: ['push.*'] },
  };

  it('may do what it extends and what it names, and nothing else', () => {
    const night = permitOf('night', roles)!;
    expect(night.allows('views.read', 'viewer')).toBe(true);
    expect(night.allows('servers.restart', 'operator')).toBe(true);
    expect(night.allows('users.kick', 'operator')).toBe(true);
    expect(night.allows('servers.kill', 'operator')).toBe(false);
    expect(permitOf('push', roles)!.allows('views.read', 'viewer')).toBe(false);
  });

  it('may be for some servers alone', () => {
    const { servers } = permitOf('night', roles)!;
    expect(servers!({ id: 'chat-1', type: 'chat', host: 'h' })).toBe(true);
    expect(servers!({ id: 'gate-1', type: 'gate', host: 'h' })).toBe(false);
  });

  it.each(['__proto__', 'constructor', 'Admin', ''])('is not %j', (name) => {
    expect(permitOf(name, roles)).toBeUndefined();
  });
});
