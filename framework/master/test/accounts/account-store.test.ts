import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CoordinationStore, MemoryStore } from '@pomelo-ts/cluster';
import { PomeloError, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Account, KeptKey } from '../../src/accounts/account.js';
import { bookIn } from '../../src/accounts/account-book.js';
import { AccountCopy } from '../../src/accounts/account-copy.js';
import { AccountFile } from '../../src/accounts/account-file.js';
import { AccountStore, accountsKey } from '../../src/accounts/account-store.js';
import { Passwords } from '../../src/accounts/password.js';
import { totpAt } from '../../src/accounts/totp.js';
import { Accounts } from '../../src/accounts.js';

const ann: Account = { name: 'ann', role: 'admin', password: 'scrypt$1' };
const bob: Account = { name: 'bob', role: 'viewer', password: 'scrypt$2' };
const ci: KeptKey = { id: '0'.repeat(12), name: 'ci', role: 'viewer', hash: 'h', rate: 1 };

let memory: MemoryStore;
/** How the store that masters share behaves at this moment. */
let away: 'no' | 'unheard' | 'unanswered';
/** What writes wait for before they reach it. */
let line: Promise<unknown>;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const roots: string[] = [];
const warn = vi.fn();

beforeEach(() => {
  memory = new MemoryStore();
  away = 'no';
  line = Promise.resolve();
  warn.mockClear();
});
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** The memory of all masters, whose line may be cut before or after a change was made. */
const store = (): CoordinationStore =>
  new Proxy(memory, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]) => {
        const lost = new PomeloError('STORE_UNREACHABLE', { store: 'memory', reason: 'the line is cut' });
        if (away === 'unheard') throw lost;
        if (name === 'put') await Promise.all([line, nextTurn()]);
        const answer: unknown = await member.apply(target, args);
        if (away === 'unanswered') throw lost;
        return answer;
      };
    },
  });

/** A master in a folder of its own. */
function folder(): { file: AccountFile; root: string; names(): string[] } {
  const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-book-'));
  roots.push(root);
  mkdirSync(join(root, '.pomelo-ts'));
  return { file: new AccountFile(root), root, names: () => readdirSync(join(root, '.pomelo-ts')).sort() };
}

const logger = { ...silentLogger, warn };
const lead = ({ file }: { file: AccountFile }, condition = () => ({})) =>
  AccountStore.open({ store: store(), condition, copy: new AccountCopy(file, logger), logger });
const namesIn = ({ accounts }: { accounts: readonly Account[] }) => accounts.map(({ name }) => name);
const put = (account: Account) => (book: { accounts: readonly Account[]; keys: readonly KeptKey[] }) => ({
  ...book,
  accounts: [...book.accounts, account],
});
const inStore = async () => bookIn((await memory.get(accountsKey))!.value);
const codeOf = (asked: Promise<unknown>) =>
  asked.then(() => 'fine').catch(({ code }: { code: string }) => code);

describe('the file of accounts of one master', () => {
  it('is read again in the next turn of the event loop, before a change, and whenever it is looked at', async () => {
    const { file, root } = folder();
    const hand = new AccountFile(root);
    const write = (...names: string[]) =>
      hand.write({ accounts: names.map((name) => ({ name }) as Account), keys: [] });
    expect(namesIn(file.read())).toEqual([]);
    write('ann');
    await new Promise((resolve) => setImmediate(resolve));
    expect(namesIn(file.read())).toEqual(['ann']);
    write('ann', 'bob');
    await file.change(put({ name: 'carl' } as Account));
    expect(namesIn(file.read())).toEqual(['ann', 'bob', 'carl']);
    write('dora');
    file.look();
    expect(namesIn(file.read())).toEqual(['dora']);
  });
});

describe('the book of accounts that masters share', () => {
  it('begins as the file of the first master that leads, once', async () => {
    const [one, two] = [folder(), folder()];
    one.file.write({ accounts: [ann], keys: [ci] });
    expect((await lead(one)).read()).toMatchObject({ accounts: [ann], keys: [ci] });
    const next = await lead(two);
    expect(next.read()).toMatchObject({ accounts: [ann], keys: [ci] });
    await next.change((book) => ({ ...book, keys: [] }));
    expect((await lead(one)).read().keys).toEqual([]);
    expect(one.names()).toEqual(['accounts.json']);
    expect(warn).not.toHaveBeenCalled();
  });

  it('counts before the file of another master, which is put aside and told by the names that are in it alone', async () => {
    const [one, two, three] = [folder(), folder(), folder()];
    one.file.write({ accounts: [ann], keys: [] });
    two.file.write({ accounts: [{ ...ann, password: 'scrypt$3' }, bob], keys: [ci] });
    three.file.write({ accounts: [{ ...ann, lastSignIn: 5, lastAddress: '192.0.2.1' }], keys: [] });
    for (const master of [one, two, three]) expect((await lead(master)).read().accounts).toHaveLength(1);
    const [aside] = two.names();
    expect(two.names()).toEqual([expect.stringMatching(/^accounts\.[0-9a-f]{8}\.json$/), 'accounts.json']);
    expect(warn.mock.calls).toEqual([
      [
        expect.stringContaining('which count: the file was put aside'),
        { aside: join(two.root, '.pomelo-ts', aside!), accounts: 'ann, bob', keys: 'ci' },
      ],
    ]);
    const former = bookIn(readFileSync(join(two.root, '.pomelo-ts', aside!), 'utf8'));
    expect(namesIn(former)).toEqual(['ann', 'bob']);
    expect(two.file.read()).toEqual(await inStore());
    expect(three.names()).toEqual(['accounts.json']); // when somebody was in last is no difference
  });

  it('takes changes that come at once one after the other', async () => {
    const book = await lead(folder());
    await Promise.all([ann, bob].map((one) => book.change(put(one))));
    expect(namesIn(await inStore())).toEqual(['ann', 'bob']);
    expect((await inStore()).cluster?.change).toBe(2);
  });

  it('refuses a change that the store does not take, of which nothing counts then', async () => {
    const one = folder();
    const book = await lead(one);
    await book.change(put(ann));
    away = 'unheard';
    await expect(book.change(put(bob))).rejects.toMatchObject({
      code: 'ACCOUNTS_UNWRITABLE',
      message: expect.stringContaining('cannot be reached: the line is cut'),
    });
    expect([namesIn(book.read()), namesIn(one.file.read())]).toEqual([['ann'], ['ann']]);
    away = 'no';
    await book.change(put(bob));
    expect(namesIn(await inStore())).toEqual(['ann', 'bob']);
  });

  it('has a change that the store took without an answer count once that is seen, and loses none by it', async () => {
    const book = await lead(folder());
    await book.change((present) => ({ ...present, keys: [ci] }));
    away = 'unanswered';
    expect(await codeOf(book.change((present) => ({ ...present, keys: [] })))).toBe('ACCOUNTS_UNWRITABLE');
    expect(book.read().keys).toHaveLength(1);
    away = 'no';
    book.look();
    await expect.poll(() => book.read().keys).toEqual([]);
    away = 'unanswered';
    expect(await codeOf(book.change(put(ann)))).toBe('ACCOUNTS_UNWRITABLE');
    away = 'no';
    await book.change(put(bob)); // made of what the store has
    expect(namesIn(await inStore())).toEqual(['ann', 'bob']);
  });

  it('takes no change of a master that leads no more', async () => {
    const office = await memory.put('leader', 'one');
    const guard = { key: 'leader', created: office!.created };
    const book = await lead(folder(), () => ({ guard }));
    await book.change(put(ann));
    await memory.delete('leader');
    await memory.put('leader', 'two');
    expect(await codeOf(book.change(put(bob)))).toBe('ACCOUNTS_UNWRITABLE');
    expect(namesIn(await inStore())).toEqual(['ann']);
  });

  it('that was set back does not bring back what a master knows to be revoked', async () => {
    const one = folder();
    const book = await lead(one);
    await book.change((present) => ({ ...put(ann)(present), keys: [ci] }));
    const { value } = (await memory.get(accountsKey))!;
    await book.change((present) => ({ ...present, keys: [] }));
    await memory.put(accountsKey, value);
    expect((await lead(one)).read().keys).toEqual([]);
    expect((await inStore()).keys).toEqual([]);
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining('as if it was set back'), { store: 1, here: 2 }],
    ]);
  });

  it('that was lost begins anew by the copy of the master that leads then', async () => {
    const [one, two] = [folder(), folder()];
    const book = await lead(one);
    await book.change(put(ann));
    await lead(two); // has a copy from here on
    await book.change(put(bob));
    await memory.delete(accountsKey);
    expect(namesIn((await lead(one)).read())).toEqual(['ann', 'bob']);
    expect(namesIn((await lead(two)).read())).toEqual(['ann', 'bob']);
  });

  it('lets nobody in while there is none and the file of the master makes no sense, until that is mended', async () => {
    const one = folder();
    writeFileSync(one.file.path, '{"accounts": 5}');
    const book = await lead(one);
    expect(() => book.read()).toThrow(expect.objectContaining({ code: 'ACCOUNTS_UNREADABLE' }));
    expect(await codeOf(book.change(put(bob)))).toBe('ACCOUNTS_UNREADABLE');
    expect(await memory.get(accountsKey)).toBeUndefined();
    writeFileSync(one.file.path, JSON.stringify({ accounts: [ann], keys: [] }));
    book.look();
    await expect.poll(async () => (await memory.get(accountsKey)) !== undefined).toBe(true);
    expect(namesIn(book.read())).toEqual(['ann']);
  });

  it('lets nobody in by a value that makes no sense, and keeps no master from leading by it', async () => {
    await memory.put(accountsKey, '{"accounts": [], "keys": []}');
    const book = await lead(folder());
    expect(() => book.read()).toThrow(expect.objectContaining({ code: 'ACCOUNTS_UNREADABLE' }));
  });

  it('counts where the file of the master makes no sense, which is put aside', async () => {
    const [one, two] = [folder(), folder()];
    one.file.write({ accounts: [ann], keys: [] });
    await lead(one);
    writeFileSync(two.file.path, 'torn');
    expect(namesIn((await lead(two)).read())).toEqual(['ann']);
    expect(namesIn(two.file.read())).toEqual(['ann']);
    expect(two.names()).toHaveLength(2);
  });
});

describe('accounts whose book takes its time', () => {
  const clock = new FakeClock();
  const wall = Date.UTC(2026, 0, 1);
  const password = 'a long enough pass phrase';
  const nothing = () => {};
  const passwords = new Passwords({ N: 2 ** 10, r: 8, p: 1 });

  const accountsOf = (keeper: AccountStore) =>
    new Accounts({
      ...{ root: '/nowhere', env: 'production', keeper, clock, logger: silentLogger },
      wallTime: () => wall + clock.now(),
      roles: () => ({}),
      secondFactor: () => 'optional',
      idleMs: () => 30 * 60_000,
      records: { done: nothing, told: nothing, refused: nothing, close: nothing },
      passwords,
    });

  it('take a code of the second factor once, also of two who give it at once', async () => {
    const accounts = accountsOf(await lead(folder()));
    const { visitor } = await accounts.setUp(await accounts.add('ann', 'admin'), password, '192.0.2.1');
    const { secret } = await accounts.beginSecondFactor(visitor);
    await accounts.confirmSecondFactor(visitor, totpAt(secret, wall + clock.now()));
    clock.pass(60_000);
    const code = totpAt(secret, wall + clock.now());
    let release = () => {};
    line = new Promise<void>((resolve) => {
      release = resolve;
    });
    const both = [1, 2].map(() => codeOf(accounts.signIn({ name: 'ann', password, code }, '192.0.2.1')));
    await passwords.matches(undefined, 'one after the other, so that those of both are looked at by now');
    await nextTurn();
    release();
    expect((await Promise.all(both)).sort()).toEqual(['SIGN_IN_REFUSED', 'fine']);
  });

  it('take a link once, also of two who follow it at once', async () => {
    const accounts = accountsOf(await lead(folder()));
    const link = await accounts.add('ann', 'admin');
    const both = [1, 2].map((n) => codeOf(accounts.setUp(link, `${password} ${n}`, '192.0.2.1')));
    expect((await Promise.all(both)).sort()).toEqual(['SETUP_LINK_OVER', 'fine']);
  });

  it('keep a link for the next master, which makes no other one while that is good', async () => {
    const one = accountsOf(await lead(folder()));
    const link = (await one.firstLink())!;
    one.close();
    const next = accountsOf(await lead(folder()));
    expect(await next.firstLink(false)).toBeUndefined();
    expect(await codeOf(next.setUp(link, password, '192.0.2.1'))).toBe('fine');
  });

  it('let nobody in, and end no session, by what the store has not taken', async () => {
    const accounts = accountsOf(await lead(folder()));
    const { visitor } = await accounts.setUp(await accounts.add('ann', 'admin'), password, '192.0.2.1');
    const { id, key } = await accounts.keys.create({ name: 'ci', role: 'viewer', rate: 5 });
    const link = await accounts.link('ann');
    away = 'unheard';
    const refused = [
      accounts.signIn({ name: 'ann', password }, '192.0.2.1'),
      accounts.setUp(link, password, '192.0.2.1'),
      accounts.change('ann', { role: 'admin' }),
      accounts.keys.revoke(id),
      accounts.keys.create({ name: 'more', role: 'viewer', rate: 5 }),
    ].map(codeOf);
    expect(new Set(await Promise.all(refused))).toEqual(new Set(['ACCOUNTS_UNWRITABLE']));
    expect(visitor.over.aborted).toBe(false);
    expect(accounts.keyHolder(key, '192.0.2.1').name).toContain('ci');
    away = 'no';
    await accounts.keys.revoke(id);
    expect(() => accounts.keyHolder(key, '192.0.2.1')).toThrow(
      expect.objectContaining({ code: 'KEY_REFUSED' }),
    );
    expect(accounts.sessions.all).toHaveLength(1);
  });
});
