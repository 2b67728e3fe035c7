import { describe, expect, it } from 'vitest';
import type { Disk } from '../../src/internal.js';
import { addDisks, diskHealth, Health, type HealthFinding } from '../../src/ops.js';

describe('the health of a process', () => {
  it('is that of its worst component, and each tells since when it is so', () => {
    let now = Date.UTC(2026, 10, 28);
    const health = new Health(() => now);
    let link: HealthFinding = { status: 'UP' };
    health.add('link', () => link);
    health.add('disk', () => ({ status: 'UP', details: { freeBytes: 5 } }));
    const begun = '2026-11-28T00:00:00.000Z';
    expect(health.look()).toEqual({
      status: 'UP',
      components: {
        link: { status: 'UP', since: begun },
        disk: { status: 'UP', since: begun, details: { freeBytes: 5 } },
      },
    });
    now += 60_000;
    link = { status: 'DEGRADED', cause: 'silent', cure: 'look' };
    health.look();
    now += 60_000;
    const { status, components } = health.look();
    expect(status).toBe('DEGRADED');
    expect(components).toMatchObject({
      link: { ...link, since: '2026-11-28T00:01:00.000Z' },
      disk: { since: begun },
    });
    link = { status: 'DOWN', cause: 'gone' };
    expect(health.look()).toMatchObject({
      status: 'DOWN',
      components: { link: { since: '2026-11-28T00:02:00.000Z' } },
    });
  });

  it('leaves out a component while there is nothing to look at, and dates it anew afterwards', () => {
    let now = Date.UTC(2026, 10, 28);
    const health = new Health(() => now);
    let delivery: HealthFinding | undefined;
    health.add('link', () => ({ status: 'UP' }));
    health.add('delivery', () => delivery);
    const of = () => health.look().components['delivery'];
    expect([of(), health.look().status]).toEqual([undefined, 'UP']);
    delivery = { status: 'DOWN' };
    expect([of(), health.look().status]).toEqual([
      { ...delivery, since: '2026-11-28T00:00:00.000Z' },
      'DOWN',
    ]);
    delivery = undefined;
    expect(of()).toBeUndefined();
    now += 60_000;
    delivery = { status: 'DOWN' };
    expect(of()?.since).toBe('2026-11-28T00:01:00.000Z');
  });

  it('tells of a component that cannot be looked at, and of the others all the same', () => {
    const health = new Health(Date.now);
    health.add('disk', () => {
      throw new Error('EIO: i/o error');
    });
    health.add('link', () => ({ status: 'UP' }));
    expect(health.look()).toMatchObject({
      status: 'DEGRADED',
      components: { disk: { cause: 'it cannot be looked at: EIO: i/o error' }, link: { status: 'UP' } },
    });
  });
});

describe('the health of a disk', () => {
  const diskOf = (mib: number, keeps: Disk['keeps'] = ['logs'], folder = '/games/one'): Disk => ({
    ...{ keeps, folder },
    room: { free: mib * 2 ** 20, size: 2 ** 40 },
  });

  it('is told before it is full', () => {
    expect(diskHealth(diskOf(1024))).toEqual({
      status: 'UP',
      details: { folder: '/games/one', freeBytes: 2 ** 30 },
    });
    expect(diskHealth(diskOf(1023))).toMatchObject({
      status: 'DEGRADED',
      cause: '1023 MiB are left on the disk of /games/one, where logs are written',
      cure: 'make room there',
    });
    expect(diskHealth(diskOf(64))).toMatchObject({ status: 'DEGRADED' });
    expect(diskHealth(diskOf(63))).toMatchObject({ status: 'DOWN' });
  });

  it('is not well when the disk does not tell', () => {
    const { room: _, ...silent } = diskOf(1);
    const disk: Disk = { ...silent, room: undefined, failure: 'it has not answered for 30 seconds' };
    expect(diskHealth(disk)).toMatchObject({
      status: 'DEGRADED',
      cause: 'the disk of /games/one cannot be looked at: it has not answered for 30 seconds',
    });
  });

  it('is one component where all of a game lies on one disk, two where logs and state do not, and none before the first look', () => {
    const disks: { all: Disk[] } = { all: [] };
    const health = new Health(() => 0);
    addDisks(health, disks);
    expect(health.look()).toEqual({ status: 'UP', components: {} });
    disks.all = [diskOf(10, ['logs', 'state'])];
    expect(health.look().components).toEqual({
      disk: expect.objectContaining({
        status: 'DOWN',
        cause: '10 MiB are left on the disk of /games/one, where logs and state are written',
      }),
    });
    disks.all = [diskOf(10, ['logs'], '/games/one/logs'), diskOf(4096, ['state'], '/games/one/.pomelo-ts')];
    expect(health.look()).toMatchObject({
      status: 'DOWN',
      components: {
        logsDisk: { cause: '10 MiB are left on the disk of /games/one/logs, where logs are written' },
        stateDisk: { status: 'UP', details: { folder: '/games/one/.pomelo-ts' } },
      },
    });
    expect(health.look().components).not.toHaveProperty('disk');
  });
});
