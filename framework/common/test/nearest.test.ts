import { describe, expect, it } from 'vitest';
import { nearest } from '../src/nearest.js';

describe('nearest', () => {
  it('finds the known word behind a slip', () => {
    const known = ['clientPort', 'clientHost', 'frontend', 'auto-restart'];
    expect(nearest('clientport', known)).toBe('clientPort');
    expect(nearest('auto_restart', known)).toBe('auto-restart');
    expect(nearest('frontEnd', known)).toBe('frontend');
  });

  it('says nothing when no word is near', () => {
    expect(nearest('zone', ['clientPort', 'frontend'])).toBeUndefined();
  });
});
