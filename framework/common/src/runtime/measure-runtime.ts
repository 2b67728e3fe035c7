import { constants, PerformanceObserver, performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import type { Clock } from '../clock.js';
import {
  type gcKinds,
  loopPercentiles,
  type RuntimeMeasures,
  runtimeMeasures,
} from '../measures/runtime-measures.js';
import type { Measures } from '../measures.js';
import { openFilesLimit } from '../open-files.js';
import { LoopDelay } from './loop-delay.js';
import { OpenFileCount } from './open-file-count.js';

/** How often the engine is asked, in ms. */
const lookMs = 1000;

const kinds: Readonly<Record<number, (typeof gcKinds)[number]>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakCallbacks',
};

/** What {@link measureRuntime} has begun. */
export interface MeasuredRuntime {
  readonly handles: RuntimeMeasures;
  /** Measures the event loop anew: what it did before was to load the code, and to begin. */
  readonly beginLoop: () => void;
  /** Ends it. */
  readonly stop: () => void;
}

/**
 * Has a process tell of itself: processor, memory, descriptors, event loop, heap and garbage. Once in each process; what lives in one
 * process would count it twice.
 */
export function measureRuntime(measures: Measures, clock: Clock): MeasuredRuntime {
  const handles = measures.makeAll(runtimeMeasures);
  measures.make(runtimeMeasures.cpuSeconds, { read: cpuSeconds });
  measures.make(runtimeMeasures.residentBytes, { read: () => process.memoryUsage.rss() });
  handles.startTime.set(Math.round(performance.timeOrigin) / 1000);
  handles.mostFiles.set(openFilesLimit() ?? Number.NaN);
  handles.heapLimit.set(getHeapStatistics().heap_size_limit);
  const stopGc = watchGc(handles);
  const delay = new LoopDelay(loopPercentiles.map(Number), clock.now());
  const files = new OpenFileCount();
  let lastLoop = performance.eventLoopUtilization();
  const look = (): void => {
    const now = clock.now();
    const loop = performance.eventLoopUtilization();
    handles.loopUtilization.set(round(performance.eventLoopUtilization(loop, lastLoop).utilization));
    lastLoop = loop;
    const delays = delay.look(now);
    for (const [i, percentile] of loopPercentiles.entries())
      handles.loopDelay[percentile].set(round(delays[i]!));
    handles.openFiles.set(files.look(now));
    for (const space of getHeapSpaceStatistics())
      handles.heapUsed.of(space.space_name.replace(/_space$/, '')).set(space.space_used_size);
  };
  look();
  const stop = clock.every(lookMs, look);
  return {
    handles,
    beginLoop: () => {
      delay.begin(clock.now());
      lastLoop = performance.eventLoopUtilization();
      for (const percentile of loopPercentiles) handles.loopDelay[percentile].set(0);
    },
    stop: () => {
      stop();
      stopGc();
      delay.stop();
    },
  };
}

function watchGc({ gcDuration }: RuntimeMeasures): () => void {
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = (entry as unknown as { detail: { kind: number } }).detail;
      gcDuration[kinds[kind] ?? 'major'].observe(entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ['gc'] });
  return () => observer.disconnect();
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** To 0.1 ms, or a ten-thousandth: each digit more would be news twice a second. */
function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
