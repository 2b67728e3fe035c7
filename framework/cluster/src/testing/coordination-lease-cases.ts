import assert from 'node:assert/strict';
import type { BenchCase } from './coordination-store-contract.js';

/** What a coordination store must do with leases. */
export const leaseCases: readonly BenchCase[] = [
  [
    'grants a lease of at least the time that was asked for',
    async ({ store, leaseMs }) => {
      const lease = await store.grant(leaseMs);
      assert.ok(lease.ttlMs >= leaseMs, `${lease.ttlMs} ms`);
      const other = await store.grant(leaseMs);
      assert.notEqual(lease.id, other.id);
    },
  ],
  [
    'keeps the keys of a lease while it is kept, and deletes them when it runs out',
    async ({ store, prefix, leaseMs, letPass, until }) => {
      const lease = await store.grant(leaseMs);
      const deleted: string[] = [];
      const end = await store.watch(prefix, (change) => {
        if ('deleted' in change) deleted.push(change.deleted);
      });
      await store.put(`${prefix}a`, 'x', { lease });
      await store.put(`${prefix}free`, 'x');
      for (let third = 0; third < 6; third++) {
        await letPass(lease.ttlMs / 3);
        assert.equal(await store.keepAlive(lease), true);
      }
      assert.ok(await store.get(`${prefix}a`), 'it was kept for twice its time');
      await until(async () => !(await store.get(`${prefix}a`)), 'the end of a lease that nobody keeps');
      await until(() => deleted.length > 0, 'the word of it');
      end();
      assert.deepEqual(deleted, [`${prefix}a`]);
      assert.ok(await store.get(`${prefix}free`));
    },
  ],
  [
    'leaves a key the lease it has, when it is told to',
    async ({ store, prefix, leaseMs, until }) => {
      const lease = await store.grant(leaseMs);
      const first = await store.put(`${prefix}a`, 'x', { lease });
      const condition = { revision: first!.revision };
      const second = await store.put(`${prefix}a`, 'y', { keepLease: true, condition });
      assert.equal(second?.created, first!.created);
      assert.equal(await store.put(`${prefix}a`, 'z', { keepLease: true, condition }), undefined);
      assert.equal(await store.put(`${prefix}b`, 'z', { keepLease: true, condition }), undefined);
      await store.revoke(lease);
      await until(async () => !(await store.get(`${prefix}a`)), 'the end of the key with its lease');
    },
  ],
  [
    'neither keeps a lease that has run out nor writes with it',
    async ({ store, prefix, leaseMs, until }) => {
      const lease = await store.grant(leaseMs);
      await store.put(`${prefix}a`, 'x', { lease });
      await until(async () => !(await store.get(`${prefix}a`)), 'its end');
      assert.equal(await store.keepAlive(lease), false);
      assert.equal(await store.put(`${prefix}a`, 'y', { lease }), undefined);
      assert.equal(await store.get(`${prefix}a`), undefined);
    },
  ],
  [
    'deletes the keys of a lease that is revoked, and takes it when it is revoked again',
    async ({ store, prefix, leaseMs }) => {
      const lease = await store.grant(leaseMs);
      await store.put(`${prefix}a`, 'x', { lease });
      await store.put(`${prefix}b`, 'x', { lease });
      await store.revoke(lease);
      assert.deepEqual(await store.list(prefix), []);
      assert.equal(await store.keepAlive(lease), false);
      await store.revoke(lease);
    },
  ],
  [
    'lets a key outlive its lease when it is put again without one',
    async ({ store, prefix, leaseMs }) => {
      const lease = await store.grant(leaseMs);
      await store.put(`${prefix}a`, 'x', { lease });
      await store.put(`${prefix}a`, 'mine');
      await store.revoke(lease);
      assert.equal((await store.get(`${prefix}a`))?.value, 'mine');
    },
  ],
  [
    'moves a key to another lease when it is put with that',
    async ({ store, prefix, leaseMs }) => {
      const [first, second] = [await store.grant(leaseMs), await store.grant(leaseMs)];
      await store.put(`${prefix}a`, 'x', { lease: first });
      await store.put(`${prefix}a`, 'y', { lease: second });
      await store.revoke(first);
      assert.equal((await store.get(`${prefix}a`))?.value, 'y');
      await store.revoke(second);
      assert.equal(await store.get(`${prefix}a`), undefined);
    },
  ],
];
