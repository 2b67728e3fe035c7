import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { codeClasses, histogramSlots } from '@pomelo-ts/common/internal';
import { type Window, windowSeconds } from '@pomelo-ts/views';
import { countOf, meanOf, noDurations, quantileOf, since } from './histogram.js';

/** Measures of requests and calls, by what a line of a view says of them. */
const measured = {
  'request.duration': 'request',
  'request.work': 'request',
  'rpc.client.duration': 'caller',
  'rpc.server.duration': 'called',
} as const;

/** Whether it is a request of a client, or a call as its caller or the one called sees it. */
export type CallSide = (typeof measured)[keyof typeof measured];

/** What the servers of a type did with one route or method over a window. */
export interface CallRates {
  readonly side: CallSide;
  readonly type: string;
  /** Route or method. */
  readonly name: string;
  readonly requests: number;
  readonly errors: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly mean: number | null;
}

/** All durations at one moment, by side, type and name. */
interface Snapshot {
  readonly at: number;
  readonly rows: ReadonlyMap<string, Float64Array>;
}

const stepMs = 10_000;
/** Snapshots that are kept: all of the last minute, then one a minute for the hour. */
const fineSteps = 7;
const mostSnapshots = fineSteps + 60;

/** The durations of all requests and calls over the last hour, added up by type: half a KiB for each route, type and snapshot. */
export class CallPast {
  readonly #hub: Pick<LinkHub, 'measuresByType'>;
  #snapshots: Snapshot[] = [];

  constructor(hub: Pick<LinkHub, 'measuresByType'>) {
    this.#hub = hub;
  }

  /** Keeps what all have told by now, unless that was done within the last 10 s. */
  add(at: number): void {
    const last = this.#snapshots.at(-1);
    if (last && at - last.at < stepMs - 100) return;
    const fine = [...this.#snapshots, { at, rows: this.#read() }];
    const kept = fine.filter((one, i) => i >= fine.length - fineSteps || isMinute(one, fine[i - 1]));
    this.#snapshots = kept.slice(-mostSnapshots);
  }

  /** What was done in the last so many seconds, or as long as anything is known. */
  over(window: Window, at: number): CallRates[] {
    const from = at - windowSeconds[window] * 1000;
    const before = this.#snapshots.findLast((one) => one.at <= from) ?? this.#snapshots[0];
    const elapsed = before ? (at - before.at) / 1000 : 0;
    if (!before || elapsed <= 0) return [];
    return [...this.#read()].map(([key, now]) => ratesOf(key, since(now, before.rows.get(key)), elapsed));
  }

  #read(): Map<string, Float64Array> {
    const rows = new Map<string, Float64Array>();
    for (const [type, told] of this.#hub.measuresByType())
      for (const { definition, owner, rows: byName } of told.all) {
        if (owner !== 'pomelo' || !Object.hasOwn(measured, definition.name)) continue;
        const side = measured[definition.name as keyof typeof measured];
        for (const [name, slots] of byName)
          if (slots.some((value) => value > 0)) rows.set(JSON.stringify([side, type, name]), slots.slice());
      }
    return rows;
  }
}

/** Whether a snapshot is the first one of its minute. */
const isMinute = ({ at }: Snapshot, before: Snapshot | undefined): boolean =>
  !before || Math.floor(at / 60_000) > Math.floor(before.at / 60_000);

function ratesOf(key: string, slots: Float64Array, elapsed: number): CallRates {
  const [side, type, name] = JSON.parse(key) as [CallSide, string, string];
  const all = noDurations();
  for (let i = 0; i < slots.length; i++) all[i % histogramSlots]! += slots[i]!;
  const calls = countOf(all);
  const good = countOf(slots.subarray(0, histogramSlots)); // of `codeClasses`, the first one is `ok`
  return {
    ...{ side, type, name },
    requests: calls / elapsed,
    errors: calls > 0 ? (calls - good) / calls : 0,
    p50: quantileOf(all, 0.5),
    p99: quantileOf(all, 0.99),
    mean: meanOf(all),
  };
}

codeClasses[0] satisfies 'ok';
