import type { Duplex } from 'node:stream';
import type { MasterLink, ServerEntry } from '@pomelo-ts/cluster';
import { type BootData, joinCluster, memoryStreams } from '@pomelo-ts/cluster/internal';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import type { Clock } from '@pomelo-ts/common';
import type { Exit, Launcher, ServerProcess } from '../src/processes/server-process.js';

/** What the servers of a {@link MemoryLauncher} do, by id. */
export interface Behaviour {
  /** @default true */
  readonly ready?: boolean;
  /** Ends with this code before it joins. */
  readonly exitCode?: number;
  /** Goes on when it is asked to stop; only SIGKILL ends it. */
  readonly deaf?: boolean;
}

/** One life of a server that runs inside this process. */
export class MemoryProcess implements ServerProcess {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  readonly signals: string[] = [];
  /** The stream that its link reads. */
  reads: Duplex | undefined;
  link: MasterLink | undefined;
  /** What it wrote last. */
  lines: readonly string[] | undefined;
  /** Ends this life. */
  end: (exit: Exit) => void = () => {};
  readonly #deaf: boolean;
  readonly #clock: Clock;
  #reachableSince: number | undefined = Number.NEGATIVE_INFINITY;
  #frozen = false;

  ended = false;
  readonly bootId: string;

  constructor(pid: number, deaf: boolean, bootId: string, clock: Clock) {
    this.#clock = clock;
    this.pid = pid;
    this.bootId = bootId;
    this.#deaf = deaf;
    this.exited = new Promise((resolve) => {
      this.end = (exit) => {
        this.ended = true;
        this.link?.close();
        resolve(exit);
      };
    });
  }

  /** Does nothing any more, as a stopped process would: neither its timers run nor does it read. */
  get frozen(): boolean {
    return this.#frozen;
  }

  freeze(): void {
    this.#frozen = true;
    this.reads?.pause();
  }

  thaw(): void {
    this.#frozen = false;
    this.reads?.resume();
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.signals.push(signal);
    if (signal === 'SIGKILL' || !this.#deaf) this.end({ code: null, signal });
  }

  /** Whether its host answers. */
  get reachable(): boolean {
    return this.#reachableSince !== undefined;
  }

  set reachable(is: boolean) {
    this.#reachableSince = is ? this.#clock.now() : undefined;
  }

  async hostAnswers(forMs: number): Promise<boolean> {
    const since = this.#reachableSince;
    return since !== undefined && this.#clock.now() - since >= forMs;
  }

  stop(): void {
    if (!this.#deaf) this.end({ code: 0, signal: null });
  }

  async lastLines(): Promise<readonly string[]> {
    return this.lines ?? [`the last words of ${this.pid}`];
  }
}

/** What a host says of a process that it has not written down. */
const unseenProcess = (pid: number): ServerProcess => ({
  pid,
  exited: Promise.resolve({ code: null, signal: null, reason: 'it ended while no master watched it' }),
  kill: () => {},
  hostAnswers: async () => true,
  lastLines: async () => [],
});

/** Starts servers inside this process, joined to a hub through memory. */
export class MemoryLauncher implements Launcher {
  readonly behaviour: Record<string, Behaviour> = {};
  /** All lives of each server, in order. */
  readonly lives: Record<string, MemoryProcess[]> = {};
  readonly #hub: () => LinkHub;
  readonly #clock: Clock;
  #lastPid = 100;

  constructor(hub: () => LinkHub, clock: Clock) {
    this.#hub = hub;
    this.#clock = clock;
  }

  launch(server: ServerEntry, boot: BootData): MemoryProcess {
    const { ready = true, exitCode, deaf = false } = this.behaviour[server.id] ?? {};
    const process = new MemoryProcess(++this.#lastPid, deaf, boot.bootId, this.#clock);
    this.lives[server.id] = [...(this.lives[server.id] ?? []), process];
    if (exitCode !== undefined) process.end({ code: exitCode, signal: null });
    else void this.#join(process, boot, ready);
    return process;
  }

  /** Servers of whose processes their hosts know nothing. */
  readonly unseen = new Set<string>();

  /** The life of the server that has this pid. */
  adopt(server: ServerEntry, _bootId: string, pid: number): ServerProcess {
    if (this.unseen.has(server.id)) return unseenProcess(pid);
    const life = this.lives[server.id]?.find((process) => process.pid === pid);
    if (!life) throw new Error(`no process ${pid} of ${server.id} was launched`);
    return life;
  }

  /** Hosts that cannot be reached now. */
  readonly away = new Set<string>();

  async find({ id, host }: ServerEntry): Promise<{ bootId: string; pid: number } | undefined> {
    if (this.away.has(host)) throw new Error(`${host} is away`);
    const life = this.lives[id]?.find(({ ended }) => !ended);
    return life && { bootId: life.bootId, pid: life.pid };
  }

  async #join(process: MemoryProcess, boot: BootData, ready: boolean): Promise<void> {
    process.link = await joinCluster({
      ...boot,
      pid: process.pid,
      clock: this.#clockOf(process),
      dial: async () => {
        const [near, far] = memoryStreams();
        this.#hub().accept(far, { role: 'server', id: boot.id });
        process.reads = near;
        return near;
      },
      onStop: () => process.stop(),
    });
    if (ready) process.link.report('ready');
  }

  #clockOf(process: MemoryProcess): Clock {
    const unlessFrozen = (fn: () => void) => () => {
      if (!process.frozen) fn();
    };
    return {
      now: () => this.#clock.now(),
      after: (ms, fn) => this.#clock.after(ms, unlessFrozen(fn)),
      every: (ms, fn) => this.#clock.every(ms, unlessFrozen(fn)),
    };
  }
}
