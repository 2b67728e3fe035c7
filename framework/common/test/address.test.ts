import { describe, expect, it } from 'vitest';
import { PomeloError } from '../src/errors.js';
import { dialable, hostIn, hostPort, isLoopback, networkOf, plainAddress } from '../src/internal.js';

describe('an address', () => {
  it.each([
    ['play.example.com', 'play.example.com:3014'],
    ['10.0.0.1', '10.0.0.1:3014'],
    ['fd00::2', '[fd00::2]:3014'],
    ['::', '[::]:3014'],
  ])('%s stands before its port as %s, and is found there again', (host, place) => {
    expect(hostPort(host, 3014)).toBe(place);
    expect(hostIn(place)).toBe(host);
  });

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:c000:0201', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::1', '::1'],
    ['::ffff:0:1:2', '::ffff:0:1:2'],
    ['', ''],
  ])('%s is %s without what an IPv6 socket puts before one of IPv4', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });

  it.each([
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:202', '192.0.2.2'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:0001:2::9', '2001:db8:1:2'],
    ['2001:db8::5', '2001:db8:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
  ])('%s counts as %s where each address has its share', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });

  it.each(['localhost', '127.0.0.1', '127.8.0.1', '::1', '::ffff:127.0.0.1'])(
    '%s means this machine alone',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each(['0.0.0.0', '::', '10.0.0.1', 'fd00::1', 'localhost.example.com', '127.example.com'])(
    '%s does not mean this machine alone',
    (host) => {
      expect(isLoopback(host)).toBe(false);
    },
  );

  it('that means all of a machine is dialed at its loopback address of that family', () => {
    expect(['0.0.0.0', '::', 'fd00::2'].map(dialable)).toEqual(['127.0.0.1', '::1', 'fd00::2']);
  });

  it('stands in brackets in every message that tells a port', () => {
    const facts = { serverId: 'gate-1', host: 'fd00::2', port: 3014, holder: '' };
    expect(new PomeloError('PORT_IN_USE', facts).message).toContain('listen on [fd00::2]:3014:');
    const master = { host: '::1', port: 3005, reason: 'it is gone' };
    expect(new PomeloError('MASTER_UNREACHABLE', master).message).toContain('at [::1]:3005:');
  });
});
