import { Measures, silentLogger } from '@pomelo-ts/common';
import type { DiskWatch } from '@pomelo-ts/common/internal';
import { expect, it } from 'vitest';
import { freePort } from '../../../../test/helpers/free-port.js';
import { openMasterOps } from '../../src/ops/master-ops.js';
import { Bench } from '../supervisor-bench.js';

it('has all metrics written once before anybody asks, so that nobody waits for code that is cold', async () => {
  using bench = new Bench([]);
  const { hub, supervisor, clock } = bench;
  const own = new Measures();
  let reads = 0;
  own.make({ kind: 'gauge', name: 'reads', help: 'Of this test.' }, { read: () => ++reads });
  const port = await freePort();
  const opening = openMasterOps(
    { host: '127.0.0.1', port, tokenFile: undefined },
    {
      ...{ id: 'master-1', host: '127.0.0.1', root: '/nowhere', term: 1, hub, clock, logger: silentLogger },
      own: [own],
      records: () => supervisor.records,
      holds: () => true,
      shutsOut: () => undefined,
      disks: { all: [] } as unknown as DiskWatch,
      certificates: () => [],
      clocks: () => [],
    },
  );
  expect(await opening.open()).toBeUndefined();
  clock.pass(9999);
  expect(reads).toBe(0);
  clock.pass(1);
  expect(reads).toBe(1);
  const told = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(told).toMatch(/^pomelo_reads\{.*\} 2$/m);
  await opening.close();
  clock.pass(60_000);
  expect(reads).toBe(2);
});
