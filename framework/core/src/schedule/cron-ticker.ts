import { nextCronTime, parseCronTime, Zone } from '@pomelo-ts/cluster/cron';
import type { Clock } from '@pomelo-ts/common';
import { afterSetBack, type Missed, timesUpTo } from './due-times.js';

/** When something runs, in which time zone, and how late it still may, in ms. */
export interface CronTime {
  readonly time: string;
  readonly timezone?: string | undefined;
  readonly lateMs: number;
}

/** Hears of one cron. */
export interface CronListener {
  /** It is due now, for a time in ms since 1970 that is so many ms ago. */
  due(at: number, agoMs: number): void;
  /** It was not told of these times when they came. */
  missed(missed: Missed): void;
}

interface Ticking {
  readonly lateMs: number;
  readonly listener: CronListener;
  nextAfter(time: number): number | undefined;
  next: number | undefined;
  /** All before has been looked at. */
  lookedAt: number;
  /** The newest time that it was told of. */
  told: number | undefined;
}

/** What {@link CronTicker} works with. */
export interface CronTickerOptions {
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  wallTime(): number;
}

/** How often the time of day is looked at while nothing is due, in ms: somebody may have set it, or the machine may have slept. */
const lookMs = 5000;

/** Tells crons when they are due: all of a server's, with one timer. */
export class CronTicker {
  readonly #options: CronTickerOptions;
  readonly #crons = new Set<Ticking>();
  readonly #zones = new Map<string | undefined, Zone>();
  #cancel: () => void = () => {};

  constructor(options: CronTickerOptions) {
    this.#options = options;
  }

  /**
   * Tells `listener` of each time from now on, until the returned function is called.
   *
   * @throws Error for a time or a zone that cannot be read, or a time that never comes
   */
  add({ time, timezone, lateMs }: CronTime, listener: CronListener): () => void {
    const pattern = parseCronTime(time);
    const zone = this.#zoneOf(timezone);
    const now = this.#options.wallTime();
    const nextAfter = (after: number): number | undefined => nextCronTime(pattern, zone, after);
    const next = nextAfter(now);
    const cron: Ticking = { lateMs, listener, nextAfter, next, lookedAt: now, told: undefined };
    this.#crons.add(cron);
    this.#arm();
    return () => {
      this.#crons.delete(cron);
      if (this.#crons.size === 0) this.#cancel();
    };
  }

  #zoneOf(name: string | undefined): Zone {
    const zone = this.#zones.get(name) ?? new Zone(name);
    this.#zones.set(name, zone);
    return zone;
  }

  #wake(): void {
    // Each by the time that it is then: what one of them runs may keep the others waiting.
    for (const cron of [...this.#crons]) if (this.#crons.has(cron)) look(cron, this.#options.wallTime());
    this.#arm();
  }

  /** One timer at a time, up to what is due first. A clock's `every` keeps no process alive. */
  #arm(): void {
    this.#cancel();
    if (this.#crons.size === 0) return;
    let wait = lookMs;
    const now = this.#options.wallTime();
    for (const { next } of this.#crons) if (next !== undefined) wait = Math.min(wait, next - now);
    const cancel = this.#options.clock.every(Math.max(1, Math.ceil(wait)), () => {
      cancel();
      this.#wake();
    });
    this.#cancel = cancel;
  }
}

/** Tells a cron what has come since it was looked at last. */
function look(cron: Ticking, now: number): void {
  const { listener, nextAfter, next, lateMs, told, lookedAt } = cron;
  if (now < lookedAt) {
    cron.told = afterSetBack(told, now, nextAfter);
    cron.next = nextAfter(Math.max(now, cron.told ?? now));
    cron.lookedAt = now;
    return;
  }
  if (next === undefined || now < next) return;
  const { newest, missed } = timesUpTo(now, next, lateMs, nextAfter);
  cron.lookedAt = now;
  cron.next = nextAfter(now);
  if (newest !== undefined) cron.told = newest;
  if (missed) listener.missed(missed);
  if (newest !== undefined) listener.due(newest, now - newest);
}
