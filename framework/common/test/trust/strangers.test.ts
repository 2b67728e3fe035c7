import { describe, expect, it } from 'vitest';
import { Strangers } from '../../src/trust/strangers.js';

const one = (name: string) => ({ name });

describe('connections that have proved nothing', () => {
  it('lets the oldest go of the address that has most of them', () => {
    const strangers = new Strangers<{ name: string }>(3);
    const honest = one('honest');
    expect(strangers.add(honest, '10.0.0.1')).toBeUndefined();
    const crowd = Array.from({ length: 50 }, (_, n) => one(`crowd ${n}`));
    const evicted = crowd.map((stranger) => strangers.add(stranger, '10.0.0.9'));
    expect(evicted).toEqual([undefined, undefined, ...crowd.slice(0, 48)]);
    expect(strangers.has(honest)).toBe(true);
    expect(strangers.size).toBe(3);
  });

  it('takes addresses of IPv6 with the same first half for one', () => {
    const strangers = new Strangers<{ name: string }>(3);
    const honest = one('honest');
    strangers.add(honest, '2001:db8:0:1::1');
    const crowd = ['2001:db8:0:2::1', '2001:db8:0:2:ff::', '2001:db8::2:0:0:0:7'].map(one);
    expect(crowd.map((stranger) => strangers.add(stranger, stranger.name))).toEqual([
      undefined,
      undefined,
      crowd[0],
    ]);
    expect(strangers.has(honest)).toBe(true);
  });

  it('keeps a share for whoever has proved itself before, and for the own hosts of the cluster', () => {
    const strangers = new Strangers<{ name: string }>(1, (address) => address === '10.0.0.2');
    const before = one('before');
    strangers.add(before, '10.0.0.1');
    strangers.proved(before);
    expect(strangers.size).toBe(0);
    const stranger = one('stranger');
    strangers.add(stranger, '10.9.9.9');
    expect(strangers.add(one('again'), '10.0.0.1')).toBeUndefined();
    expect(strangers.add(one('own'), '10.0.0.2')?.name).toBe('again');
    expect(strangers.has(stranger)).toBe(true);
  });

  it('remembers a bounded number of addresses', () => {
    const strangers = new Strangers<{ name: string }>(1);
    for (let n = 0; n < 2000; n++) {
      const stranger = one(String(n));
      strangers.add(stranger, `10.${n >> 8}.${n & 255}.1`);
      strangers.proved(stranger);
    }
    strangers.add(one('new'), '10.250.0.1');
    expect(strangers.add(one('old'), '10.0.0.1')?.name).toBe('new');
    expect(strangers.add(one('late'), '10.7.200.1')).toBeUndefined();
  });

  it('forgets one that has ended', () => {
    const strangers = new Strangers<{ name: string }>(1);
    const stranger = one('a');
    strangers.add(stranger, '10.0.0.1');
    strangers.delete(stranger);
    expect(strangers.add(one('b'), '10.0.0.1')).toBeUndefined();
  });
});
