import type { MeasureDefinition } from '@pomelo-ts/common';
import { codeClasses, histogramSlots } from '@pomelo-ts/common/internal';

/** What should not happen, and is told when a server has counted it. */
export const faults = [
  'noFiles',
  'overloaded',
  'cronFailed',
  'cronMissed',
  'cronUnleased',
  'leaseLost',
  'sessionsLost',
] as const;

/** One of {@link faults}. */
export type Fault = (typeof faults)[number];

/** Why clients are not let in. */
export const refusals = ['address', 'blacklist', 'full', 'origin', 'tooMany'] as const;

/** What comes of handshakes; all but the first one keep a player out. */
export const handshakeResults = ['ok', 'refused', 'invalid', 'failed'] as const;

/** What is counted: `taken` are clients that were let in. */
export const countedNames = [
  ...faults,
  ...(['calls', 'lateCalls', 'taken'] as const),
  ...refusals.map((reason) => `refused ${reason}` as const),
  ...handshakeResults.map((result) => `handshake ${result}` as const),
] as const;

type CountedName = (typeof countedNames)[number];

/** Numbers of a server that only rise in one life, at the places of {@link placeOf}. */
export type Counted = Float64Array;

/** Where each number is among all. */
export const placeOf = Object.fromEntries(countedNames.map((name, place) => [name, place])) as Readonly<
  Record<CountedName, number>
>;

/** Nothing but this. */
export function countedOf(numbers: Readonly<Partial<Record<CountedName, number>>> = {}): Counted {
  const counted = new Float64Array(countedNames.length);
  for (const [name, number] of Object.entries(numbers)) counted[placeOf[name as CountedName]] = number;
  return counted;
}

/** What a server tells that problems are found in. */
export interface ToldCounts {
  readonly counted: Counted;
  /** The change of the registry that it has heard of last; undefined where it does not tell. */
  revision: number | undefined;
}

/** Takes the numbers of one row of a measure. */
type TakeCounts = (into: ToldCounts, slots: Float64Array, definition: MeasureDefinition) => void;

function all(name: CountedName): TakeCounts {
  const place = placeOf[name];
  return ({ counted }, slots) => {
    for (let slot = 0; slot < slots.length; slot++) counted[place]! += slots[slot]!;
  };
}

const { calls: callsAt, lateCalls: lateAt } = placeOf;

/** By type of the servers called and not by method: there are fewer. Of `codeClasses`, these are of calls that no server has answered. */
const lateClasses: readonly string[] = [
  'timeout',
  'refused',
] satisfies readonly (typeof codeClasses)[number][];

/** Where the measures of a server go, by their names. */
export const countTakes: Readonly<Record<string, TakeCounts>> = {
  'process.noFiles': all('noFiles'),
  'forward.overloaded': all('overloaded'),
  'forward.refused': all('overloaded'),
  'cron.failures': all('cronFailed'),
  'cron.missed': all('cronMissed'),
  'cron.skipped': all('cronMissed'),
  'cron.unleased': all('cronUnleased'),
  'lease.lost': all('leaseLost'),
  'session.lostMoves': all('sessionsLost'),
  'client.connections': all('taken'),
  'client.refused': byLabel(refusals, (reason) => `refused ${reason}`),
  'client.handshakes': byLabel(handshakeResults, (result) => `handshake ${result}`),
  'rpc.peer.duration': addCalls,
  'process.registryRevision': (into, slots) => {
    into.revision = slots[0]!;
  },
};

function byLabel<Value extends string>(
  values: readonly Value[],
  nameOf: (value: Value) => CountedName,
): TakeCounts {
  const places = values.map((value) => [value, placeOf[nameOf(value)]] as const);
  return ({ counted }, slots, { closed }) => {
    for (const [value, place] of places) {
      const slot = closed?.values.indexOf(value) ?? -1; // another build may have others
      counted[place]! += slots[slot] ?? 0;
    }
  };
}

function addCalls({ counted }: ToldCounts, slots: Float64Array): void {
  for (let code = 0; code < codeClasses.length; code++) {
    const end = (code + 1) * histogramSlots - 1; // the sum of all durations stands there
    let calls = 0;
    for (let slot = code * histogramSlots; slot < end; slot++) calls += slots[slot] ?? 0;
    counted[callsAt]! += calls;
    if (lateClasses.includes(codeClasses[code]!)) counted[lateAt]! += calls;
  }
}
