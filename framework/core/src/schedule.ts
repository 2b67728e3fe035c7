import type { CronEntry } from '@pomelo-ts/cluster';
import { lateness, problemOfCron } from '@pomelo-ts/cluster/internal';
import { type Logger, reasonOf } from '@pomelo-ts/common';
import type { MakingNow } from './making.js';
import type { CoreMeasures } from './measures.js';
import type { ClusterCron, ClusterCronOptions, CronRun } from './schedule/cluster-cron.js';
import type { CronTicker } from './schedule/cron-ticker.js';
import type { CronsOfSwap } from './schedule/crons-of-swap.js';
import type { Missed } from './schedule/due-times.js';
import { addOnce, invalid, takeOut, twice } from './schedule/waiting-crons.js';
import type { Service, ServiceMethod } from './service.js';

/** As JavaScript passes options on: what is undefined is as if it were not there. */
type Undefinable<T> = { readonly [Key in keyof T]: T[Key] | undefined };

/** Makes what runs a cron on one server of the cluster. */
export type ClusterCrons = (
  cron: Pick<ClusterCronOptions, 'id' | 'run' | 'catchUp' | 'running' | 'lateMs'>,
) => ClusterCron;

/** A run that begins later than this is counted as late, in ms. */
const onTimeMs = 1000;

interface Job {
  readonly entry: CronEntry;
  /** Ends its times. */
  stop(): void;
  /** For a cron that runs once in the cluster. */
  cluster?: ClusterCron;
  running: number;
}

/** What one server runs by the clock. */
export class CronService {
  #methods: ReadonlyMap<string, ServiceMethod> = new Map();
  readonly #jobs = new Map<string, Job>();
  /** What waits for the start: of `crons.json5`, and added by code. */
  readonly #configured: CronEntry[];
  readonly #waiting: CronEntry[] = [];
  /** What code in use has taken away, and no longer does once it leaves. */
  readonly #takenAway = new Map<string, CronEntry>();
  #makingNow: MakingNow = () => undefined;
  readonly #server: { readonly id: string };
  readonly #counters: CoreMeasures;
  readonly #logger: Logger;
  #ticker: Pick<CronTicker, 'add'> | undefined;
  #clusterCrons: ClusterCrons | undefined;
  #loadTicker: (() => Promise<Pick<CronTicker, 'add'>>) | undefined;
  #begun = false;
  readonly #onBegun: (() => void)[] = [];
  #stopped = false;

  /** @internal games use `app.crons` */
  constructor(options: {
    counters: CoreMeasures;
    logger: Logger;
    server: { readonly id: string };
    /** Of `crons.json5`. */
    configured: readonly CronEntry[];
  }) {
    this.#server = options.server;
    this.#counters = options.counters;
    this.#logger = options.logger;
    this.#configured = [...options.configured];
  }

  /** The crons of this server, with how many runs of each work now. */
  get list(): readonly { readonly entry: CronEntry; readonly running: number }[] {
    return [...this.#jobs.values()].map(({ entry, running }) => ({ entry, running }));
  }

  /** @internal whether the game has any method that a cron can run */
  get hasActions(): boolean {
    return this.#methods.size > 0;
  }

  /** Runs that work now. */
  get running(): number {
    let running = 0;
    for (const job of this.#jobs.values()) running += job.running;
    return running;
  }

  /**
   * Adds a cron as one of `crons.json5`; before the server has started it waits for that, and once it stops it never runs.
   *
   * A cron whose `serverId` is that of another server is left to that one.
   *
   * @throws CRON_INVALID for what `crons.json5` would not take, an id that is there already, or an action that there is not
   * @example app.crons.add({ id: 'sweep', time: '0 0 4 * * *', action: 'chatCron.sweep' });
   */
  add(cron: Pick<CronEntry, 'id' | 'time' | 'action'> & Partial<Undefinable<CronEntry>>): void {
    const problem = problemOfCron(cron);
    if (problem) throw invalid((cron as Partial<CronEntry> | null)?.id, problem);
    const { overlap = false, lateMs = lateness.defaultMs } = cron;
    const entry = { ...cron, overlap, lateMs } as CronEntry;
    const making = this.#makingNow();
    if (making) addOnce(making.crons, entry);
    else if (this.#stopped) return;
    else if (this.#begun) this.#begin(entry);
    else addOnce(this.#waiting, entry);
  }

  #begin(entry: CronEntry): void {
    const { id, action, serverId } = entry;
    if (this.#jobs.has(id)) throw invalid(id, twice);
    if (!this.#ticker || !this.#methods.has(action)) throw invalid(id, noAction(action, this.#methods));
    if (serverId !== undefined && serverId !== this.#server.id) {
      this.#logger.info(`cron ${id} is left to ${serverId}, the one server that it names`);
      return;
    }
    const job: Job = { entry, stop: () => {}, running: 0 };
    try {
      job.stop = this.#ticker.add(entry, {
        due: (at, agoMs) => {
          if (agoMs > onTimeMs && ranHere(job)) this.#counters.cronLate.add();
          void this.#due(id, at);
        },
        missed: (missed) => this.#missed(job, missed),
      });
    } catch (error) {
      throw invalid(id, reasonOf(error));
    }
    this.#jobs.set(id, job);
    if (entry.once !== 'cluster') return;
    job.cluster = this.#clusterCrons!({
      id,
      run: (run) => this.#work(job, run),
      catchUp: (at) => void this.#due(id, at),
      running: () => job.running > 0,
      lateMs: entry.lateMs,
    });
  }

  /**
   * Takes a cron away, also one of `crons.json5`, and also before the start: then it never begins. What it runs now goes on. False when
   * there is none of this id. What code of a server takes away while it is made ends when that code is in use, and is there again once it
   * is not; what any other code takes away stays away.
   */
  remove(id: string): boolean {
    const making = this.#makingNow();
    if (!making) return this.#takeOut(id) !== undefined || this.#takenAway.delete(id);
    if (takeOut(making.crons, id)) return true;
    const waits = [...this.#configured, ...this.#waiting].some((entry) => entry.id === id);
    const there = this.#jobs.has(id) || this.#takenAway.has(id) || waits;
    if (!there || making.removed.includes(id)) return false;
    making.removed.push(id);
    return true;
  }

  /** Gives what is taken out: the one that runs, or waits for the start. */
  #takeOut(id: string): CronEntry | undefined {
    const entry = this.#jobs.get(id)?.entry ?? takeOut(this.#configured, id) ?? takeOut(this.#waiting, id);
    this.#end(id);
    return entry;
  }

  #end(id: string): boolean {
    const job = this.#jobs.get(id);
    if (job) halt(job);
    return this.#jobs.delete(id);
  }

  /**
   * Runs a cron now, as its time would: not when it still works and may not overlap, not when it runs once in the cluster and
   * another server does, and an error is only logged. Gives whether it ran and did not fail.
   */
  run(id: string): Promise<boolean> {
    return this.#due(id, Date.now());
  }

  async #due(id: string, at: number): Promise<boolean> {
    const job = this.#jobs.get(id);
    if (!job) throw invalid(id, 'there is none with this id');
    if (job.running > 0 && !job.entry.overlap) {
      this.#counters.cronSkipped.add();
      this.#logger.warn(`cron ${id} is left out: its last run still works`);
      return false;
    }
    job.running++;
    try {
      return await (job.cluster ? job.cluster.due(at) : this.#work(job));
    } finally {
      job.running--;
      void job.cluster?.ranOut();
    }
  }

  async #work({ entry: { id, action } }: Job, run?: CronRun): Promise<boolean> {
    try {
      await (this.#methods.get(action) as (run?: CronRun) => unknown)(run);
      this.#counters.cronRuns.add();
      return true;
    } catch (error) {
      this.#counters.cronFailures.add();
      this.#logger.error(`cron ${id} (${action}) failed`, { error });
      return false;
    }
  }

  #missed(job: Job, { times, agoMs, madeUp }: Missed): void {
    const { id, lateMs } = job.entry;
    this.#counters[ranHere(job) ? 'cronMissed' : 'cronElsewhere'].add(times);
    if (!ranHere(job)) return;
    const outcome = madeUp
      ? 'the run that begins now stands for them'
      : 'that is too long ago to make up for';
    this.#logger.warn(
      `cron ${id} has missed times: this process was busy or paused, or its clock was set; ${outcome}`,
      { times, agoMs: Math.round(agoMs), lateMs },
    );
  }

  /** @internal what tells that calls come from code that is not in use yet */
  useMaking(makingNow: MakingNow): void {
    this.#makingNow = makingNow;
  }

  /** @internal takes the methods of the game's cron files, also newer ones later, and does to crons what the swap of code means for them. */
  useServices(services: readonly Service[], { ended, removed, returning }: CronsOfSwap = noSwap): void {
    const known = new Map<string, ServiceMethod>();
    for (const { name, methods } of services)
      for (const [method, call] of methods) known.set(`${name}.${method}`, call);
    // Of an id that ends, it is the cron that runs; without one it is that which was taken away.
    const lost = (id: string) => ended.has(id) && !this.#jobs.has(id);
    const back = [...returning].flatMap((id) => (lost(id) ? [] : (this.#takenAway.get(id) ?? [])));
    const going = [...this.#jobs.values()].flatMap(({ entry }) =>
      ended.has(entry.id) || removed.has(entry.id) ? [] : entry,
    );
    for (const { id, action } of [...going, ...back])
      if (!known.has(action)) throw invalid(id, noAction(action, known));
    for (const id of ended) if (!this.#end(id)) this.#takenAway.delete(id);
    for (const id of removed) this.#takeAway(id);
    this.#methods = known;
    for (const entry of back) this.#bringBack(entry);
  }

  #takeAway(id: string): void {
    const entry = this.#takeOut(id);
    if (entry) this.#takenAway.set(id, entry);
  }

  #bringBack(entry: CronEntry): void {
    this.#takenAway.delete(entry.id);
    if (!this.#stopped && !this.#jobs.has(entry.id)) this.#begin(entry);
  }

  /** @internal begins. `ticker` is undefined where there is nothing to run: `loadTicker` gives it when a reload brings something. */
  start(
    ticker: Pick<CronTicker, 'add'> | undefined,
    clusterCrons: ClusterCrons,
    loadTicker?: () => Promise<Pick<CronTicker, 'add'>>,
  ): void {
    this.#ticker = ticker;
    this.#clusterCrons = clusterCrons;
    this.#loadTicker = loadTicker;
    this.#begun = true;
    for (const entry of [...this.#configured.splice(0), ...this.#waiting.splice(0)]) this.#begin(entry);
    for (const fn of this.#onBegun.splice(0)) fn();
  }

  /** @internal runs `fn` once crons begin as they are added, at once when they do. */
  whenBegun(fn: () => void): void {
    if (this.#begun) fn();
    else this.#onBegun.push(fn);
  }

  /** @internal before a reload takes these into use: they may be the first. */
  async prepare(services: readonly Service[]): Promise<void> {
    if (services.length > 0) this.#ticker ??= await this.#loadTicker?.();
  }

  /** @internal starts nothing more. */
  stop(): void {
    this.#stopped = true;
    for (const job of this.#jobs.values()) halt(job);
  }
}

const noSwap: CronsOfSwap = { ended: new Set(), removed: new Set(), returning: new Set() };

/** Whether its runs are this server's, as far as it knows. */
function ranHere({ cluster }: Job): boolean {
  return !cluster || cluster.holdsLease;
}

function halt(job: Job): void {
  job.stop();
  void job.cluster?.stop();
}

function noAction(action: string, known: ReadonlyMap<string, unknown>): string {
  const names = [...known.keys()].sort().join(', ') || 'none';
  return `there is no ${action}; this server's crons are: ${names}`;
}
