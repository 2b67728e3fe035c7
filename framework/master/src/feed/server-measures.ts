import type { ToldMeasure, ToldMeasures } from '@pomelo-ts/cluster/masters';
import { codeClasses, histogramSlots } from '@pomelo-ts/common/internal';
import type { ServerMeasures, ToldNumber, ToldTiming } from '@pomelo-ts/views';
import { countOf, meanOf, noDurations, quantileOf } from './histogram.js';

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
      return timing(
        measure,
        value,
        all,
        codeClasses.map((_, at) => countOf(slotsOf(slots, at))),
      );
    }
    return (closed?.values ?? ['']).flatMap((kind, at) =>
      timing(measure, named(value, kind), slotsOf(slots, at)),
    );
  });
}

const slotsOf = (slots: Float64Array, at: number): Float64Array =>
  slots.subarray(at * histogramSlots, (at + 1) * histogramSlots);

/** @param byCode how many there were of each of {@link codeClasses}, the first of which is success */
function timing(
  measure: string,
  name: string,
  durations: Float64Array,
  byCode?: readonly number[],
): ToldTiming[] {
  const count = countOf(durations);
  if (count === 0) return [];
  const failed = codeClasses.flatMap((how, at) =>
    at > 0 && byCode?.[at] ? [[how, byCode[at]] as const] : [],
  );
  return [
    {
      ...{ measure, name, count },
      errors: byCode === undefined ? null : (count - byCode[0]!) / count,
      ...(failed.length > 0 && { failed: Object.fromEntries(failed) }),
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
