import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type TestGame } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { type LabHost, NetLab } from '../helpers/netlab.js';
import { Calm, recoveryMs, within } from './calm.js';
import { Faults } from './faults.js';
import { makeGame, mostPlayers, rooms, serverIdsOn } from './game.js';
import { HostDisks } from './host-disks.js';
import { problemsOf } from './invariants.js';
import { Masters } from './masters.js';
import { Operator } from './operator.js';
import { Players, type PlayersReport } from './players.js';
import { drawSchedule, hostsOf, isOfHosts, type Step, showFault } from './schedule.js';
import { SecondLives } from './second-lives.js';
import { SshPorts } from './ssh-ports.js';
import { problemsOfLeases } from './witnesses.js';

/** Settings of {@link ChaosRun}. */
export interface ChaosOptions {
  readonly seed: number;
  /** How long faults come. */
  readonly ms: number;
  /** @default 300 */
  readonly players?: number;
  /** @default see {@link hostsOf} */
  readonly hosts?: number;
  /** See {@link CalmParts.until}. */
  readonly until?: string | undefined;
  /** Told what happens. */
  readonly say?: (line: string) => void;
}

/** What a run has seen from outside. */
export interface ChaosResult {
  readonly steps: number;
  readonly report: PlayersReport;
  readonly leaseHolders: number;
  /** Longest time in ms that a server had two processes. */
  readonly secondLifeMs: number;
  /** What was not as it must be. */
  readonly problems: readonly string[];
}

/** How long a call may take, in ms: the game's own limits, and a little. */
const settleMs = 15_000;
/** What a run is made of, which ends with it. */
interface Parts {
  readonly lab: NetLab;
  readonly disks: HostDisks;
  readonly etcd: EtcdCluster | undefined;
  readonly ports: SshPorts;
  readonly game: TestGame;
}

/** A game on several hosts, with players, that faults are done to. */
export class ChaosRun implements AsyncDisposable {
  readonly #options: ChaosOptions;
  readonly #parts: Parts;
  readonly #off = new Set<LabHost>();
  readonly #undoing = new Set<Promise<unknown>>();
  readonly #masters: Masters;
  readonly #operator: Operator;
  readonly #faults: Faults;
  readonly #say: (line: string) => void;

  private constructor(options: ChaosOptions, parts: Parts) {
    const { lab, etcd, game } = parts;
    this.#options = options;
    this.#parts = parts;
    this.#say = options.say ?? (() => {});
    const places = etcd ? lab.hosts.slice(0, 3) : lab.hosts.slice(0, 1);
    this.#masters = new Masters(game, places, (host) => !this.#off.has(host));
    this.#operator = new Operator(game, () => places.filter((host) => !this.#off.has(host)));
    this.#faults = new Faults({ ...parts, masters: this.#masters, operator: this.#operator, off: this.#off });
  }

  /** Sets up hosts, a game with one master or with three and an etcd, and waits until all servers are ready. */
  static async begin(options: ChaosOptions): Promise<ChaosRun> {
    const run = new ChaosRun(options, await partsOf(options));
    try {
      await run.#allReady();
    } catch (error) {
      await run[Symbol.asyncDispose]();
      throw error;
    }
    return run;
  }

  /** Lets players play, does the faults of the seed, waits until all is whole again, stops the game, and tells what was wrong. */
  async play(): Promise<ChaosResult> {
    const { seed, ms, players: count = mostPlayers, until } = this.#options;
    const { lab, game } = this.#parts;
    using lives = new SecondLives(lab);
    const gates = this.#gates;
    using players = new Players(lab, { count, rooms, gates, seed });
    const serverIds = serverIdsOn(lab.hosts.length);
    const parts = { masters: this.#masters, operator: this.#operator, gate: gates[0]!, serverIds, until };
    const calm = new Calm({ lab, game, players, count, ...parts });
    const steps = drawSchedule({ seed, ms, hosts: lab.hosts.length, serverIds });
    if (await calm.beginsWell()) {
      await this.#follow(steps);
      await calm.look();
    }
    await players.quiet();
    await within(settleMs, async () => {
      const { sent, settled } = await players.report();
      return sent === settled ? undefined : 'they wait';
    });
    const report = await players.report();
    const secondLives = new Map(lives.longest);
    const leases = problemsOfLeases(join(game.root, 'witnesses'));
    await calm.stop();
    const { cutting, idle } = this.#faults;
    const seen = { report, cutting, idle, leases, secondLives, serverIds, hung: this.#operator.hung };
    const problems = [...calm.problems, ...problemsOf(seen)];
    const secondLifeMs = Math.round(Math.max(0, ...secondLives.values()));
    return { steps: steps.length, report, leaseHolders: leases.holders, secondLifeMs, problems };
  }

  /** What the masters have said, for who looks into a problem. */
  get said(): string {
    return this.#masters.said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#undoing);
    await this.#masters.end();
    await endOf(this.#parts);
  }

  get #gates() {
    return this.#parts.lab.hosts.slice(0, 2).map(({ address: host }) => ({ host, port: 7000 }));
  }

  async #follow(steps: readonly Step[]): Promise<void> {
    const begun = performance.now();
    let hostsAreWell: Promise<unknown> = Promise.resolve();
    for (const { at, fault } of steps) {
      await sleep(Math.max(0, begun + at - performance.now()));
      if (isOfHosts(fault)) await hostsAreWell; // to boot takes its time
      this.#say(`${((performance.now() - begun) / 1000).toFixed(1)} s: ${showFault(fault)}`);
      const undo = await this.#faults.do(fault);
      if (!undo || !('ms' in fault)) continue;
      const undone = sleep(fault.ms).then(undo);
      this.#undoing.add(undone);
      if (isOfHosts(fault)) hostsAreWell = undone;
      undone.then(
        () => this.#undoing.delete(undone),
        () => {}, // who waits for all of them is told
      );
    }
    await Promise.all(this.#undoing);
    await this.#operator.idle();
  }

  #allReady(): Promise<unknown> {
    return eventually(
      async () =>
        (await this.#operator.rows().catch(() => [])).filter(({ state }) => state === 'ready').length ===
        serverIdsOn(this.#parts.lab.hosts.length).length,
      'all servers to be ready',
      recoveryMs,
    );
  }
}

/** Hosts with disks and SSH ports of their own, with an etcd for even seeds, and a game on them. */
async function partsOf({ seed, hosts: count = hostsOf(seed) }: ChaosOptions): Promise<Parts> {
  const disks = new HostDisks(count);
  const made: { lab?: NetLab; etcd?: EtcdCluster; game?: TestGame } = {};
  try {
    const lab = await NetLab.up(count);
    made.lab = lab;
    const etcd = seed % 2 === 0 ? await EtcdCluster.onHosts(lab.hosts.slice(0, 3)) : undefined;
    if (etcd) made.etcd = etcd;
    const ports = new SshPorts(lab);
    const game = await makeGame(lab, { etcd, port: ports.port, knownHosts: ports.knownHosts });
    made.game = game;
    for (const [at, host] of lab.hosts.entries()) {
      await disks.mount(host, at, game.root);
      await ports.open(host);
    }
    return { lab, disks, etcd, ports, game };
  } catch (error) {
    await endOf({ ...made, disks });
    throw error;
  }
}

async function endOf({ lab, etcd, disks, game }: Partial<Parts>): Promise<void> {
  await lab?.[Symbol.asyncDispose]();
  await etcd?.[Symbol.asyncDispose]();
  disks?.[Symbol.dispose]();
  await game?.[Symbol.asyncDispose]();
}
