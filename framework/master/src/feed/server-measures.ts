import type { ToldMeasure, ToldMeasures } from '@pomelo-ts/cluster/masters';
import { codeClasses, histogramSlots } from '@pomelo-ts/common/internal';
import { countOf, meanOf, noDurations, quantileOf } from './histogram.js';

/** How long something took on one server since that began, by what it was. */
export interface ToldTiming {
  readonly measure: string;
  /** Route, method or kind; empty where nothing is told apart. */
  readonly name: string;
  readonly count: number;
  /** Share of them that were no success; null where nothing is known of that. */
  readonly errors: number | null;
  /** Seconds; null without any. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly mean: number | null;
}

/** A count or a figure of one server. */
export interface ToldNumber {
  readonly measure: string;
  /** Values of its labels; empty without one. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge';
  /** Empty where it counts things. */
  readonly unit: string;
  readonly value: number;
}

/** What one server has told of itself. */
export interface ServerMeasures {
  readonly timings: readonly ToldTiming[];
  /** Without those that are 0. */
  readonly numbers: readonly ToldNumber[];
}

/** Most lines of each kind. */
const mostLines = 1000;

/** What a server has told since it began, as people read it. */
export function measuresOf(told: ToldMeasures | undefined): ServerMeasures {
  const all = [...(told?.all ?? [])];
  return {
    timings: all
      .filter(({ definition: { kind, unit } }) => kind === 'histogram' && unit === 'seconds')
      .flatMap(timingsIn)
      .slice(0, mostLines),
    numbers: all
      .filter(({ definition: { kind } }) => kind !== 'histogram')
      .flatMap(numbersIn)
      .slice(0, mostLines),
  };
}

/** Of requests and calls the classes of their answers are put together, as the share that failed. */
function timingsIn({ definition, rows }: ToldMeasure): ToldTiming[] {
  const { name: measure, closed } = definition;
  const isByCode = closed?.values.length === codeClasses.length && closed.values[0] === codeClasses[0];
  return [...rows].flatMap(([value, slots]) => {
    if (isByCode) {
      const all = noDurations();
      for (let i = 0; i < slots.length; i++) all[i % histogramSlots]! += slots[i]!;
      const good = countOf(slots.subarray(0, histogramSlots));
      return timing(measure, value, all, good);
    }
    return (closed?.values ?? ['']).flatMap((kind, at) =>
      timing(measure, named(value, kind), slots.subarray(at * histogramSlots, (at + 1) * histogramSlots)),
    );
  });
}

function timing(measure: string, name: string, durations: Float64Array, good?: number): ToldTiming[] {
  const count = countOf(durations);
  if (count === 0) return [];
  return [
    {
      ...{ measure, name, count },
      errors: good === undefined ? null : (count - good) / count,
      p50: quantileOf(durations, 0.5),
      p99: quantileOf(durations, 0.99),
      mean: meanOf(durations),
    },
  ];
}

function numbersIn({ definition, rows }: ToldMeasure): ToldNumber[] {
  const { name: measure, kind, closed } = definition;
  const unit: string = definition.unit ?? '';
  return [...rows].flatMap(([value, slots]) =>
    (closed?.values ?? ['']).flatMap((label, at): ToldNumber[] => {
      const number = slots[at] ?? 0;
      if (number === 0 || !Number.isFinite(number)) return [];
      return [{ measure, name: named(value, label), kind: kind as ToldNumber['kind'], unit, value: number }];
    }),
  );
}

const named = (...labels: readonly string[]): string => labels.filter((label) => label !== '').join(' ');
