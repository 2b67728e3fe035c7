import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import type { BootData, MasterAddress } from '@pomelo-ts/cluster/internal';
import type { LogPart, LogRequest } from '@pomelo-ts/cluster/masters';
import { type Clock, delay, PomeloError, reasonOf, systemClock } from '@pomelo-ts/common';
import { openFilesLimit } from '@pomelo-ts/common/internal';
import { type Acting, ActingMaster } from './acting-master.js';
import { buildIdOf } from './build-id.js';
import { disksOf } from './disks.js';
import { FollowedProcesses, signalProcess } from './followed-processes.js';
import { isProgram } from './is-program.js';
import { missingFilesIn } from './missing-files.js';
import { isNoRoom } from './no-room.js';
import { OomKills } from './oom-kills.js';
import type { FileOptions, HostFacts, LaunchOrder, ProcessEnd, ProcessHost } from './process-host.js';
import { isAlive } from './process-identity.js';
import {
  markedLives,
  markOf,
  type ServerElsewhere,
  type ServerPlace,
  servedElsewhere,
} from './process-marks.js';
import { fileOutput, lastLinesOf, pipedOutput } from './process-output.js';
import { lives, type ProcessRecord, ProcessRecords } from './process-records.js';
import { readServerLog } from './read-server-log.js';
import type { Exit } from './server-process.js';
import { SpawnedProcess } from './spawned-process.js';

/** Settings of {@link HostProcesses}. */
export interface HostProcessesOptions {
  /** As the topology names this machine. */
  readonly name: string;
  /** The game's root: working directory of servers, where `logs/` and `.pomelo-ts/` are. */
  readonly root: string;
  /** Script that each process runs. */
  readonly bootScript: string;
  /** Where lines of servers go; without it each server writes to `logs/<id>.log`. */
  readonly print?: ((line: string) => void) | undefined;
  /** Term of the master that acts; without it nobody asks, as for an operator who kills everything. */
  readonly term?: number | undefined;
  /** The master that acts, for messages. */
  readonly leader?: string | (() => string) | undefined;
  /** Where that one can be dialed from other hosts. */
  leaderAt?(): MasterAddress | undefined;
  /** Names of environment variables that servers shall not have; asked each time. */
  withheld?(): readonly string[];
  /** Told once when what runs cannot be written down any more. */
  warn?(text: string): void;
  readonly clock?: Clock;
}

interface Life {
  readonly bootId: string;
  readonly end: Promise<ProcessEnd>;
  /** Undefined for one that somebody else has started. */
  readonly spawned?: SpawnedProcess;
  /** Whether it was killed on purpose. */
  killed: boolean;
}

/** How long a former process that was killed may take to be gone, in ms. */
const goneMs = 5000;
const lookMs = 10;
/** How often a host is told that its master lives, in ms. */
const tellMs = 2000;
/** Wait before a record that could not be written is tried again, in ms. */
const writeAgainMs = 2000;

/** The processes of servers on the machine that this runs on. */
export class HostProcesses implements ProcessHost {
  readonly name: string;
  readonly #options: HostProcessesOptions;
  readonly #clock: Clock;
  readonly #records: ProcessRecords;
  readonly #acting: ActingMaster;
  #stopTelling: (() => void) | undefined;
  /** Whether an agent has heard of its master since it told of that. */
  #heard = false;
  readonly #followed: FollowedProcesses;
  readonly #oomKills: OomKills;
  /** The last life of each server that this has started or follows, by id. */
  readonly #lives = new Map<string, Life>();
  /** Whether it was told that a record could not be written. */
  #unwritten = false;

  constructor(options: HostProcessesOptions) {
    this.name = options.name;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#records = new ProcessRecords(options.root, options.name);
    this.#acting = new ActingMaster(options.root, options.name);
    this.#followed = new FollowedProcesses(this.#clock);
    this.#oomKills = new OomKills(this.#clock);
  }

  async launch(order: LaunchOrder): Promise<number> {
    const { server, boot } = order;
    this.#refuseOldTerm(boot);
    await this.#clearWay(order);
    const { root, bootScript, print, withheld } = this.#options;
    const output = print ? pipedOutput(server.id, print) : fileOutput(server.id, this.#logs);
    const mark = markOf({ root, host: this.name, id: server.id, bootId: boot.bootId });
    const spawned = new SpawnedProcess(order, {
      root,
      bootScript,
      output,
      withheld: withheld?.() ?? [],
      mark,
    });
    const { pid } = spawned;
    if (pid === undefined) throw new Error((await spawned.exited).reason);
    const { id } = server;
    const { bootId } = boot;
    const end = spawned.end().then(({ exit, lines }) => ({ exit: this.#explained(id, bootId, exit), lines }));
    this.#lives.set(id, { bootId, spawned, end, killed: false });
    this.#writeDown(id, bootId, pid);
    return pid;
  }

  async left(term = 0): Promise<readonly ProcessRecord[]> {
    const accepted = this.#records.acceptTerm(term); // a lower one is told when it starts something
    if (accepted && term > 0) this.#act();
    return this.#living();
  }

  /** This process acts for its master from now on: others that share no store with it shall see that. */
  #act(): void {
    const { leader, leaderAt } = this.#options;
    if (leader === undefined) return;
    this.#acting.begin(typeof leader === 'string' ? leader : leader(), leaderAt?.());
    this.#stopTelling ??= this.#clock.every(tellMs, () => this.#tellOfMaster());
  }

  /** An agent has heard of its master. */
  masterLives(): void {
    this.#heard = true;
  }

  /** A master on this very host lives as this process does; of one elsewhere its agent has to have heard. */
  #tellOfMaster(): void {
    if (typeof this.#options.leader === 'string' && !this.#heard) return;
    this.#heard = false;
    this.#acting.lives();
  }

  async acting(): Promise<Acting | undefined> {
    return this.#acting.other(Date.now());
  }

  async elsewhere(servers: readonly ServerPlace[]): Promise<readonly ServerElsewhere[]> {
    return servedElsewhere(this.#options.root, servers);
  }

  ended({ id, bootId }: Pick<ProcessRecord, 'id' | 'bootId'>): Promise<ProcessEnd> {
    const life = this.#lives.get(id);
    if (life?.bootId === bootId) return life.end;
    const record = this.#livingOf(id, bootId);
    const reason = 'it ended while no master watched it';
    if (!record)
      return Promise.resolve({ exit: { code: null, signal: null, reason }, lines: this.#lastLogged(id) });
    const end = new Promise<Exit>((resolve) => this.#followed.follow(record, resolve)).then((exit) => ({
      exit: this.#explained(id, bootId, exit),
      lines: this.#lastLogged(id),
    }));
    this.#lives.set(id, { bootId, end, killed: false });
    return end;
  }

  /** A master whose term is over ends nobody. */
  kill(bootId: string, signal: 'SIGTERM' | 'SIGKILL'): void {
    const { term } = this.#options;
    if (term !== undefined && !this.#records.acceptTerm(term)) return;
    const life = [...this.#lives.values()].find((one) => one.bootId === bootId);
    if (life) life.killed ||= signal === 'SIGKILL';
    if (life?.spawned) life.spawned.kill(signal);
    else if (!this.#followed.kill(bootId, signal)) {
      const record = this.#living().find((one) => one.bootId === bootId);
      if (record) signalProcess(record, signal);
    }
  }

  async lastLines(id: string): Promise<readonly string[]> {
    return this.#lives.get(id)?.spawned?.lastLines() ?? this.#lastLogged(id);
  }

  readLog(id: string, request: LogRequest): Promise<LogPart> {
    return readServerLog(this.#options.root, id, request);
  }

  async facts(): Promise<HostFacts> {
    const openFiles = openFilesLimit();
    return {
      node: process.versions.node,
      buildId: buildIdOf(this.#options.root),
      platform: process.platform,
      cpus: cpus().length,
      memoryBytes: totalmem(),
      freeMemoryBytes: freemem(),
      load: process.platform === 'win32' ? [] : loadavg(),
      ...(openFiles !== undefined && { openFiles }),
      taskset: isProgram('taskset'),
      time: Date.now(),
      disks: disksOf(this.#options.root),
    };
  }

  missingFiles(options: readonly FileOptions[]): Promise<readonly (readonly string[])[]> {
    return missingFilesIn(this.#options.root, options, this.#clock);
  }

  async answers(): Promise<boolean> {
    return true;
  }

  /** Watches no more. Processes live on. */
  close(): void {
    this.#stopTelling?.();
    this.#acting.end();
    this.#followed.close();
    this.#oomKills.close();
  }

  /** What runs here by the records, and where they could not be written by the marks of processes. */
  #living(): readonly ProcessRecord[] {
    const { root } = this.#options;
    const written = this.#records.living();
    const known = new Set(written.map(({ bootId }) => bootId));
    return [...written, ...markedLives(root, this.name).filter(({ bootId }) => !known.has(bootId))];
  }

  #livingOf(id: string, bootId?: string): ProcessRecord | undefined {
    const isIt = (one: ProcessRecord) => one.id === id && (bootId === undefined || one.bootId === bootId);
    const written = this.#records.livingOf(id);
    return written && isIt(written) ? written : this.#living().find(isIt);
  }

  /** A record that stays on a disk that cannot be written harms nobody: its process has ended. */
  #forget(life: Pick<ProcessRecord, 'id' | 'bootId'>): void {
    try {
      this.#records.remove(life);
    } catch (error) {
      if (!isNoRoom(error)) throw error;
    }
  }

  get #logs(): string {
    return join(this.#options.root, 'logs');
  }

  #refuseOldTerm({ id, term = 0 }: BootData): void {
    if (this.#records.acceptTerm(term)) return;
    const { term: later, termFile: file } = this.#records;
    throw new PomeloError('TERM_OVER', { serverId: id, host: this.name, term, later, file });
  }

  /** One id never runs twice here: a former process of the server is in the way, and may be ended if its entry says so. */
  async #clearWay({ server }: LaunchOrder): Promise<void> {
    const former = this.#livingOf(server.id);
    if (!former) return;
    if (server.restartForce) {
      signalProcess(former, 'SIGKILL');
      for (let waited = 0; waited < goneMs && lives(former); waited += lookMs)
        await delay(lookMs, this.#clock);
    }
    if (!lives(former)) return;
    const { pid, bootId } = former;
    throw new PomeloError('SERVER_RUNS_ALREADY', { serverId: server.id, host: this.name, pid, bootId });
  }

  /** A disk that is full must not keep a server from running: it is written down when there is room again. */
  #writeDown(id: string, bootId: string, pid: number): void {
    if (this.#lives.get(id)?.bootId !== bootId || !isAlive(pid)) return;
    try {
      this.#records.add(id, bootId, pid);
      this.#unwritten = false;
    } catch (error) {
      if (!this.#unwritten)
        this.#options.warn?.(`What runs there cannot be written down: ${reasonOf(error)}`);
      this.#unwritten = true;
      this.#clock.after(writeAgainMs, () => this.#writeDown(id, bootId, pid));
    }
  }

  /** Whoever ended it by SIGKILL without being told to may have been the kernel, for want of memory. */
  #explained(id: string, bootId: string, exit: Exit): Exit {
    this.#forget({ id, bootId });
    const life = this.#lives.get(id);
    const byUs = life?.bootId === bootId && life.killed;
    const killed = exit.signal === 'SIGKILL' || (exit.code === null && exit.signal === null); // nobody knows
    return !byUs && killed && this.#oomKills.explainOne() ? { ...exit, signal: 'SIGKILL', oom: true } : exit;
  }

  #lastLogged(id: string): readonly string[] {
    return lastLinesOf(join(this.#logs, `${id}.log`));
  }
}
