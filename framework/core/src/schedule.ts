import { type CronEntry, lateness } from '@pomelo-ts/cluster';
import { type Counters, type Logger, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { Service, ServiceMethod } from './dispatch/app-modules.js';
import type { ClusterCron, ClusterCronOptions, CronRun } from './schedule/cluster-cron.js';
import type { CronTicker } from './schedule/cron-ticker.js';
import type { Missed } from './schedule/due-times.js';

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
  /** What is added while code is being made that is not in use yet. */
  #held: CronEntry[] | undefined;
  readonly #counters: Counters;
  readonly #logger: Logger;
  #ticker: Pick<CronTicker, 'add'> | undefined;
  #clusterCrons: ClusterCrons | undefined;
  #stopped = false;

  /** @internal games use `app.crons` */
  constructor(options: { counters: Counters; logger: Logger }) {
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
   * @throws CRON_INVALID for an id that is there already, a time that cannot be read, or an action that there is not
   * @example app.crons.add({ id: 'sweep', time: '0 0 4 * * *', action: 'chatCron.sweep' });
   */
  add(cron: Pick<CronEntry, 'id' | 'time' | 'action'> & Partial<CronEntry>): void {
    const entry: CronEntry = { overlap: false, lateMs: lateness.defaultMs, ...cron };
    if (this.#held) {
      this.#held.push(entry);
      return;
    }
    if (this.#stopped) return;
    if (!this.#ticker) {
      this.#waiting.push(entry);
      return;
    }
    const { id, action } = entry;
    if (this.#jobs.has(id)) throw invalid(id, 'a cron with this id is there already');
    if (!this.#methods.has(action)) throw invalid(id, noAction(action, this.#methods));
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

  /** Takes a cron away; what it runs now goes on. False when there is none of this id. */
  remove(id: string): boolean {
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

  /** @internal what is added from now on waits until the returned function is called, which gives it. */
  hold(): () => CronEntry[] {
    const held: CronEntry[] = [];
    this.#held = held;
    return () => {
      this.#held = undefined;
      return held;
    };
  }

  /** @internal takes the methods of the game's cron files, also newer ones later; crons of `leaving` end. */
  useServices(services: readonly Service[], leaving: ReadonlySet<string> = new Set()): void {
    const known = new Map<string, ServiceMethod>();
    for (const { name, methods } of services)
      for (const [method, call] of methods) known.set(`${name}.${method}`, call);
    for (const [id, { entry }] of this.#jobs)
      if (!leaving.has(id) && !known.has(entry.action)) throw invalid(id, noAction(entry.action, known));
    for (const id of leaving) this.remove(id);
    this.#methods = known;
  }

  /** @internal begins. */
  start(entries: readonly CronEntry[], ticker: Pick<CronTicker, 'add'>, clusterCrons: ClusterCrons): void {
    this.#ticker = ticker;
    this.#clusterCrons = clusterCrons;
    for (const entry of [...entries, ...this.#waiting.splice(0)]) this.add(entry);
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

function invalid(cron: string, reason: string): PomeloError {
  return new PomeloError('CRON_INVALID', { cron, reason });
}
