import assert from 'node:assert/strict';
import { isPomeloError, newBootId } from '@pomelo-ts/common';
import type { CoordinationStore, StoreChange } from '../coordination/store.js';
import { leaseCases } from './coordination-lease-cases.js';

/** One thing a coordination store must do. */
export interface CoordinationStoreCase {
  readonly title: string;
  run(): Promise<void>;
}

/** What {@link coordinationStoreContract} needs to know. */
export interface CoordinationStoreContractOptions {
  /** Opens the store; every call leads to the same revisions, and in engines that keep them to the same keys. */
  open(): CoordinationStore | Promise<CoordinationStore>;
  /** Lets `ms` of the store's time pass, and what is under way be told. @default waits that long */
  letPass?(ms: number): Promise<void>;
  /** Time of a lease in the cases, in ms: short, but such as the engine grants. @default 1000 */
  readonly leaseMs?: number;
}

/** What a case works with: an open store, and a prefix that no other case has. */
export interface StoreBench {
  readonly store: CoordinationStore;
  readonly prefix: string;
  readonly leaseMs: number;
  open(): Promise<CoordinationStore>;
  letPass(ms: number): Promise<void>;
  /** Waits until `check` is true, letting time pass meanwhile. */
  until(check: () => boolean | Promise<boolean>, what: string): Promise<void>;
}

/** A case before it has a store. */
export type BenchCase = readonly [title: string, run: (bench: StoreBench) => Promise<void>];

const patienceMs = 10_000;
const stepMs = 20;

/**
 * What every {@link CoordinationStore} must do, as cases for any test runner.
 *
 * @example for (const { title, run } of coordinationStoreContract({ open: () => new MemoryStore() })) it(title, run);
 */
export function coordinationStoreContract(
  options: CoordinationStoreContractOptions,
): CoordinationStoreCase[] {
  const letPass = options.letPass ?? ((ms: number) => new Promise<void>((done) => setTimeout(done, ms)));
  const until: StoreBench['until'] = async (check, what) => {
    for (let left = patienceMs; !(await check()); left -= stepMs) {
      assert.ok(left > 0, `${what} did not come true`);
      await letPass(stepMs);
    }
  };
  const life = `contract-${newBootId()}`;
  return [...keyCases, ...conditionCases, ...watchCases, ...leaseCases].map(([title, use], index) => ({
    title,
    run: async () => {
      const open = async () => options.open();
      const store = await open();
      const prefix = `${life}-${index}/`;
      try {
        await use({ store, prefix, leaseMs: options.leaseMs ?? 1000, open, letPass, until });
      } finally {
        await store.close();
      }
    },
  }));
}

const keyCases: readonly BenchCase[] = [
  [
    'keeps what was put, with the revisions of its making and its last change',
    async ({ store, prefix }) => {
      const key = `${prefix}a`;
      assert.equal(await store.get(key), undefined);
      const first = (await store.put(key, 'one'))!;
      assert.deepEqual(
        { ...first },
        { key, value: 'one', created: first.revision, revision: first.revision },
      );
      const second = (await store.put(key, 'zwei 二 🀄'))!;
      assert.ok(second.revision > first.revision);
      assert.equal(second.created, first.created);
      assert.deepEqual(await store.get(key), second);
    },
  ],
  [
    'lists the keys of a prefix in order, and no others',
    async ({ store, prefix }) => {
      for (const name of ['b/2', 'b/10', 'b/1', 'c', 'b']) await store.put(prefix + name, name);
      const names = (await store.list(`${prefix}b/`)).map(({ value }) => value);
      assert.deepEqual(names, ['b/1', 'b/10', 'b/2']);
      assert.deepEqual(await store.list(`${prefix}d`), []);
    },
  ],
  [
    'gives a key that is made again a higher revision of its making',
    async ({ store, prefix }) => {
      const key = `${prefix}a`;
      const first = (await store.put(key, 'x'))!;
      assert.equal(await store.delete(key), true);
      assert.equal(await store.get(key), undefined);
      assert.equal(await store.delete(key), false);
      const second = (await store.put(key, 'x'))!;
      assert.ok(second.created > first.revision);
    },
  ],
  [
    'goes on with higher revisions in its next life',
    async ({ store, prefix, open }) => {
      const before = (await store.put(`${prefix}a`, 'x'))!;
      const next = await open();
      try {
        const after = (await next.put(`${prefix}b`, 'x'))!;
        assert.ok(after.created > before.revision);
      } finally {
        await next.close();
      }
    },
  ],
  [
    'refuses everything once it is closed',
    async ({ store, prefix, open }) => {
      const closed = await open();
      if (closed !== store) await closed.close();
      else assert.fail('expected open() to give a store of its own each time');
      const wrong = (error: unknown) => isPomeloError(error, 'STORE_UNREACHABLE');
      await assert.rejects(closed.get(`${prefix}a`), wrong);
      await assert.rejects(closed.put(`${prefix}a`, 'x'), wrong);
      await assert.rejects(closed.grant(1000), wrong);
    },
  ],
];

const conditionCases: readonly BenchCase[] = [
  [
    'writes and deletes only what has the revision that was asked for',
    async ({ store, prefix }) => {
      const key = `${prefix}a`;
      const first = (await store.put(key, '1', { condition: { revision: 0 } }))!;
      assert.ok(first, 'a key that is not there has revision 0');
      assert.equal(await store.put(key, '2', { condition: { revision: 0 } }), undefined);
      const second = (await store.put(key, '2', { condition: { revision: first.revision } }))!;
      assert.ok(second);
      assert.equal(await store.delete(key, { revision: first.revision }), false);
      assert.equal((await store.get(key))?.value, '2');
      assert.equal(await store.delete(key, { revision: second.revision }), true);
    },
  ],
  [
    'lets one of many writers win who want to make a key',
    async ({ store, prefix }) => {
      const tries = Array.from({ length: 20 }, (_, n) =>
        store.put(`${prefix}a`, String(n), { condition: { revision: 0 } }),
      );
      const won = (await Promise.all(tries)).filter((value) => value !== undefined);
      assert.equal(won.length, 1);
      assert.deepEqual(await store.get(`${prefix}a`), won[0]);
    },
  ],
  [
    'lets nobody write whose guard is gone, or was made again by another',
    async ({ store, prefix }) => {
      const office = (await store.put(`${prefix}office`, 'me'))!;
      const guard = { key: office.key, created: office.created };
      const key = `${prefix}a`;
      assert.ok(await store.put(key, '1', { condition: { guard } }));
      await store.put(office.key, 'still me');
      assert.ok(
        await store.put(key, '2', { condition: { guard } }),
        'a guard may change, but stays the one made',
      );
      await store.delete(office.key);
      assert.equal(await store.put(key, '3', { condition: { guard } }), undefined);
      await store.put(office.key, 'another');
      assert.equal(await store.put(key, '3', { condition: { guard } }), undefined);
      assert.equal(await store.delete(key, { guard }), false);
      assert.equal((await store.get(key))?.value, '2');
    },
  ],
];

/** Shows a change in a few letters. */
const shown = (change: StoreChange) =>
  'put' in change
    ? `+${change.put.key.split('/').at(-1)}=${change.put.value}`
    : `-${change.deleted.split('/').at(-1)}`;

const watchCases: readonly BenchCase[] = [
  [
    'tells a watch of all changes below its prefix, in order, until it is ended',
    async ({ store, prefix, until, letPass }) => {
      const seen: string[] = [];
      await store.put(`${prefix}w/before`, 'x');
      const end = await store.watch(`${prefix}w/`, (change) => seen.push(shown(change)));
      for (let n = 0; n < 5; n++) await store.put(`${prefix}w/a`, String(n));
      await store.put(`${prefix}other`, 'x');
      await store.delete(`${prefix}w/a`);
      await until(() => seen.length >= 6, 'six changes');
      end();
      await store.put(`${prefix}w/a`, 'late');
      await letPass(100);
      assert.deepEqual(seen, ['+a=0', '+a=1', '+a=2', '+a=3', '+a=4', '-a']);
    },
  ],
  [
    'tells a watch the whole value with its revisions, under its own key',
    async ({ store, prefix, until }) => {
      const seen: StoreChange[] = [];
      const end = await store.watch(prefix, (change) => seen.push(change));
      const value = (await store.put(`${prefix}a`, 'x'))!;
      await store.delete(value.key);
      await until(() => seen.length === 2, 'two changes');
      end();
      assert.deepEqual(seen, [{ put: value }, { deleted: value.key }]);
    },
  ],
];
