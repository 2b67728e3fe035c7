import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bytesPerSecond, Frames, mostSaved } from '../../../src/commands/top/frames.js';

describe('frames of the screen', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** What was sent, and how often, in so many seconds in which something changes all the time. */
  function sentIn(seconds: number, frameBytes: number): { bytes: number; frames: number } {
    let [bytes, drawn] = [0, 0];
    const frames = new Frames(() => {
      bytes += frameBytes;
      drawn++;
      return frameBytes;
    });
    for (let ms = 0; ms < seconds * 1000; ms += 10) {
      frames.want();
      vi.advanceTimersByTime(10);
    }
    frames.stop();
    return { bytes, frames: drawn };
  }

  it.each([100, 1500, 4000, 20_000])(
    'send 8 kB a second at most, of %d bytes each, and four a second',
    (size) => {
      const { bytes, frames } = sentIn(30, size);
      expect(bytes).toBeLessThanOrEqual(30 * bytesPerSecond + mostSaved + size);
      expect(frames).toBeLessThanOrEqual(30 * 4 + 1);
      expect(bytes).toBeGreaterThan(Math.min(30 * 4 * size, 30 * bytesPerSecond) * 0.9);
    },
  );

  it('come at once after a rest, however large the one before was', () => {
    let drawn = 0;
    const frames = new Frames(() => {
      drawn++;
      return 8000;
    });
    frames.want();
    vi.advanceTimersByTime(1);
    vi.advanceTimersByTime(3000);
    frames.want();
    vi.advanceTimersByTime(1);
    expect(drawn).toBe(2);
  });
});
