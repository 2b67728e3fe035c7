import type { ServerStats } from '@pomelo-ts/cluster/internal';
import type { ToldMeasures } from '@pomelo-ts/cluster/masters';
import type { MeasureDefinition } from '@pomelo-ts/common';
import { codeClasses, histogramSlots } from '@pomelo-ts/common/internal';
import { countedOf, countTakes, type ToldCounts } from './counted.js';

/** Length of {@link Reading.rising}. */
export const risingSlots = histogramSlots + 5;

/** What a server says of itself at one moment. */
export interface Reading {
  readonly bootId: string;
  /** Numbers that only rise in one life: durations of its requests, then how many of those failed, seconds of processor time, pushes to clients and how many of those were dropped, and requests that failed by no mistake of a client. */
  readonly rising: Float64Array;
  readonly connections: number;
  readonly memoryBytes: number;
  /** Seconds that it runs. */
  readonly up: number;
  /** Seconds that its event loop comes late: 99th percentile. Null while that is not known. */
  readonly loop: number | null;
  /** Used share of the descriptors that it may have. */
  readonly files: number | null;
  /** Used share of the heap that it may have. */
  readonly heap: number | null;
  /** Bytes that wait for its clients. */
  readonly queue: number;
  /** Bytes that are left where it writes its log. Null while that is not known. */
  readonly diskFree: number | null;
  /** Frontends by whose way nothing arrives, as it has found. */
  readonly failingProbes: number;
}

/** Place of how many requests failed in {@link Reading.rising}. */
export const failedAt = histogramSlots;

/** Place of the seconds of processor time there. */
export const cpuAt = histogramSlots + 1;

/** Places of the pushes that clients took, and of those that were dropped for them. */
export const pushedAt = histogramSlots + 2;
export const droppedAt = histogramSlots + 3;

/** Place of the requests that failed by a fault of the game or for want of a server: what a client asks wrongly, or the game refuses, is none. */
export const faultyAt = histogramSlots + 4;

/** Place of `p99` among the percentiles of an event loop. */
const loopP99 = 2;

/** Of the causes that pushes are dropped for, the first ones are those of a client; then comes a whole frontend. */
const clientCauses = 2;

/** What is kept of what a server says for each of the windows, and what is only compared with what it said before. */
export interface ServerTold {
  readonly reading: Reading;
  readonly counts: ToldCounts;
}

/** Where the numbers of one measure of a server are; those of a measure with an open label are added up. */
type Take = (into: Draft, slots: Float64Array, definition: MeasureDefinition) => void;

interface Draft extends ToldCounts {
  readonly rising: Float64Array;
  loop: number;
  openFiles: number;
  mostFiles: number;
  heapUsed: number;
  heapLimit: number;
  queue: number;
  diskFree: number;
  failingProbes: number;
}

/** A server measures its requests by one of two names, as it is a frontend or not. */
const takes: Readonly<Record<string, Take>> = {
  ...countTakes,
  'request.duration': addRequests,
  'request.work': addRequests,
  'request.failures': addFaulty,
  'request.unserved': addFaulty,
  'process.cpu': ({ rising }, slots) => {
    rising[cpuAt] = slots[0]!;
  },
  'push.fanout': ({ rising }, slots) => {
    rising[pushedAt] = slots[histogramSlots - 1]!;
  },
  'push.dropped': ({ rising }, slots) => {
    for (let cause = 0; cause < clientCauses; cause++) rising[droppedAt]! += slots[cause]!;
  },
  sendQueue: (draft, slots) => {
    draft.queue = slots[0]!;
  },
  'client.probeFailing': (draft, slots) => {
    draft.failingProbes += slots[0]!;
  },
  'eventloop.delay': (draft, slots) => {
    draft.loop = slots[loopP99]!;
  },
  'process.openFds': (draft, slots) => {
    draft.openFiles = slots[0]!;
  },
  'process.maxFds': (draft, slots) => {
    draft.mostFiles = slots[0]!;
  },
  'heap.used': (draft, slots) => {
    draft.heapUsed += slots[0]!;
  },
  // a server has logs alone
  'disk.free': (draft, slots) => {
    draft.diskFree = slots[0]!;
  },
  'heap.limit': (draft, slots) => {
    draft.heapLimit = slots[0]!;
  },
};

function addRequests({ rising }: Draft, slots: Float64Array): void {
  for (let code = 0; code < codeClasses.length; code++) {
    for (let slot = 0; slot < histogramSlots; slot++) {
      const value = slots[code * histogramSlots + slot]!;
      rising[slot]! += value;
      if (code > 0 && slot < histogramSlots - 1) rising[failedAt]! += value;
    }
  }
}

function addFaulty({ rising }: Draft, slots: Float64Array): void {
  rising[faultyAt]! += slots[0]!;
}

/** Reads what a server has told. */
export function readServer(bootId: string, told: ToldMeasures, stats: ServerStats): ServerTold {
  const draft: Draft = {
    counted: countedOf(),
    revision: undefined,
    rising: new Float64Array(risingSlots),
    loop: Number.NaN,
    openFiles: Number.NaN,
    mostFiles: Number.NaN,
    heapUsed: 0,
    heapLimit: Number.NaN,
    queue: 0,
    diskFree: Number.NaN,
    failingProbes: 0,
  };
  for (const { definition, owner, rows } of told.all) {
    if (owner !== 'pomelo') continue;
    const take = takes[definition.name];
    if (take) for (const slots of rows.values()) take(draft, slots, definition);
  }
  const reading: Reading = {
    bootId,
    rising: draft.rising,
    connections: stats.connections,
    memoryBytes: stats.rssBytes,
    up: stats.uptime,
    loop: known(draft.loop),
    files: known(draft.openFiles / draft.mostFiles),
    heap: known(draft.heapUsed / draft.heapLimit),
    queue: draft.queue,
    diskFree: known(draft.diskFree),
    failingProbes: draft.failingProbes,
  };
  return { reading, counts: { counted: draft.counted, revision: draft.revision } };
}

const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
