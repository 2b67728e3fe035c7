import { silentLogger } from '@pomelo-ts/common';
import { staleFiles } from '@pomelo-ts/dev';
import { describe, expect, it } from 'vitest';
import { additionIn } from '../../src/commands/add/added-servers.js';
import { openSharedStore } from '../../src/coordination.js';

const why = 'expected a file, got a device';

/** The settings of a store, with one that names a file. */
const storeWith = (files: object) =>
  ({
    root: '/',
    env: 'test',
    master: { store: { kind: 'etcd', endpoints: [], ttlMs: 3000, prefix: '', ...files } },
  }) as never;

describe('a device that never ends, in the place of a file', () => {
  it('is refused by add --file', () => {
    expect(() => additionIn('/dev/zero')).toThrow(`/dev/zero: ${why}`);
  });

  it.each(['caFile', 'certFile'])('is refused as store.%s', async (field) => {
    const told = `needs /dev/zero, which store.${field} of master.json5 names, and it cannot be read: ${why}`;
    await expect(openSharedStore(storeWith({ [field]: '/dev/zero' }), silentLogger)).rejects.toThrow(told);
  });

  it('is never what gen has written', () => {
    expect(staleFiles('/', [{ path: '/dev/zero', text: '' }])).toEqual(['dev/zero']);
  });
});
