import { expect, it } from 'vitest';
import { Watched } from './watched.js';

const mib = 2 ** 20;

it('tells of a disk that has had little room for a minute, by its host, and of the one of the state that the master sees', async () => {
  using watched = await Watched.up();
  const { diskFree } = watched.handles;
  diskFree.logs.set(500 * mib);
  watched.disks = [
    { keeps: ['logs'], folder: '/game/logs', room: { free: 5e9, size: 1e10 } },
    { keeps: ['state'], folder: '/game/.pomelo-ts', room: { free: 10 * mib, size: 1e10 } },
  ];
  await watched.leap(50);
  expect(watched.problems).toEqual([]);
  await watched.leap(20);
  const ofHost = ['warn', '10.0.0.2', '500M are left on the disk with its logs'];
  const ofMaster = ['page', '10.0.0.1', '10M are left on the disk with its state'];
  expect(watched.problems.map((one) => one.slice(0, 3))).toEqual([ofMaster, ofHost]);
  watched.disks = [{ keeps: ['logs', 'state'], folder: '/game', room: undefined, failure: 'EIO' }];
  diskFree.logs.set(Number.NaN);
  await watched.pass(3);
  expect(watched.problems).toEqual([]); // not known
});

it('tells at once that the store of the masters does not answer, until it does', async () => {
  using watched = await Watched.up();
  watched.store = { kind: 'etcd', health: { status: 'DEGRADED', cause: 'away' } };
  await watched.pass(1);
  expect(watched.problems).toEqual([
    ['warn', 'etcd', 'the store that masters share does not answer: soon none leads', 0],
  ]);
  watched.store = { kind: 'etcd', health: { status: 'UP' } };
  await watched.pass(1);
  expect(watched.problems).toEqual([]);
});
