import { describe, expect, it } from 'vitest';
import { ProxyTrust } from '../../src/acceptor/connect-info.js';
import { reachedHost } from '../../src/acceptor/reached-host.js';

describe('trust in proxies', () => {
  const forwarded = { 'x-forwarded-for': '203.0.113.7' };

  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.1', '::ffff:10.0.0.1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::ffff:10.0.0.1', '::ffff:10.0.0.1'],
    ['::ffff:10.0.0.0/104', '::ffff:10.1.2.3'],
    ['10.0.0.0/8', '::ffff:10.1.2.3'],
    ['fd00::/64', 'fd00::9'],
  ])('in %s is trust in a socket of %s', (range, address) => {
    expect(new ProxyTrust([range]).addressOf(address, forwarded)).toBe('203.0.113.7');
  });

  it.each([
    ['10.0.0.0/8', '::ffff:11.0.0.1', '11.0.0.1'],
    ['::ffff:10.0.0.0/104', '::ffff:11.0.0.1', '11.0.0.1'],
    ['fd00::/64', 'fd00:0:0:1::9', 'fd00:0:0:1::9'],
    ['fd00::/64', '::ffff:10.0.0.1', '10.0.0.1'],
  ])('in %s is none in a socket of %s, whose own address counts: %s', (range, address, plain) => {
    expect(new ProxyTrust([range]).addressOf(address, forwarded)).toBe(plain);
  });

  it('takes the word of a proxy however it writes an IPv4 address', () => {
    for (const hop of [
      '::ffff:203.0.113.7',
      '::ffff:cb00:7107',
      '[::ffff:203.0.113.7]:4711',
      '203.0.113.7:4711',
    ])
      expect(new ProxyTrust(['::1']).addressOf('::1', { 'x-forwarded-for': hop })).toBe('203.0.113.7');
  });
});

describe('the host at which a client has reached a server', () => {
  it.each([
    ['play.example.com:3014', '10.0.0.1', 'play.example.com'],
    ['[fd00::2]:3014', 'fd00::2', 'fd00::2'],
    ['not a host', '::ffff:10.0.0.1', '10.0.0.1'],
    ['', '10.0.0.1', '10.0.0.1'],
    [undefined, 'fd00::2', 'fd00::2'],
    [undefined, undefined, undefined],
  ])('by its word %j at %j is %j', (header, address, host) => {
    expect(reachedHost({ header, address })).toBe(host);
  });
});
