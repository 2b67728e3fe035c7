import type { RegistryEntry } from '@pomelo-ts/cluster';
import { Measures, silentLogger } from '@pomelo-ts/common';
import { FakeClock } from '@pomelo-ts/common/testing';
import { describe, expect, it } from 'vitest';
import { coreMeasures } from '../../src/measures.js';
import { type ProbedPlace, ProbeFailure } from '../../src/probe/probe-client.js';
import { Prober } from '../../src/probe/prober.js';

const frontend = (id: string, port: number, more: object = {}) =>
  ({
    ...{ id, type: id.split('-')[0]!, host: '127.0.0.1', clientPort: port, frontend: true, state: 'ready' },
    ...more,
  }) as RegistryEntry;

const connectors = [1, 2, 3, 4, 5, 6].map((n) => frontend(`connector-${n}`, 7000 + n));

class Probing {
  readonly clock = new FakeClock();
  readonly counters = new Measures().makeAll(coreMeasures);
  readonly went: number[] = [];
  readonly prober: Prober;
  go: (place: ProbedPlace) => Promise<string | undefined> = async () => 'chat-1';
  all: RegistryEntry[];

  constructor(serverId: string, all: RegistryEntry[]) {
    this.all = all;
    const probing = this;
    this.prober = new Prober({
      ...{ serverId, connectorType: 'connector', everyMs: 10_000, clock: this.clock, logger: silentLogger },
      registry: {
        get all() {
          return probing.all;
        },
        get: (id: string) => probing.all.find((entry) => entry.id === id),
      } as never,
      request: async (id) => `word of ${id}`,
      counters: this.counters,
      probe: async (place) => {
        probing.went.push(place.port);
        return probing.go(place);
      },
    });
  }

  get failing(): number[] {
    return connectors.map(({ id }) => this.counters.probeFailing.of(id).value);
  }
}

describe('what looks whether things arrive', () => {
  it('is the gates, each for some of the connectors, all of them once', async () => {
    const gates = [
      frontend('gate-1', 1),
      frontend('gate-2', 2),
      frontend('gate-3', 3, { state: 'starting' }),
    ];
    const probings = gates.map(({ id }) => new Probing(id, [...gates, ...connectors]));
    for (const { prober } of probings) await prober.round();
    const [first, second, third] = probings.map(({ went }) => went);
    expect([...first!, ...second!].sort()).toEqual(connectors.map(({ clientPort }) => clientPort));
    expect([first!.length, second!.length].every((count) => count > 0)).toBe(true);
    expect(third).toEqual([]);
  });

  it('is the connectors where there are no gates', async () => {
    const probings = connectors.map(({ id }) => new Probing(id, connectors));
    for (const { prober } of probings) await prober.round();
    expect(probings.flatMap(({ went }) => went).sort()).toEqual(
      connectors.map(({ clientPort }) => clientPort),
    );
  });

  it('comes as often as it was told, and not while the last round goes on', async () => {
    const probing = new Probing('gate-1', [frontend('gate-1', 1), connectors[0]!]);
    let end = () => {};
    probing.go = () =>
      new Promise((resolve) => {
        end = () => resolve('chat-1');
      });
    probing.prober.begin();
    await probing.clock.letPass(35_000);
    expect(probing.went).toEqual([7001]);
    end();
    await probing.clock.letPass(10_000);
    expect(probing.went).toEqual([7001, 7001]);
    end();
    probing.prober.close();
    await probing.clock.letPass(30_000);
    expect(probing.went).toHaveLength(2);
  });

  it('tells which connector fails, how far the probe came, and when it is over', async () => {
    const probing = new Probing('gate-1', [frontend('gate-1', 1), ...connectors]);
    probing.go = async ({ port }) => {
      if (port === 7002) throw new ProbeFailure('push', 'nothing came within 5000 ms');
      if (port === 7003) probing.clock.pass(1200);
      return 'chat-1';
    };
    await probing.prober.round();
    const failing = [...probing.prober.failing].sort((a, b) => (a.connector < b.connector ? -1 : 1));
    expect(failing[0]).toEqual({
      ...{ connector: 'connector-2', stage: 'push', reason: 'nothing came within 5000 ms' },
    });
    expect(failing.find(({ connector }) => connector === 'connector-3')).toMatchObject({ stage: 'time' });
    expect(probing.failing[1]).toBe(1);
    expect(probing.counters.probeFailures.push.value).toBe(1);
    probing.go = async () => 'chat-1';
    await probing.prober.round();
    expect([probing.prober.failing, probing.failing]).toEqual([[], Array(6).fill(0)]);
  });

  it('says of no connector that has gone that it fails', async () => {
    const probing = new Probing('gate-1', [frontend('gate-1', 1), ...connectors.slice(0, 2)]);
    probing.go = async () => {
      throw new ProbeFailure('connection', 'refused');
    };
    await probing.prober.round();
    expect(probing.prober.failing).toHaveLength(2);
    probing.all = probing.all.slice(0, 2);
    await probing.prober.round();
    expect(probing.prober.failing.map(({ connector }) => connector)).toEqual(['connector-1']);
    probing.go = async () => {
      probing.all = [];
      throw new ProbeFailure('connection', 'refused');
    };
    probing.all = [frontend('gate-1', 1), connectors[4]!];
    await probing.prober.round();
    expect(probing.prober.failing).toEqual([]);
  });
});
