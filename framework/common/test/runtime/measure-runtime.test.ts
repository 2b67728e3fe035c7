import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Measures, systemClock } from '../../src/index.js';
import { type MeasuredRuntime, measureRuntime } from '../../src/internal.js';
import { LoopDelay } from '../../src/runtime/loop-delay.js';
import { OpenFileCount } from '../../src/runtime/open-file-count.js';

/** Keeps the event loop for so long. */
function stall(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

const turn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('the delay of the event loop', () => {
  let delay: LoopDelay;

  afterEach(() => delay.stop());

  it('is that of the present window and of the one before', async () => {
    let now = 0;
    delay = new LoopDelay([50, 100], now);
    const stalled = async () => {
      await turn(60); // it looks for the first time
      stall(150);
      await turn(60);
      return delay.look(now)[1]! > 0.1;
    };
    await expect.poll(stalled).toBe(true);
    now += 5000;
    expect(delay.look(now)[1]).toBeGreaterThan(0.1);
    await turn(60);
    expect(delay.look(now + 4999)[1]).toBeGreaterThan(0.1);
    // twice a whole window without a stall in it; a busy machine may make one of its own
    const forgets = async () => {
      now += 5000;
      await turn(60);
      return delay.look(now)[1]! < 0.1;
    };
    await expect.poll(forgets).toBe(true);
  });
});

describe('the count of open files', () => {
  it('is as the system has it, and looked for each 10 seconds at most', () => {
    const count = new OpenFileCount();
    const first = count.look(0);
    expect(Math.abs(first - readdirSync('/proc/self/fd').length)).toBeLessThan(10);
    expect(new OpenFileCount('/nowhere').look(0)).toBeNaN();
    const gone = new OpenFileCount(); // what it has is kept
    expect(gone.look(0)).toBe(gone.look(9999));
  });
});

describe('what a process tells of itself', () => {
  let runtime: MeasuredRuntime;

  afterEach(() => runtime.stop());

  it('has nothing of how late its event loop was before it was ready', async () => {
    runtime = measureRuntime(new Measures(), systemClock);
    const { handles } = runtime;
    await new Promise((resolve) => setTimeout(resolve, 50));
    stall(400);
    await expect.poll(() => handles.loopDelay['100'].value, { timeout: 5000 }).toBeGreaterThan(0.3);
    runtime.beginLoop();
    expect(handles.loopDelay['100'].value).toBe(0);
    const { value } = handles.loopUtilization;
    await expect.poll(() => handles.loopUtilization.value, { timeout: 5000 }).not.toBe(value); // it has looked again
    expect(handles.loopDelay['100'].value).toBeLessThan(0.3);
  });

  it('is true', async () => {
    const measures = new Measures();
    runtime = measureRuntime(measures, systemClock);
    const { handles } = runtime;
    stall(50);
    const garbage: unknown[] = [];
    for (let i = 0; i < 300_000; i++) garbage.push({ i, text: String(i) });
    measures.refresh();
    const { user, system } = process.cpuUsage();
    expect(handles.cpuSeconds.value).toBeGreaterThan(0);
    expect(handles.cpuSeconds.value).toBeLessThanOrEqual((user + system) / 1e6);
    expect(handles.residentBytes.value).toBeGreaterThan(30e6);
    expect(handles.startTime.value).toBeCloseTo(performance.timeOrigin / 1000, 0);
    expect(handles.mostFiles.value).toBeGreaterThan(100);
    expect(handles.heapUsed.of('old').value).toBeGreaterThan(1e6);
    expect(handles.heapLimit.value).toBeGreaterThan(handles.heapUsed.of('old').value);
    await expect.poll(() => handles.gcDuration.minor.count).toBeGreaterThan(0);
    await expect.poll(() => handles.loopUtilization.value).toBeGreaterThan(0);
    expect(garbage).toHaveLength(300_000);
  });
});
