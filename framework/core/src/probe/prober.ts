import { type RegistryEntry, type RegistryView, serves } from '@pomelo-ts/cluster';
import { type Clock, type Logger, reasonOf, rendezvous } from '@pomelo-ts/common';
import { dialable } from '@pomelo-ts/common/internal';
import type { CoreMeasures } from '../measures.js';
import { NoPlace, ProbeFailure, type ProbeStage, probe } from './probe-client.js';
import { probeRemotes } from './probe-names.js';

/** How long a probe may take in all, and from when on it is too slow to be well, in ms. */
const timeoutMs = 5000;
const slowMs = 1000;
/** Probes under way at once. */
const atOnce = 4;

/** What {@link Prober} works with. */
export interface ProberParts {
  readonly serverId: string;
  /** The type that gates send clients to. */
  readonly connectorType: string;
  /** Time between two probes of a connector, in ms. */
  readonly everyMs: number;
  readonly registry: RegistryView;
  request(serverId: string, method: string, args: unknown[]): Promise<unknown>;
  readonly counters: Pick<CoreMeasures, 'probeFailing' | 'probeDuration' | 'probeFailures'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** @default {@link probe} */
  readonly probe?: typeof probe;
}

/** A connector by whose way nothing arrives. */
export interface FailingProbe {
  readonly connector: string;
  readonly stage: ProbeStage | 'time';
  readonly reason: string;
}

/**
 * Sees whether things arrive: a synthetic client goes from this server to each connector, and has a backend push to it. Gates do that, each for
 * some of the connectors, so that each is probed by one; without gates the connectors do.
 */
export class Prober {
  readonly #parts: ProberParts;
  readonly #failing = new Map<string, FailingProbe>();
  #known = new Set<string>();
  #probing = false;
  #stop: () => void = () => {};

  constructor(parts: ProberParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#stop = this.#parts.clock.every(this.#parts.everyMs, () => void this.round());
  }

  close(): void {
    this.#stop();
  }

  /** Those that fail now. */
  get failing(): readonly FailingProbe[] {
    return [...this.#failing.values()];
  }

  /** Probes all connectors that are this server's to probe; does nothing while the last round goes on. */
  async round(): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    try {
      const waiting = this.#own();
      this.#forgetOthers(waiting);
      const next = async (): Promise<void> => {
        for (let entry = waiting.pop(); entry; entry = waiting.pop()) await this.#probe(entry);
      };
      await Promise.all(Array.from({ length: atOnce }, next));
    } finally {
      this.#probing = false;
    }
  }

  #own(): RegistryEntry[] {
    const { registry, connectorType, serverId } = this.#parts;
    const frontends = registry.all.filter((entry) => entry.frontend && serves(entry));
    const connectors = frontends.filter(({ type }) => type === connectorType);
    const gates = frontends.filter(({ type }) => type !== connectorType);
    const probers = gates.length > 0 ? gates : connectors;
    return connectors.filter(
      ({ id, clientPort }) =>
        clientPort !== undefined && rendezvous(id, probers, (one) => one.id)?.id === serverId,
    );
  }

  /** One that has gone, or is another's to probe now, fails no more. */
  #forgetOthers(own: readonly RegistryEntry[]): void {
    const ids = new Set(own.map(({ id }) => id));
    for (const id of this.#known) if (!ids.has(id)) this.#note(id, undefined);
    this.#known = ids;
  }

  async #probe({ id, host, clientPort }: RegistryEntry): Promise<void> {
    const { clock, counters, request, probe: go = probe } = this.#parts;
    const begun = clock.now();
    try {
      const word = await this.#wordOf(id, request);
      await go({ host: dialable(host), port: clientPort!, word, timeoutMs });
      const ms = clock.now() - begun;
      counters.probeDuration.observe(ms / 1000);
      const slow = { connector: id, stage: 'time', reason: `it took ${Math.round(ms)} ms` } as const;
      this.#note(id, ms > slowMs ? slow : undefined);
    } catch (error) {
      if (this.#hasGone(id)) return;
      if (error instanceof NoPlace) {
        this.#note(id, undefined);
        return;
      }
      const stage = error instanceof ProbeFailure ? error.stage : 'word';
      counters.probeFailures[stage].add();
      this.#note(id, { connector: id, stage, reason: reasonOf(error) });
    }
  }

  async #wordOf(id: string, request: ProberParts['request']): Promise<string> {
    const word = await request(id, probeRemotes.open, []);
    if (typeof word !== 'string') throw new Error('it gave no word for a probe');
    return word;
  }

  /** A connector that has gone meanwhile is missed by others. */
  #hasGone(id: string): boolean {
    const entry = this.#parts.registry.get(id);
    return !entry || !serves(entry);
  }

  #note(id: string, failing: FailingProbe | undefined): void {
    const { counters, logger } = this.#parts;
    const before = this.#failing.get(id);
    counters.probeFailing.of(id).set(failing ? 1 : 0);
    if (failing) this.#failing.set(id, failing);
    else this.#failing.delete(id);
    if (failing && !before)
      logger.error(`what is sent to clients of ${id} does not arrive in time: a probe failed`, {
        stage: failing.stage,
        reason: failing.reason,
      });
    if (!failing && before) logger.info(`what is sent to clients of ${id} arrives again`);
  }
}
