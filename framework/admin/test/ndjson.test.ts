import { afterEach, describe, expect, it, vi } from 'vitest';
import { ndjson } from '../src/http/ndjson.js';

afterEach(() => {
  vi.useRealTimers();
});

describe('an answer of lines', () => {
  it('has an empty line each few seconds while the work goes on, promises that, and has none after its end', async () => {
    vi.useFakeTimers();
    let done = () => {};
    const response = ndjson(async (tell) => {
      await new Promise<void>((resolve) => {
        done = resolve;
      });
      tell({ answer: 7 });
    });
    expect(response.headers.get('x-alive-seconds')).toBe('3');
    const reader = response.body!.getReader();
    for (let beat = 0; beat < 2; beat++) {
      const part = reader.read();
      await vi.advanceTimersByTimeAsync(3000);
      expect(new TextDecoder().decode((await part).value)).toBe('\n');
    }
    done();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('{"answer":7}\n');
    expect((await reader.read()).done).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('has no more signs of life than there is room for, for who does not read, and none for who is gone', async () => {
    vi.useFakeTimers();
    const response = ndjson((tell) => {
      tell({ text: 'x'.repeat(100 * 1024) });
      return new Promise(() => {});
    });
    await vi.advanceTimersByTimeAsync(60_000);
    const reader = response.body!.getReader();
    expect((await reader.read()).value!.length).toBeGreaterThan(100 * 1024);
    await reader.cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});
