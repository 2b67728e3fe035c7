import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { announce, announced } from '../src/words/announce-store.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('a screen reader hears one message each five seconds at most, and of those that waited the latest', () => {
  const heard: [number, string][] = [];
  const began = Date.now();
  const stop = announced.subscribe((text) => text && heard.push([Date.now() - began, text]));
  for (let n = 0; n < 24; n++) {
    announce(`message ${n}`);
    vi.advanceTimersByTime(500);
  }
  vi.advanceTimersByTime(20_000);
  stop();
  expect(heard).toEqual([
    [0, 'message 0'],
    [5000, 'message 9'],
    [10_000, 'message 19'],
    [15_000, 'message 23'],
  ]);
});
