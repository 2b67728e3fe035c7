import type { Clock } from '@pomelo-ts/common';
import type { HostFacts } from './host-facts.js';

/** How long after its beginning and how often hosts are asked what time it is, in ms. */
const [firstMs, lookMs] = [5000, 30_000];

/** By how much the clock of a host differs from that of this one. */
export interface HostClock {
  /** The host as the topology names it. */
  readonly host: string;
  /** The server that was asked. */
  readonly serverId: string;
  /**
   * Seconds by which it is ahead at least, negative while it is behind: half of the round trip, within which nobody knows when it was asked,
   * is taken off.
   */
  readonly skewSeconds: number;
}

/** What {@link HostClocks} works with. */
export interface HostClocksParts {
  readonly clock: Clock;
  /** Servers that run, with their hosts. */
  servers(): readonly { readonly id: string; readonly host: string }[];
  /** Asks these servers for the time; those that do not answer are left out. */
  ask(ids: readonly string[]): Promise<readonly HostFacts[]>;
}

/** The clocks of all hosts beside that of the master, by one server of each: looked at every 30 seconds. */
export class HostClocks {
  readonly #parts: HostClocksParts;
  #all: readonly HostClock[] = [];
  #isAsking = false;
  #stop: () => void = () => {};

  constructor(parts: HostClocksParts) {
    this.#parts = parts;
  }

  /** As they were at the last look. */
  get all(): readonly HostClock[] {
    return this.#all;
  }

  open(): void {
    const { clock } = this.#parts;
    const stopFirst = clock.after(firstMs, () => void this.look());
    const stopOthers = clock.every(lookMs, () => void this.look());
    this.#stop = () => {
      stopFirst();
      stopOthers();
    };
  }

  close(): void {
    this.#stop();
  }

  /** Asks one server of each host; a host that hangs is asked once at a time. */
  async look(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { servers, ask } = this.#parts;
    const oneOf = new Map(servers().map(({ id, host }) => [host, id]));
    const facts = await ask([...oneOf.values()]).catch(() => []);
    this.#all = facts.map((one) => ({
      host: one.host,
      serverId: one.serverId,
      skewSeconds: skewOf(one) / 1000,
    }));
    this.#isAsking = false;
  }
}

const skewOf = ({ clockOffsetMs, roundMs }: HostFacts): number =>
  Math.sign(clockOffsetMs) * Math.max(0, Math.abs(clockOffsetMs) - roundMs / 2);
