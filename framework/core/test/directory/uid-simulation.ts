import type { PerUidPolicy } from '../../src/directory/uid-registrar.js';
import { ClusterOfUids, type TestFrontend } from './cluster-of-uids.js';

/** How many there are. */
export interface SimulationSize {
  readonly frontends: number;
  readonly uids: number;
  readonly policy: PerUidPolicy;
}

/** What one step of a simulation has cost. */
export interface StepCost {
  readonly logins: number;
  /** From one server to another. */
  readonly calls: number;
  readonly cpuMs: number;
}

/** What healing after a frontend that went has cost. */
export interface HealCost {
  /** How long it took by the clock of the cluster, looked at every 50 ms; undefined when it took longer than was waited for. */
  readonly ms: number | undefined;
  readonly messages: number;
  readonly cpuMs: number;
}

const loginsAtOnce = 50;

/**
 * Frontends with clients that log in, all in one process: calls are calls of functions, and the clock goes only when it is told to. So what
 * is counted is exact, and CPU and memory are those of the directory, the sessions and the clients of the test.
 */
export class UidSimulation {
  readonly cluster: ClusterOfUids;
  readonly #size: SimulationSize;

  private constructor(size: SimulationSize) {
    this.#size = size;
    this.cluster = new ClusterOfUids(size.policy);
  }

  /** All frontends have joined long enough ago that none doubts who keeps what. */
  static async begin(size: SimulationSize): Promise<UidSimulation> {
    const simulation = new UidSimulation(size);
    for (let n = 0; n < size.frontends; n++) simulation.cluster.join(`connector-${n}`);
    await simulation.cluster.clock.letPass(6000, 6000);
    return simulation;
  }

  /** All uids log in, some at once on each frontend. */
  loginAll(): Promise<StepCost> {
    const { uids, frontends } = this.#size;
    const step = loginsAtOnce * frontends;
    return this.#costOf(uids, async (all) => {
      for (let first = 0; first < uids; first += step) {
        const count = Math.min(step, uids - first);
        await Promise.all(
          Array.from({ length: count }, (_, n) => all[n % frontends]!.login(`uid-${first + n}`)),
        );
      }
    });
  }

  /** Others log in, each after the one before, so that no two share a message. */
  loginAlone(count: number): Promise<StepCost> {
    return this.#costOf(count, async (all) => {
      for (let n = 0; n < count; n++) await all[n % all.length]!.login(`alone-${n}`);
    });
  }

  /** A frontend crashes; gives what it takes until as many are known as are connected. */
  async crashOne(id: string, waitMs = 10_000): Promise<HealCost> {
    const { cluster } = this;
    cluster.calls.clear();
    const begun = cpuMs();
    cluster.crash(id);
    const [asked] = this.#all;
    const left = this.#all.reduce((sum, { table }) => sum + table.size, 0); // each uid has logged in once
    let ms = 0;
    while ((await asked!.directory.count()) !== left && ms < waitMs) {
      await cluster.clock.letPass(50, 50);
      ms += 50;
    }
    const healed = (await asked!.directory.count()) === left;
    const messages = cluster.calls.get('sys.directory.tell') ?? 0;
    return { ms: healed ? ms : undefined, messages, cpuMs: cpuMs() - begun };
  }

  /** Those of the uids of which a frontend is told otherwise than who is connected. */
  async wrong(among: readonly string[]): Promise<readonly string[]> {
    const { cluster } = this;
    const { connected } = cluster;
    const told = await cluster.told(this.#all.at(-1)!, among);
    const text = (places: readonly string[] | undefined) => (places ?? []).join(', ');
    return among.filter((uid) => text(told.get(uid)) !== text(connected.get(uid)));
  }

  get #all(): readonly TestFrontend[] {
    return [...this.cluster.frontends.values()];
  }

  async #costOf(logins: number, work: (all: readonly TestFrontend[]) => Promise<void>): Promise<StepCost> {
    this.cluster.calls.clear();
    const begun = cpuMs();
    await work(this.#all);
    const calls = [...this.cluster.calls.values()].reduce((sum, count) => sum + count, 0);
    return { logins, calls, cpuMs: cpuMs() - begun };
  }
}

/** CPU of this process so far, in ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
