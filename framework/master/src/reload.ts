import type { LinkHub } from '@pomelo-ts/cluster';
import { type Clock, delay, PomeloError } from '@pomelo-ts/common';
import { readCounters, readNothing, readReload } from './server-answers.js';
import type { OnProgress } from './supervisor/progress.js';

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

/** Longest time that a server may take to load its new code, in ms. */
const loadMs = 30_000;
/** How often errors are counted while a server is watched, in ms. */
const lookMs = 500;
/** Counters of faults of the game's own code. */
const faults = ['request.failures', 'request.timeouts', 'rpc.failures', 'cron.failures'] as const;
/** Counters of what the game's own code was asked to do; the first is that of requests and calls. */
const asked = ['code.begun', 'cron.runs', 'cron.failures'] as const;

interface Watched {
  readonly id: string;
  readonly type: string;
}

/**
 * Has servers take their new code into use, type by type. The first server of a type that has something to swap is the
 * canary: it alone runs the new code for a while, and goes back when its errors rise; then nobody else gets it.
 */
export class Reload {
  readonly #hub: LinkHub;
  readonly #clock: Clock;
  readonly #options: ReloadOptions;
  readonly #onProgress: OnProgress;
  readonly #rows: ReloadRow[] = [];

  constructor(hub: LinkHub, clock: Clock, options: ReloadOptions, onProgress: OnProgress) {
    this.#hub = hub;
    this.#clock = clock;
    this.#options = options;
    this.#onProgress = onProgress;
  }

  /** @throws SERVER_COMMAND_FAILED when new code does not load or breaks the contract; RELOAD_TAKEN_BACK */
  async run(servers: readonly Watched[]): Promise<readonly ReloadRow[]> {
    for (const type of new Set(servers.map((server) => server.type))) {
      let canary = true;
      for (const { id } of servers.filter((server) => server.type === type)) {
        const swapped = canary ? await this.#tryOn(id) : await this.#swap(id);
        if (swapped) canary = false;
      }
    }
    return this.#rows;
  }

  /** Swaps, and watches what comes of it; false when there was nothing to swap. */
  async #tryOn(id: string): Promise<boolean> {
    const { watchMs = 10_000 } = this.#options;
    const usual = this.#usualFaults(id, watchMs, sumOf(await this.#countersOf(id), faults));
    if (!(await this.#swap(id))) return false;
    if (watchMs <= 0) return true;
    this.#onProgress({ kind: 'server', id, state: 'watched', ms: watchMs });
    const before = await this.#countersOf(id);
    let now = before;
    for (let left = watchMs; left > 0; left -= lookMs) {
      await delay(Math.min(left, lookMs), this.#clock);
      now = await this.#countersOf(id);
      const rise = sumOf(now, faults) - sumOf(before, faults);
      if (rise > usual) await this.#takeBack(id, rise, usual);
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
    this.#onProgress({ kind: 'warning', text });
  }

  async #swap(id: string): Promise<boolean> {
    const { force = false } = this.#options;
    const begun = this.#clock.now();
    const result = await this.#hub.ask(id, 'reload', { force }, loadMs, readReload);
    this.#rows.push({ id, ...result });
    const done = result.swapped.length + result.removed.length > 0;
    const state = result.needRestart.length > 0 ? 'needs restart' : done ? 'swapped' : 'unchanged';
    this.#onProgress({ kind: 'server', id, state, ms: this.#clock.now() - begun });
    return done;
  }

  async #takeBack(id: string, rise: number, usual: number): Promise<never> {
    await this.#hub.ask(id, 'restore', {}, loadMs, readNothing);
    this.#onProgress({ kind: 'server', id, state: 'taken back', ms: 0 });
    throw new PomeloError('RELOAD_TAKEN_BACK', { serverId: id, count: rise, usual });
  }

  /** What may come in the time of the watch: twice what this server has had on average since it began. */
  #usualFaults(id: string, watchMs: number, sinceBegin: number): number {
    const seconds = Math.max(1, this.#hub.statsOf(id)?.uptime ?? 1);
    return Math.ceil((2 * sinceBegin * watchMs) / 1000 / seconds);
  }

  #countersOf(id: string): Promise<Counts> {
    return this.#hub.ask(id, 'counters', {}, loadMs, readCounters);
  }
}

type Counts = Readonly<Record<string, number>>;

const sumOf = (counters: Counts, names: readonly string[]): number =>
  names.reduce((sum, name) => sum + (counters[name] ?? 0), 0);
