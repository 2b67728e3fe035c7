import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, type TestGame } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { type LabHost, NetLab } from '../helpers/netlab.js';
import { Faults } from './faults.js';
import { makeGame, mostPlayers, rooms } from './game.js';
import { HostDisks } from './host-disks.js';
import { problemsOf } from './invariants.js';
import { Masters } from './masters.js';
import { Operator } from './operator.js';
import { namesIn, Players, type PlayersReport } from './players.js';
import { drawSchedule, isOfHosts, type Step, showFault } from './schedule.js';
import { livesIn, SecondLives } from './second-lives.js';
import { SshPorts } from './ssh-ports.js';
import { problemOfDirectory, problemsOfLeases, wordsOfDirectory } from './witnesses.js';

/** Settings of {@link ChaosRun}. */
export interface ChaosOptions {
  readonly seed: number;
  /** How long faults come. */
  readonly ms: number;
  /** @default 300 */
  readonly players?: number;
  /** @default told by the seed, from 3 to 5 */
  readonly hosts?: number;
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

/** How long servers, masters and players may take to be whole again after the last fault, in ms. */
const recoveryMs = 45_000;
/** How long a membership may differ from who is connected when all is calm, in ms. */
const membershipMs = 20_000;
/** How long the directory of uids may differ from who is connected when all is calm, and the witness's own pace, in ms. */
const directoryMs = 5000 + 1000;
/** How long a push may take to be heard of again by everybody when all is calm, in ms. */
const hearingMs = 15_000;
/** How long a call may take, in ms: the game's own limits, and a little. */
const settleMs = 15_000;
/** How old the last word of a lease's holder may be, in ms. */
const leaseMs = 2000;

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

  /** Lets players play, does the faults of the seed, waits until all is whole again, and tells what was wrong. */
  async play(): Promise<ChaosResult> {
    const { seed, ms, players: count = mostPlayers } = this.#options;
    const { lab, game } = this.#parts;
    using lives = new SecondLives(lab);
    using players = new Players(lab, { count, rooms, gates: this.#gates, seed });
    await eventually(
      async () => (await players.report()).playing === count,
      'all players to play',
      recoveryMs,
    );
    const steps = drawSchedule({ seed, ms, hosts: lab.hosts.length, serverIds: this.#serverIds });
    await this.#follow(steps);
    const problems = await this.#calm(players, count);
    await players.quiet();
    await within(settleMs, async () => {
      const { sent, settled } = await players.report();
      return sent === settled ? undefined : 'they wait';
    });
    const report = await players.report();
    const leases = problemsOfLeases(join(game.root, 'witnesses'));
    const { serverIds, cutting } = { serverIds: this.#serverIds, cutting: this.#faults.cutting };
    const [secondLives, words] = [lives.longest, this.#wordsOfDirectory];
    const directory = new Map(this.#witnesses.map((id) => [id, words.get(id)?.words ?? 0]));
    problems.push(...problemsOf({ report, cutting, leases, directory, secondLives, serverIds }));
    problems.push(...this.#operator.hung.map((command) => `every command ends: ${command} did not`));
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

  /** Chat servers are told by the directory of uids, and write it down. */
  get #witnesses(): readonly string[] {
    return this.#serverIds.filter((id) => id.startsWith('chat-'));
  }

  get #wordsOfDirectory() {
    return wordsOfDirectory(join(this.#parts.game.root, 'directory'));
  }

  get #serverIds(): readonly string[] {
    return this.#parts.lab.hosts.flatMap((_, at) => [
      `connector-${at + 1}`,
      `chat-${at + 1}`,
      ...(at < 2 ? [`gate-${at + 1}`] : []),
    ]);
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

  /** Waits until all is as it was, and looks whether it is; gives what is not. */
  async #calm(players: Players, count: number): Promise<string[]> {
    const problems: string[] = [];
    const must = async (what: string, limitMs: number, check: () => Promise<string | undefined>) => {
      const wrong = await within(limitMs, check);
      if (wrong !== undefined) problems.push(`${what}: ${wrong}`);
    };
    await must('list and processes agree', recoveryMs, () => this.#listIsTrue());
    await must('every client plays', recoveryMs, async () => {
      const { playing, idle } = await players.report();
      return playing === count ? undefined : `${playing} of ${count}; ${idle?.join(': ')}`;
    });
    await must('the directory of uids is who is connected', directoryMs, async () => {
      const { seats } = await players.report();
      return problemOfDirectory(this.#wordsOfDirectory, { witnesses: this.#witnesses, seats, now: now() });
    });
    await must('membership is who is connected', membershipMs, async () =>
      this.#roomsAreTrue(await players.report()),
    );
    await must('everybody hears everybody in the room', hearingMs, async () => {
      const { deaf } = await players.report();
      return deaf.length > 0 ? deaf.join('; ') : undefined;
    });
    await must('the lease is held again', recoveryMs, async () => {
      const { lastHeld } = problemsOfLeases(join(this.#parts.game.root, 'witnesses'));
      const ago = now() - lastHeld;
      return ago > leaseMs ? `nobody has had it for ${ago} ms` : undefined;
    });
    return problems;
  }

  #allReady(): Promise<unknown> {
    return eventually(
      async () =>
        (await this.#operator.rows().catch(() => [])).filter(({ state }) => state === 'ready').length ===
        this.#serverIds.length,
      'all servers to be ready',
      recoveryMs,
    );
  }

  /** All servers are ready, and each has the one process that `list` tells. */
  async #listIsTrue(): Promise<string | undefined> {
    const { hosts } = this.#parts.lab;
    const rows = await this.#operator.rows();
    await this.#operator.mend(rows, this.#serverIds);
    const ids = rows.map(({ id }) => id);
    if ([...ids].sort().join() !== [...this.#serverIds].sort().join()) return `there are ${ids.join(', ')}`;
    const idle = rows.find(({ state }) => state !== 'ready');
    if (idle) return `${idle.id} is ${idle.state}`;
    const lives = livesIn(this.#parts.lab);
    const extra = [...lives.keys()].find((id) => !ids.includes(id));
    if (extra) return `${extra} runs, and is not in the list`;
    const wrong = rows.find(({ id, pid }) => {
      const pids = lives.get(id) ?? [];
      return pids.length !== 1 || hosts.every((host) => host.innerPid(pids[0]!) !== pid);
    });
    return (
      wrong &&
      `${wrong.id} has the pid ${wrong.pid} in the list, and the processes ${lives.get(wrong.id)?.join(', ')}`
    );
  }

  async #roomsAreTrue({ byRoom }: PlayersReport): Promise<string | undefined> {
    const inRooms = await namesIn(this.#parts.lab, this.#gates[0]!, Object.keys(byRoom));
    for (const [room, names] of Object.entries(byRoom)) {
      const inRoom = inRooms[room] ?? [];
      const missing = names.filter((name) => !inRoom.includes(name));
      const extra = inRoom.filter((name) => !names.includes(name));
      if (missing.length + extra.length > 0) return `${room} lacks [${missing}] and has [${extra}] too many`;
    }
    return undefined;
  }
}

/** Of the clock that all hosts of a lab have, in ms. */
const now = () => Number(process.hrtime.bigint() / 1_000_000n);

/** Hosts with disks and SSH ports of their own, with an etcd for even seeds, and a game on them. */
async function partsOf({ seed, hosts: count = 3 + (seed % 3) }: ChaosOptions): Promise<Parts> {
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

/** Looks again and again until nothing is wrong, for so long; gives what was wrong last. */
async function within(
  limitMs: number,
  check: () => Promise<string | undefined>,
): Promise<string | undefined> {
  for (const end = performance.now() + limitMs; ; await sleep(100)) {
    const wrong = await check().catch((error: Error) => error.message);
    if (wrong === undefined || performance.now() >= end) return wrong;
  }
}
