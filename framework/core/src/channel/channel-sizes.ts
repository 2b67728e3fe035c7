import type { CoreMeasures } from '../measures.js';

/** Classes of channels by their members, as the measure has them. */
type SizeClass = keyof CoreMeasures['channels'];

/** Counts the channels of a server by how many members they have, and the members of all: each change is one step, nobody walks over them. */
export class ChannelSizes {
  readonly #counters: CoreMeasures;

  constructor(counters: CoreMeasures) {
    this.#counters = counters;
  }

  /** A channel was made; it has no members yet. */
  made(): void {
    this.#add(0, 1);
  }

  /** A channel that had so many members has so many now. */
  changed(before: number, now: number): void {
    const { channelMembers } = this.#counters;
    channelMembers.set(channelMembers.value + now - before);
    if (classOf(before) === classOf(now)) return;
    this.#add(before, -1);
    this.#add(now, 1);
  }

  /** A channel is gone that had so many members. */
  gone(members: number): void {
    this.changed(members, 0);
    this.#add(0, -1);
  }

  #add(members: number, by: number): void {
    const gauge = this.#counters.channels[classOf(members)];
    gauge.set(gauge.value + by);
  }
}

function classOf(members: number): SizeClass {
  if (members < 2) return members === 0 ? 'none' : 'one';
  if (members < 10) return 'below10';
  if (members < 100) return 'below100';
  return members < 1000 ? 'below1000' : 'more';
}
