import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, delay, isPomeloError, PomeloError } from '@pomelo-ts/common';
import { type Course, plainCourse } from '../long-operations/course.js';
import type { LongOperation } from '../long-operations/long-operation.js';
import type { OnProgress } from '../long-operations/progress.js';
import type { Supervisor } from '../supervisor.js';
import { LifeWatch } from './life-watch.js';
import { readCounters, readNothing, readReload } from './server-answers.js';

/** How servers take new code into use. */
export interface ReloadOptions {
  /** How long the first server of each type is watched before the others follow, in ms. @default 10000 */
  readonly watchMs?: number;
  /** Also when the new contract breaks the old one. @default false */
  readonly force?: boolean;
}

/** What one server has done. Files are paths on its host. */
export interface ReloadRow {
  readonly id: string;
  readonly swapped: readonly string[];
  readonly removed: readonly string[];
  /** Changed files that only a new process takes: then nothing was swapped. */
  readonly needRestart: readonly string[];
  readonly contract: 'unknown' | 'same' | 'compatible' | 'broken';
  /** That nothing was asked of its new code while it was watched: whether it works is not known. */
  readonly untried?: true;
}

/** Longest time that a server may take to load its new code, in ms: what it has not in use by then it gives up. */
const loadMs = 30_000;
/** How long its answer may take after that beside the hooks of its code, in ms: to find the place of a mistake it may make a process. */
const answerMs = 25_000;
/** Longest time that a server may take to tell its counters, in ms. */
const countersMs = 5000;
/** How often errors are counted while a server is watched, in ms. */
const lookMs = 500;
/** Counters of faults of the game's own code. */
const faults = ['request.failures', 'request.timeouts', 'rpc.failures', 'cron.failures'] as const;
/** Counters of what the game's own code was asked to do; the first is that of requests and calls. */
const asked = ['code.begun', 'cron.runs', 'cron.failures'] as const;

/** What a {@link Reload} works with. */
export interface ReloadParts {
  readonly hub: LinkHub;
  readonly supervisor: Supervisor;
  readonly clock: Clock;
  readonly onProgress: OnProgress;
  /** Tells how far it is, and whether it may go on. @default nobody asks */
  readonly course?: Course;
  /** How long the hooks of code that comes and goes may take in all, in ms. */
  readonly hooksMs: number;
}

interface Watched {
  readonly id: string;
  readonly type: string;
}

/**
 * Has servers take their new code into use, type by type. The first server of a type that has something to swap is the
 * canary: it alone runs the new code for a while, and goes back when its errors rise; then nobody else gets it.
 */
export class Reload {
  readonly #parts: ReloadParts;
  readonly #options: ReloadOptions;
  readonly #course: Course;
  readonly #rows: ReloadRow[] = [];

  constructor(parts: ReloadParts, options: ReloadOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#course = parts.course ?? plainCourse();
  }

  /** @throws SERVER_COMMAND_FAILED when new code does not load or breaks the contract; RELOAD_TAKEN_BACK, RELOAD_FAILED; OPERATION_ENDED when its course is ended */
  async run(servers: readonly Watched[]): Promise<readonly ReloadRow[]> {
    const { supervisor, clock } = this.#parts;
    for (const type of new Set(servers.map((server) => server.type))) {
      let canary = true;
      for (const { id } of servers.filter((server) => server.type === type)) {
        await this.#course.mayGoOn();
        await this.#course.begin([id]);
        const life = new LifeWatch(supervisor.record(id), clock);
        const swapped = canary ? await this.#tryOn(life) : await this.#swap(life);
        if (swapped) canary = false;
      }
    }
    return this.#rows;
  }

  /** Swaps, and watches what comes of it; false when there was nothing to swap. */
  async #tryOn(life: LifeWatch): Promise<boolean> {
    const { clock, onProgress } = this.#parts;
    const { watchMs = 10_000 } = this.#options;
    const { id } = life;
    const first = await this.#countersOf(life, 'before it took the new code');
    const usual = this.#usualFaults(id, watchMs, sumOf(first, faults));
    if (!(await this.#swap(life))) return false;
    if (watchMs <= 0) return true;
    onProgress({ kind: 'server', id, state: 'watched', ms: Math.round(watchMs) });
    const begun = clock.now();
    const when = () => `${((clock.now() - begun) / 1000).toFixed(1)} s after it took the new code`;
    const before = await this.#countersOf(life, when);
    let now = before;
    for (let left = watchMs; left > 0; left -= lookMs) {
      await delay(Math.min(left, lookMs), clock);
      this.#course.requireWanted();
      now = await this.#countersOf(life, when);
      const rise = sumOf(now, faults) - sumOf(before, faults);
      const what = () => risesOf(before, now, faults);
      if (rise > usual) await this.#takeBack(life, { count: rise, what: what(), usual });
    }
    const counts = now[asked[0]] !== undefined; // a server with an older framework does not
    if (counts && sumOf(now, asked) === sumOf(before, asked)) this.#tellUntried(id, watchMs);
    return true;
  }

  /** A watch over code that nobody uses sees nothing, and is no trial. */
  #tellUntried(id: string, watchMs: number): void {
    const at = this.#rows.findIndex((row) => row.id === id);
    this.#rows[at] = { ...this.#rows[at]!, untried: true };
    const text = `nothing was asked of ${id} in these ${watchMs / 1000} s: its new code has not been tried`;
    this.#parts.onProgress({ kind: 'warning', text });
  }

  async #swap(life: LifeWatch): Promise<boolean> {
    const { hub, clock, onProgress } = this.#parts;
    const { force = false } = this.#options;
    const { id } = life;
    const begun = clock.now();
    const result = await this.#heard(life, 'while it loaded the new code', () =>
      hub.ask(id, 'reload', { force, withinMs: loadMs }, swapMsOf(this.#parts), readReload),
    );
    this.#rows.push({ id, ...result });
    const done = result.swapped.length + result.removed.length > 0;
    await this.#course.done([id], done ? 'swapped' : 'unchanged');
    const state = result.needRestart.length > 0 ? 'needs restart' : done ? 'swapped' : 'unchanged';
    onProgress({ kind: 'server', id, state, ms: Math.round(clock.now() - begun) });
    return done;
  }

  async #takeBack(life: LifeWatch, why: { count: number; what: string; usual: number }): Promise<never> {
    const { hub, onProgress } = this.#parts;
    const { id } = life;
    await this.#heard(life, 'while it went back to its former code', () =>
      hub.ask(id, 'restore', { withinMs: loadMs }, swapMsOf(this.#parts), readNothing),
    );
    await this.#course.tookBack([id]);
    onProgress({ kind: 'server', id, state: 'taken back', ms: 0 });
    throw new PomeloError('RELOAD_TAKEN_BACK', { serverId: id, ...why });
  }

  /** What may come in the time of the watch: twice what this server has had on average since it began. */
  #usualFaults(id: string, watchMs: number, sinceBegin: number): number {
    const seconds = Math.max(1, this.#parts.hub.statsOf(id)?.uptime ?? 1);
    return Math.ceil((2 * sinceBegin * watchMs) / 1000 / seconds);
  }

  #countersOf(life: LifeWatch, when: string | (() => string)): Promise<Counts> {
    return this.#heard(life, when, () =>
      this.#parts.hub.ask(life.id, 'counters', {}, countersMs, readCounters),
    );
  }

  /** Asks, and tells what became of a server that cannot answer any more: its next life may, which is another. */
  async #heard<T>(life: LifeWatch, when: string | (() => string), ask: () => Promise<T>): Promise<T> {
    try {
      const answer = await ask();
      if (!life.ended) return answer;
    } catch (error) {
      if (!isPomeloError(error, 'SERVER_SILENT')) throw error;
    }
    const at = typeof when === 'string' ? when : when();
    await life.settle();
    const facts = { serverId: life.id, what: await life.tell(), when: at, next: this.#next(life) };
    throw new PomeloError('RELOAD_FAILED', facts);
  }

  /** What an operator can do: the new code is on the disk, so each new process has it. */
  #next({ id, ended, record }: LifeWatch): string {
    const others = this.#rows.filter((row) => row.id !== id && row.swapped.length + row.removed.length > 0);
    const got = others.length > 0 ? ` but ${others.map((row) => row.id).join(', ')}` : '';
    const again = record.wanted
      ? 'It is started again,'
      : 'It is not started again by itself; its next life begins';
    const head = ended
      ? `${again} with the new code, as that is on the disk.`
      : `Should it come to itself, it goes on with the code that it has by now; pomelo-ts kill ${id} ends it, and its next life has the new code, as that is on the disk.`;
    return `${head} No other server got it${got}. Mend it or put the former build back, and then:\n  pomelo-ts restart ${id}`;
  }
}

/**
 * Has those servers go back to their former code that `operation` has changed, the last first. One that has begun a new life since is left:
 * its former code is none that it could go back to.
 */
export async function takeBackReload(operation: LongOperation, parts: ReloadParts): Promise<void> {
  const { hub, supervisor, onProgress } = parts;
  const swapped = operation.kept.steps.filter(({ state, came }) => state === 'done' && came === 'swapped');
  for (const { name, life } of [...swapped].reverse()) {
    if (supervisor.record(name).bootId !== life) continue;
    await hub.ask(name, 'restore', { withinMs: loadMs }, swapMsOf(parts), readNothing);
    await operation.tookBack([name]);
    onProgress({ kind: 'server', id: name, state: 'taken back', ms: 0 });
  }
}

/** A server that has not answered by then hangs: it has the new code in use by then, or never. */
const swapMsOf = ({ hooksMs }: ReloadParts): number => loadMs + hooksMs + answerMs;

type Counts = Readonly<Record<string, number>>;

const sumOf = (counters: Counts, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (counters[name] ?? 0), 0);

/** `request.failures 2, cron.failures 1`: which have risen, and by how much. */
const risesOf = (before: Counts, now: Counts, names: readonly string[]): string =>
  names
    .map((name) => [name, (now[name] ?? 0) - (before[name] ?? 0)] as const)
    .filter(([, rise]) => rise > 0)
    .map(([name, rise]) => `${name} ${rise}`)
    .join(', ');
