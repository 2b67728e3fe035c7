import { describe, expect, it } from 'vitest';
import { readPrincipal } from '../../src/link/principal.js';

const nobody = { name: 'unnamed', via: 'link' };

describe('who asks', () => {
  it('is who the holder of the key says', () => {
    expect(readPrincipal({ name: 'ann@build-7', via: 'cli' })).toEqual({ name: 'ann@build-7', via: 'cli' });
    expect(readPrincipal({ name: 'Zoë Łukasz 王', via: 'http' })).toEqual({
      name: 'Zoë Łukasz 王',
      via: 'http',
    });
  });

  it('is nobody where what came names nobody', () => {
    for (const value of [undefined, null, 'ann', {}, { name: 7 }, { name: '  ' }, [], { via: 'cli' }])
      expect(readPrincipal(value)).toEqual(nobody);
  });

  it('has a name that no terminal obeys, and of which nothing is hidden', () => {
    const { name, via } = readPrincipal({ name: 'a\u001b[2Jb\u202ec\nd', via: 'CLI\n' });
    expect(name).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{a}d');
    expect(via).toBe('link');
  });

  it('has a short name, whatever was said', () => {
    expect(readPrincipal({ name: 'x'.repeat(10_000), via: 'cli' }).name).toHaveLength(128);
    expect(readPrincipal({ name: '\u0007'.repeat(10_000), via: 'cli' }).name.length).toBeLessThanOrEqual(128);
    expect(readPrincipal({ name: 'ann', via: 'y'.repeat(21) }).via).toBe('link');
  });
});
