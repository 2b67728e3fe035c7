import { type CronEntry, lateness, problemOfCron } from '@pomelo-ts/cluster';
import { type Counters, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import { shorten, shown } from '@pomelo-ts/common/internal';
import type { Service, ServiceMethod } from './dispatch/app-modules.js';
import type { ClusterCron, ClusterCronOptions, CronRun } from './schedule/cluster-cron.js';
import type { CronTicker } from './schedule/cron-ticker.js';
import type { Missed } from './schedule/due-times.js';
import type { MakingNow } from './server/making.js';

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
  readonly #waiting: CronEntry[] = [];
  #makingNow: MakingNow = () => undefined;
  readonly #server: { readonly id: string };
  readonly #counters: Counters;
  readonly #logger: Logger;
  #ticker: Pick<CronTicker, 'add'> | undefined;
  #clusterCrons: ClusterCrons | undefined;
  #loadTicker: (() => Promise<Pick<CronTicker, 'add'>>) | undefined;
  #begun = false;
  #stopped = false;

  /** @internal games use `app.crons` */
  constructor(options: {
    counters: Counters;
    logger: Logger;
    server: { readonly id: string };
  }) {
    this.#server = options.server;
    this.#counters = options.counters;
    this.#logger = options.logger;
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
          if (agoMs > onTimeMs && ranHere(job)) this.#counters.add('cron.late');
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
   * Takes a cron away; what it runs now goes on. False when there is none of this id. While a reload makes code, what that takes away ends
   * when it is in use.
   */
  remove(id: string): boolean {
    const making = this.#makingNow();
    if (!making) return takeOut(this.#waiting, id) || this.#end(id);
    if (takeOut(making.crons, id)) return true;
    const there = this.#jobs.has(id) || this.#waiting.some((entry) => entry.id === id);
    if (!there || making.removed.includes(id)) return false;
    making.removed.push(id);
    return true;
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
      this.#counters.add('cron.skipped');
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
      this.#counters.add('cron.runs');
      return true;
    } catch (error) {
      this.#counters.add('cron.failures');
      this.#logger.error(`cron ${id} (${action}) failed`, { error });
      return false;
    }
  }

  #missed(job: Job, { times, agoMs, madeUp }: Missed): void {
    const { id, lateMs } = job.entry;
    this.#counters.add(ranHere(job) ? 'cron.missed' : 'cron.elsewhere', times);
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

  /** @internal takes the methods of the game's cron files, also newer ones later; crons of `leaving` end. */
  useServices(services: readonly Service[], leaving: ReadonlySet<string> = new Set()): void {
    const known = new Map<string, ServiceMethod>();
    for (const { name, methods } of services)
      for (const [method, call] of methods) known.set(`${name}.${method}`, call);
    for (const [id, { entry }] of this.#jobs)
      if (!leaving.has(id) && !known.has(entry.action)) throw invalid(id, noAction(entry.action, known));
    for (const id of leaving) this.#end(id);
    this.#methods = known;
  }

  /** @internal begins. `ticker` is undefined where there is nothing to run: `loadTicker` gives it when a reload brings something. */
  start(
    entries: readonly CronEntry[],
    ticker: Pick<CronTicker, 'add'> | undefined,
    clusterCrons: ClusterCrons,
    loadTicker?: () => Promise<Pick<CronTicker, 'add'>>,
  ): void {
    this.#ticker = ticker;
    this.#clusterCrons = clusterCrons;
    this.#loadTicker = loadTicker;
    this.#begun = true;
    for (const entry of [...entries, ...this.#waiting.splice(0)]) this.#begin(entry);
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

const twice = 'a cron with this id is there already';

/** Crons that wait for their time to begin. */
function addOnce(entries: CronEntry[], entry: CronEntry): void {
  if (entries.some(({ id }) => id === entry.id)) throw invalid(entry.id, twice);
  entries.push(entry);
}

function takeOut(entries: CronEntry[], id: string): boolean {
  const at = entries.findIndex((entry) => entry.id === id);
  if (at >= 0) entries.splice(at, 1);
  return at >= 0;
}

function invalid(cron: unknown, reason: string): PomeloError {
  return new PomeloError('CRON_INVALID', { cron: shorten(shown(cron), 200), reason });
}
