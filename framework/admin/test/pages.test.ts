import { describe, expect, it } from 'vitest';
import { pageOf } from '../src/http/pages.js';

const settings = { port: 3080, listen: '0.0.0.0', origins: [], behindProxy: false, tls: {} };

describe('where the page of another master is', () => {
  it('is at its host where the admins listen for others, and by IPv6 in brackets', () => {
    expect(pageOf(settings, '10.0.0.2')).toBe('https://10.0.0.2:3080');
    expect(pageOf(settings, 'fd00::2')).toBe('https://[fd00::2]:3080');
    expect(pageOf({ ...settings, tls: undefined }, '10.0.0.2')).toBe('http://10.0.0.2:3080');
  });

  it('is the origin that has the name of its host, also behind a proxy', () => {
    const origins = ['https://admin.example.org', 'https://master-2.example.org:8443'];
    const named = { ...settings, origins, behindProxy: true };
    expect(pageOf(named, 'master-2.example.org')).toBe('https://master-2.example.org:8443');
  });

  it('is not known behind a proxy, and where the admins are reached from their own machine alone', () => {
    expect(pageOf({ ...settings, behindProxy: true }, '10.0.0.2')).toBeUndefined();
    for (const listen of ['127.0.0.1', '::1', 'localhost'])
      expect([listen, pageOf({ ...settings, listen }, '10.0.0.2')]).toEqual([listen, undefined]);
  });
});
