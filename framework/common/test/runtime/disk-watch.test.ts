import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Measures, systemClock } from '../../src/index.js';
import { Exposition, exposed } from '../../src/ops.js';
import { type DiskLooks, DiskWatch } from '../../src/runtime/disk-watch.js';
import { FakeClock } from '../../src/testing.js';

const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Disks of a game at /game, by folder: which disk it lies on, and how many MiB are free there. */
class Disks implements DiskLooks {
  readonly devices: Record<string, number> = { '/game': 1, '/game/.pomelo-ts': 1, '/game/logs': 1 };
  readonly free: Record<string, number> = {};
  readonly hanging = new Set<string>();
  readonly asked: string[] = [];
  readonly measures = new Measures();
  readonly clock = new FakeClock();
  readonly watch = new DiskWatch({
    ...{ root: '/game', keeps: ['logs', 'state'], looks: this },
    ...{ measures: this.measures, clock: this.clock },
  });

  async deviceOf(folder: string) {
    return this.devices[folder];
  }

  async statfs(folder: string) {
    this.asked.push(folder);
    if (this.hanging.has(folder)) await new Promise(() => {});
    const free = this.free[folder] ?? 4096;
    if (free < 0) throw new Error('EIO: i/o error');
    return { bavail: free * 256, blocks: 8192 * 256, bsize: 4096 };
  }

  async pass(ms: number) {
    this.clock.pass(ms);
    await settled();
  }

  /** What is measured, as Prometheus reads it. */
  get told(): Record<string, number> {
    const exposition = new Exposition();
    exposition.add(exposed(this.measures), {});
    const lines = exposition.text().matchAll(/^pomelo_disk_(\w+)_bytes\{disk="(\w+)"\} (\S+)$/gm);
    return Object.fromEntries([...lines].map(([, what, disk, value]) => [`${what} ${disk}`, Number(value)]));
  }
}

const [mib, nothing] = [1024 * 1024, Number.NaN];

describe('the watch of disks', () => {
  it('tells a disk once that logs and state share, and each when they have two', async () => {
    const disks = new Disks();
    expect(disks.watch.all).toEqual([]);
    expect(disks.told).toEqual({
      ...{ 'free logs': nothing, 'free state': nothing, 'size logs': nothing, 'size state': nothing },
    });
    await settled();
    expect(disks.watch.all).toEqual([
      { keeps: ['logs', 'state'], folder: '/game/logs', room: { free: 4096 * mib, size: 8192 * mib } },
    ]);
    expect(disks.told).toEqual({
      ...{ 'free logs': 4096 * mib, 'size logs': 8192 * mib },
      ...{ 'free state': nothing, 'size state': nothing },
    });
    disks.devices['/game/logs'] = 2;
    disks.free['/game/logs'] = 10;
    await disks.pass(10_000);
    expect(disks.watch.all.map(({ keeps, room }) => [keeps, room?.free])).toEqual([
      [['logs'], 10 * mib],
      [['state'], 4096 * mib],
    ]);
    expect(disks.told).toMatchObject({ 'free logs': 10 * mib, 'free state': 4096 * mib });
  });

  it('looks at the root of a game that has written no log yet', async () => {
    const disks = new Disks();
    await settled();
    delete disks.devices['/game/logs'];
    await disks.pass(10_000);
    expect(disks.watch.all).toEqual([expect.objectContaining({ keeps: ['logs', 'state'], folder: '/game' })]);
  });

  it('asks each disk every 10 seconds, and one that hangs once: that is not known from half a minute on', async () => {
    const disks = new Disks();
    disks.devices['/game/logs'] = 2;
    await settled();
    disks.asked.length = 0;
    disks.hanging.add('/game/logs');
    for (let second = 0; second < 60; second++) await disks.pass(1000);
    expect(disks.asked.filter((folder) => folder === '/game/logs')).toHaveLength(1);
    expect(disks.asked.filter((folder) => folder === '/game/.pomelo-ts')).toHaveLength(6);
    expect(disks.watch.all).toEqual([
      {
        keeps: ['logs'],
        folder: '/game/logs',
        room: undefined,
        failure: 'it has not answered for 30 seconds',
      },
      expect.objectContaining({ keeps: ['state'], room: expect.anything() }),
    ]);
    expect(disks.told).toMatchObject({ 'free logs': nothing, 'free state': 4096 * mib });
  });

  it('says why a disk tells nothing, and tells it again once it does', async () => {
    const disks = new Disks();
    disks.free['/game/logs'] = -1;
    await disks.pass(10_000);
    expect(disks.watch.all[0]).toMatchObject({ keeps: ['logs'], failure: 'EIO: i/o error' });
    expect(disks.told).toMatchObject({ 'free logs': nothing, 'free state': 4096 * mib });
    delete disks.free['/game/logs'];
    await disks.pass(10_000);
    expect(disks.watch.all[0]).toMatchObject({ keeps: ['logs', 'state'] });
    expect(disks.watch.all[0]).not.toHaveProperty('failure');
  });

  it('asks nothing any more once it is stopped', async () => {
    const disks = new Disks();
    await settled();
    disks.watch.stop();
    disks.asked.length = 0;
    await disks.pass(60_000);
    expect(disks.asked).toEqual([]);
  });

  it('is that of a real one', async () => {
    const root = mkdtempSync(join(tmpdir(), 'pomelo-ts-disks-'));
    mkdirSync(join(root, 'logs'));
    const watch = new DiskWatch({ root, keeps: ['logs'], measures: new Measures(), clock: systemClock });
    await expect.poll(() => watch.all.length).toBe(1);
    const { blocks, bsize } = statfsSync(root);
    const [disk] = watch.all;
    expect(disk).toMatchObject({ folder: join(root, 'logs'), room: { size: blocks * bsize } });
    expect(disk?.room?.free).toBeGreaterThan(0);
    watch.stop();
    rmSync(root, { recursive: true });
  });
});
