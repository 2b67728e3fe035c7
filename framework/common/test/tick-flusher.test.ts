import { describe, expect, it } from 'vitest';
import { TickFlusher } from '../src/tick-flusher.js';

describe('TickFlusher', () => {
  it('flushes what was scheduled at the end of the tick, and what is scheduled meanwhile in the next', async () => {
    const flusher = new TickFlusher();
    const seen: string[] = [];
    const later = { flush: () => void seen.push('later') };
    flusher.schedule({
      flush() {
        seen.push('first');
        flusher.schedule(later);
      },
    });
    expect(seen).toEqual([]);
    await expect.poll(() => seen).toEqual(['first', 'later']);
  });

  it('flushes at once when told to', () => {
    const flusher = new TickFlusher();
    let flushed = 0;
    flusher.schedule({ flush: () => void flushed++ });
    flusher.flushNow();
    expect(flushed).toBe(1);
  });
});
