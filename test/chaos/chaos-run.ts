import { once } from 'node:events';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, repositoryRoot, TestGame } from '../helpers/cluster-process.js';
import { EtcdCluster } from '../helpers/etcd.js';
import { type LabHost, NetLab, sshPort } from '../helpers/netlab.js';
import { Masters } from './masters.js';
import { namesIn, Players, type PlayersReport } from './players.js';
import { drawSchedule, type Fault, type Step, showFault } from './schedule.js';
import { livesIn, SecondLives } from './second-lives.js';
import { problemsOfLeases } from './witnesses.js';

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

type Row = { readonly id: string; readonly state: string; readonly pid?: number; readonly host: string };

const rooms = 12;
const secret = 'the secret of a game that goes through a lot';
/** How long servers, masters and players may take to be whole again after the last fault, in ms. */
const recoveryMs = 45_000;
/** How long a membership may differ from who is connected when all is calm, in ms. */
const membershipMs = 5000;
/** How long a call may take that is answered by nobody, in ms: the players' own limit, and a little. */
const settleMs = 8000;
/** Longest time that a server may have two processes: until the one that was replaced is fenced, in ms. */
const fencingMs = 6000;

/** A game on several hosts, with players, that faults are done to. */
export class ChaosRun implements AsyncDisposable {
  readonly #options: ChaosOptions;
  readonly #lab: NetLab;
  readonly #etcd: EtcdCluster | undefined;
  readonly #game: TestGame;
  readonly #off = new Set<LabHost>();
  readonly #undoing = new Set<Promise<unknown>>();
  readonly #masters: Masters;
  readonly #say: (line: string) => void;

  private constructor(options: ChaosOptions, lab: NetLab, etcd: EtcdCluster | undefined, game: TestGame) {
    this.#options = options;
    this.#lab = lab;
    this.#etcd = etcd;
    this.#game = game;
    this.#say = options.say ?? (() => {});
    const places = etcd ? lab.hosts.slice(0, 3) : lab.hosts.slice(0, 1);
    this.#masters = new Masters(game, places, (host) => !this.#off.has(host));
  }

  /** Sets up hosts, a game with one master or with three and an etcd, and waits until all servers are ready. */
  static async begin(options: ChaosOptions): Promise<ChaosRun> {
    const { seed } = options;
    const lab = await NetLab.up(options.hosts ?? 3 + (seed % 3));
    const etcd = seed % 2 === 0 ? await EtcdCluster.onHosts(lab.hosts.slice(0, 3)) : undefined;
    const run = new ChaosRun(options, lab, etcd, await makeGame(lab, etcd));
    try {
      for (const host of lab.hosts) await run.#ownDisk(host);
      await run.#allReady();
    } catch (error) {
      await run[Symbol.asyncDispose]();
      throw error;
    }
    return run;
  }

  /** Lets players play, does the faults of the seed, waits until all is whole again, and tells what was wrong. */
  async play(): Promise<ChaosResult> {
    const { seed, ms, players: count = 300 } = this.#options;
    using lives = new SecondLives(this.#lab);
    using players = new Players(this.#lab, { count, rooms, gates: this.#gates, seed });
    await eventually(
      async () => (await players.report()).playing === count,
      'all players to play',
      recoveryMs,
    );
    const steps = drawSchedule({ seed, ms, hosts: this.#lab.hosts.length, serverIds: this.#serverIds });
    await this.#follow(steps);
    const problems: string[] = [];
    const must = async (what: string, limitMs: number, check: () => Promise<string | undefined>) => {
      let wrong: string | undefined = 'nothing was seen';
      for (
        const end = performance.now() + limitMs;
        wrong !== undefined && performance.now() < end;
        await sleep(100)
      )
        wrong = await check().catch((error: Error) => error.message);
      if (wrong !== undefined) problems.push(`${what}: ${wrong}`);
    };
    await must('list and processes agree', recoveryMs, () => this.#listIsTrue());
    await must('every client plays', recoveryMs, async () => {
      const { playing, idle } = await players.report();
      return playing === count ? undefined : `${playing} of ${count}; ${idle?.join(': ')}`;
    });
    await must('membership is who is connected', membershipMs + 3000, async () =>
      this.#roomsAreTrue(await players.report()),
    );
    await players.quiet();
    await must('every call settles', settleMs, async () => {
      const { sent, settled } = await players.report();
      return sent === settled ? undefined : `${sent - settled} of ${sent} wait`;
    });
    const report = await players.report();
    if (report.settledTwice > 0) problems.push(`calls settle once: ${report.settledTwice} did twice`);
    const secondLifeMs = Math.round(Math.max(0, ...lives.longest.values()));
    if (secondLifeMs > fencingMs) problems.push(`no server runs twice: one did for ${secondLifeMs} ms`);
    const leases = problemsOfLeases(join(this.#game.root, 'witnesses'));
    problems.push(...leases.problems.map((problem) => `no lease is held twice: ${problem}`));
    return { steps: steps.length, report, leaseHolders: leases.holders, secondLifeMs, problems };
  }

  /** What the masters have said, for who looks into a problem. */
  get said(): string {
    return this.#game.said;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#undoing);
    await this.#masters.end();
    await this.#lab[Symbol.asyncDispose]();
    await this.#etcd?.[Symbol.asyncDispose]();
    await this.#game[Symbol.asyncDispose]();
  }

  get #gates() {
    return this.#lab.hosts.slice(0, 2).map(({ address: host }) => ({ host, port: 7000 }));
  }

  get #serverIds(): readonly string[] {
    return this.#lab.hosts.flatMap((_, at) => [
      `connector-${at + 1}`,
      `chat-${at + 1}`,
      ...(at < 2 ? [`gate-${at + 1}`] : []),
    ]);
  }

  async #follow(steps: readonly Step[]): Promise<void> {
    const begun = performance.now();
    for (const { at, fault } of steps) {
      await sleep(Math.max(0, begun + at - performance.now()));
      this.#say(`${(at / 1000).toFixed(1)} s: ${showFault(fault)}`);
      const undo = await this.#do(fault);
      if (!undo || !('ms' in fault)) continue;
      const undone = sleep(fault.ms).then(undo);
      this.#undoing.add(undone);
      void undone.finally(() => this.#undoing.delete(undone));
    }
    await Promise.all(this.#undoing);
  }

  /** Does a fault; gives what ends it. */
  async #do(fault: Fault): Promise<(() => unknown) | undefined> {
    const host = 'host' in fault ? this.#lab.hosts[fault.host]! : this.#lab.hosts[0]!;
    switch (fault.kind) {
      case 'kill server':
        for (const pid of livesIn(this.#lab).get(fault.id) ?? []) process.kill(pid, 'SIGKILL');
        return undefined;
      case 'kill master':
        this.#masters.kill(fault.master % this.#masters.present.length);
        return undefined;
      case 'restart':
        void this.#command('restart', fault.id);
        return undefined;
      case 'power off':
        return this.#powerOff(host);
      case 'cut':
        host.cut();
        return () => host.heal();
      case 'one way':
        host.drop({ from: this.#lab.hosts[fault.from]!.address });
        return () => host.dropNothing();
      case 'loss':
        host.drop({ share: fault.share });
        return () => host.dropNothing();
      case 'delay':
        await host.wan({ delay: fault.delay });
        return () => host.wan({ delay: 0 });
      case 'full disk':
        return this.#fillDisk(host);
    }
  }

  async #powerOff(host: LabHost): Promise<() => unknown> {
    this.#off.add(host);
    await host.off();
    return async () => {
      await host.on();
      await this.#ownDisk(host);
      const member = this.#lab.hosts.indexOf(host);
      if (this.#etcd && member < 3) await this.#etcd.begin(member);
      this.#off.delete(host);
    };
  }

  /** Each host has disks of its own for what the game writes: small ones. */
  async #ownDisk(host: LabHost): Promise<void> {
    for (const folder of ['.pomelo-ts', 'logs']) {
      const path = join(this.#game.root, folder);
      mkdirSync(path, { recursive: true });
      await once(host.begin('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', path]), 'close');
    }
  }

  async #fillDisk(host: LabHost): Promise<() => unknown> {
    const files = ['.pomelo-ts', 'logs'].map((folder) => join(this.#game.root, folder, 'filler'));
    for (const file of files) await once(host.begin('dd', ['if=/dev/zero', `of=${file}`, 'bs=64k']), 'close');
    return () => once(host.begin('rm', ['-f', ...files]), 'close');
  }

  /** What `list` says, on a host that is on. */
  async #rows(): Promise<readonly Row[]> {
    const { stdout, stderr } = await this.#command('list', '--json');
    if (!stdout) throw new Error(stderr.trim());
    return JSON.parse(stdout) as Row[];
  }

  #command(name: string, ...args: string[]) {
    this.#game.on = this.#lab.hosts.find((host) => !this.#off.has(host));
    return this.#game.run(name, ...args, '-e', 'production');
  }

  #allReady(): Promise<unknown> {
    return eventually(
      async () =>
        (await this.#rows().catch(() => [])).filter(({ state }) => state === 'ready').length ===
        this.#serverIds.length,
      'all servers to be ready',
      recoveryMs,
    );
  }

  /** All servers are ready, and each has the one process that `list` tells. */
  async #listIsTrue(): Promise<string | undefined> {
    const rows = await this.#rows();
    const idle = rows.find(({ state }) => state !== 'ready');
    if (idle) return `${idle.id} is ${idle.state}`;
    const lives = livesIn(this.#lab);
    const wrong = rows.find(({ id, pid }) => {
      const pids = lives.get(id) ?? [];
      return pids.length !== 1 || this.#lab.hosts.every((host) => host.innerPid(pids[0]!) !== pid);
    });
    return (
      wrong &&
      `${wrong.id} has the pid ${wrong.pid} in the list, and the processes ${lives.get(wrong.id)?.join(', ')}`
    );
  }

  async #roomsAreTrue({ byRoom }: PlayersReport): Promise<string | undefined> {
    for (const [room, names] of Object.entries(byRoom)) {
      const inRoom = await namesIn(this.#lab, this.#gates[0]!, room);
      const missing = names.filter((name) => !inRoom.includes(name));
      const extra = inRoom.filter((name) => !names.includes(name));
      if (missing.length + extra.length > 0) return `${room} lacks [${missing}] and has [${extra}] too many`;
    }
    return undefined;
  }
}

/** The reference game on all hosts of a lab: two gates, a connector and a chat server on each host. */
export async function makeGame(lab: NetLab, etcd: EtcdCluster | undefined): Promise<TestGame> {
  const common = (id: string) => ({ id, args: [`--title=pomelo-${id}`] });
  const on = <T>(make: (host: string, number: number) => T) =>
    lab.hosts.map(({ address }, at) => make(address, at + 1));
  const game = await TestGame.make(
    {},
    {
      ownBoot: true,
      env: { HOME: lab.home, POMELO_TS_SECRET: secret },
      master: {
        ...(etcd
          ? {
              masters: lab.hosts.slice(0, 3).map(({ address: host }) => ({ host, port: 3005 })),
              store: { kind: 'etcd', endpoints: etcd.endpoints },
            }
          : { host: lab.hosts[0]!.address }),
        port: 3005,
        stopTimeout: '3s',
        ssh_config_params: [`-p ${sshPort}`, '-o ConnectTimeout=2'],
      },
    },
  );
  const witnessFolder = join(game.root, 'witnesses');
  const app = join(game.root, 'game');
  for (const folder of [witnessFolder, app]) mkdirSync(folder);
  symlinkSync(join(repositoryRoot, 'game-server', 'dist', 'app'), join(app, 'app'));
  symlinkSync(join(repositoryRoot, 'test', 'chaos', 'game-app.js'), join(app, 'app.js'));
  game.write('package.json', { version: '1.0.0', 'pomelo-ts': { app: 'game' } });
  game.write('config/servers.json', {
    gate: on((host, n) => ({
      ...common(`gate-${n}`),
      host,
      port: 6000,
      clientPort: 7000,
      frontend: true,
    })).slice(0, 2),
    connector: on((host, n) => ({
      ...common(`connector-${n}`),
      host,
      port: 6001,
      clientPort: 7001,
      frontend: true,
    })),
    chat: on((host, n) => ({ ...common(`chat-${n}`), host, port: 6002, witnessFolder })),
  });
  return game;
}
