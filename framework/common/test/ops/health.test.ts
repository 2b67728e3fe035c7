import { describe, expect, it } from 'vitest';
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
  const withMiB = (free: number) =>
    diskHealth('logs', '/games/one', () => ({ bavail: free * 256, bsize: 4096 }));

  it('is told before it is full', () => {
    expect(withMiB(1024)).toEqual({ status: 'UP', details: { folder: '/games/one', freeBytes: 2 ** 30 } });
    expect(withMiB(1023)).toMatchObject({
      status: 'DEGRADED',
      cause: '1023 MiB are left on the disk of /games/one, where logs are written',
      cure: 'make room there',
    });
    expect(withMiB(63)).toMatchObject({ status: 'DOWN' });
  });

  it('is one component where all of a game lies on one disk, and two where logs and state do not', () => {
    const disks: Record<string, number> = { '/game': 1, '/game/.pomelo-ts': 1, '/game/logs': 1 };
    const free: Record<string, number> = { '/game/logs': 10 };
    const health = new Health(() => 0);
    addDisks(health, '/game', ['logs', 'state'], {
      diskOf: (folder) => disks[folder],
      statfs: (folder) => ({ bavail: (free[folder] ?? 4096) * 256, bsize: 4096 }),
    });
    expect(health.look().components).toEqual({ disk: expect.objectContaining({ status: 'DOWN' }) });
    disks['/game/logs'] = 2;
    expect(health.look()).toMatchObject({
      status: 'DOWN',
      components: {
        logsDisk: {
          cause: '10 MiB are left on the disk of /game/logs, where logs are written',
          cure: 'make room there',
        },
        stateDisk: { status: 'UP', details: { folder: '/game/.pomelo-ts' } },
      },
    });
    expect(health.look().components).not.toHaveProperty('disk');
    delete disks['/game/logs']; // no log was written yet
    expect(health.look().components).toMatchObject({ disk: { status: 'UP', details: { folder: '/game' } } });
  });

  it('is that of the real one', () => {
    expect(diskHealth('logs', '/').details).toEqual({ folder: '/', freeBytes: expect.any(Number) });
    expect(() => diskHealth('logs', '/nowhere')).toThrow('ENOENT');
  });
});
