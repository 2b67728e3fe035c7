import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../src/testing.js';
import { OwnHosts } from '../../src/trust/own-hosts.js';

describe('the own hosts of a cluster', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '::ffff:10.0.0.1'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('%s is known when it comes as %s', (host, address) => {
    const own = new OwnHosts(() => [host], new FakeClock());
    expect([own.has(address), own.has('10.0.0.99'), own.has('not an address')]).toEqual([true, false, false]);
  });

  it('are those that there are now', () => {
    const clock = new FakeClock();
    let hosts = ['10.0.0.1'];
    const own = new OwnHosts(() => hosts, clock);
    hosts = ['10.0.0.2'];
    clock.pass(1000);
    expect([own.has('10.0.0.1'), own.has('10.0.0.2')]).toEqual([false, true]);
  });

  it('may be named as the system knows them', async () => {
    const own = new OwnHosts(() => ['localhost'], new FakeClock());
    await expect.poll(() => own.has('127.0.0.1') || own.has('::1')).toBe(true);
  });

  it('have the addresses of their names, which are looked up again now and then, and kept while they cannot be', async () => {
    const clock = new FakeClock();
    let answer: () => string[] = () => ['10.0.0.1', '2001:db8::1'];
    let asked = 0;
    const own = new OwnHosts(
      () => ['game-1.example'],
      clock,
      async () => {
        asked++;
        return answer();
      },
    );
    await expect.poll(() => own.has('10.0.0.1')).toBe(true);
    expect(own.has('2001:db8::1')).toBe(true);
    answer = () => {
      throw new Error('no answer');
    };
    clock.pass(30_000);
    expect(own.has('10.0.0.1')).toBe(true);
    expect(asked).toBe(2);
    answer = () => ['10.0.0.2'];
    clock.pass(30_000);
    own.has('10.0.0.2');
    await expect.poll(() => own.has('10.0.0.2')).toBe(true);
    expect(own.has('10.0.0.1')).toBe(false);
    for (let n = 0; n < 1000; n++) own.has(`10.9.9.${n % 256}`);
    expect(asked).toBe(3);
  });
});
