import { tiersOf } from '@pomelo-ts/cluster/internal';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, delay, isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import { type Course, plainCourse } from '../long-operations/course.js';
import type { OnProgress } from '../long-operations/progress.js';
import { showEnd } from '../supervisor/server-end.js';
import type { ServerRecord } from '../supervisor/server-record.js';
import type { Supervisor } from '../supervisor.js';
import { LifeWatch } from './life-watch.js';
import { type RestartHow, usualWatchMs, windowsOf } from './restart-how.js';
import { readNothing } from './server-answers.js';

/** What a {@link RollingRestart} works with. */
export interface RollingRestartParts {
  readonly supervisor: Supervisor;
  readonly hub: LinkHub;
  readonly clock: Clock;
  readonly onProgress: OnProgress;
  /** Tells how far it is, and whether it may go on. @default nobody asks */
  readonly course?: Course;
}

/** How often watched servers are looked at, and how long they may take to answer at the end of the watch, in ms. */
const lookMs = 250;
const answerMs = 3000;

/**
 * Restarts servers so that a mistake costs as little as it can: backends, then connectors, then gates, and in each tier first one
 * server of each type. Only when those are ready, and have been for a while, the others follow, some of each type at a time. At the first
 * that does not start, or does not stay, it ends, and keeps all that it has not touched yet.
 */
export class RollingRestart {
  readonly #parts: RollingRestartParts;
  readonly #supervisor: Supervisor;
  readonly #how: RestartHow;
  readonly #course: Course;
  /** Those that are not restarted yet. */
  readonly #left = new Set<string>();
  #ids: readonly string[] = [];
  /** The lives that this has begun. */
  readonly #begun: LifeWatch[] = [];

  constructor(parts: RollingRestartParts, how: RestartHow = {}) {
    this.#parts = parts;
    this.#supervisor = parts.supervisor;
    this.#how = how;
    this.#course = parts.course ?? plainCourse();
  }

  /** @throws RESTART_FAILED; OPERATION_ENDED when its course is ended */
  async run(ids: readonly string[]): Promise<void> {
    this.#ids = ids;
    const records = ids.map((id) => this.#supervisor.record(id));
    for (const id of ids) this.#left.add(id);
    for (const tier of tiersOf(records.map(({ entry }) => entry))) {
      const first = firstOfEachType(tier.ids.map((id) => this.#supervisor.record(id)));
      await this.#restart(first);
      await this.#watch(first);
      for (const some of this.#windows(tier.ids.filter((id) => this.#left.has(id)))) {
        await this.#restart(some);
        await this.#requireAllStand();
      }
    }
  }

  #windows(ids: readonly string[]): readonly (readonly string[])[] {
    const typeOf = (id: string) => this.#supervisor.record(id).entry.type;
    const types = [...new Set(ids.map(typeOf))];
    const byType = new Map(types.map((type) => [type, ids.filter((id) => typeOf(id) === type)]));
    const { atOnce } = this.#how;
    return windowsOf(byType, (type) => {
      if (atOnce === 'all') return ids.length;
      if (atOnce !== undefined) return atOnce;
      const all = this.#supervisor.records.filter(({ entry }) => entry.type === type);
      return Math.max(1, Math.floor(all.length / 4));
    });
  }

  async #restart(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#course.mayGoOn();
    await this.#course.begin(ids);
    const { clock, onProgress } = this.#parts;
    await this.#supervisor.stop(ids, onProgress);
    const ours = ids.filter((id) => !this.#supervisor.record(id).outside);
    const failed = new Map(await this.#supervisor.startEach(ours, onProgress));
    for (const id of ours.filter((one) => !failed.has(one))) {
      const record = this.#supervisor.record(id);
      const { state, end } = record;
      if (state === 'ready') this.#begun.push(new LifeWatch(record, clock));
      else failed.set(id, new Error(end ? showEnd(end) : `it is ${state}`)); // ready once, but not for long
    }
    const restarted = ids.filter((id) => !failed.has(id));
    for (const id of restarted) this.#left.delete(id);
    await this.#course.done(restarted);
    const [first] = failed;
    if (!first) return;
    const [serverId, error] = first;
    const told = { serverId, what: 'does not run any more', reason: ownReason(serverId, error) };
    throw this.#failure(told, [...failed.keys()], { cause: error });
  }

  /** What new code does a moment after its start shall cost one server of each type alone. */
  async #watch(ids: readonly string[]): Promise<void> {
    const { clock, hub, onProgress } = this.#parts;
    const { watchMs = usualWatchMs } = this.#how;
    if (watchMs <= 0 || ids.length === 0) return this.#requireAllStand();
    for (const id of ids) onProgress({ kind: 'server', id, state: 'watched', ms: Math.round(watchMs) });
    for (let left = watchMs; left > 0; left -= lookMs) {
      await delay(Math.min(left, lookMs), clock);
      await this.#requireAllStand();
      this.#course.requireWanted();
    }
    const silent = async (id: string) => {
      try {
        await hub.ask(id, 'counters', {}, answerMs, readNothing);
      } catch (error) {
        if (isPomeloError(error, 'SERVER_SILENT')) return id; // any other answer is a sign of life
      }
      return undefined;
    };
    const hanging = (await Promise.all(ids.map(silent))).filter((id) => id !== undefined);
    await this.#requireAllStand(hanging);
  }

  async #requireAllStand(hanging: readonly string[] = []): Promise<void> {
    for (const life of this.#begun) {
      const hangs = hanging.includes(life.id);
      if (life.stands && !hangs) continue;
      if (!hangs) await life.settle();
      if (!life.stands || hangs) throw await this.#fell(life);
    }
  }

  /** One that fell while others of its type still run as before is stopped, as they serve in its place; else it is left to its supervision. */
  async #fell(life: LifeWatch): Promise<PomeloError> {
    const { id, record } = life;
    const afterMs = this.#parts.clock.now() - life.since;
    const { type } = record.entry;
    const others = this.#supervisor.records.filter((one) => one.entry.type === type && one !== record);
    if (others.some((one) => one.state === 'ready' && this.#left.has(one.id))) {
      const told = life.ended ? undefined : await life.tell();
      await this.#supervisor.stop([id], this.#parts.onProgress);
      return this.#didNotStay(life, afterMs, told ?? (await life.tell()));
    }
    return this.#didNotStay(life, afterMs, await life.tell());
  }

  #didNotStay({ id, record }: LifeWatch, afterMs: number, what: string): PomeloError {
    this.#left.add(id);
    const reason = `it ${what}, ${(afterMs / 1000).toFixed(1)} s after it was ready`;
    const down = record.wanted ? [] : [id];
    return this.#failure({ serverId: id, what: 'did not stay', reason }, down, {});
  }

  #failure(
    told: { readonly serverId: string; readonly what: string; readonly reason: string },
    down: readonly string[],
    options: { readonly cause?: unknown },
  ): PomeloError {
    const { serverId } = told;
    const again = !down.includes(serverId);
    const rest = this.#ids.filter((id) => this.#left.has(id));
    const kept = rest.filter((id) => !down.includes(id) && id !== serverId);
    const running = kept.filter((id) => this.#supervisor.record(id).process);
    const left = [
      ...(down.length > 0 ? [`Down: ${down.join(', ')}`] : []),
      ...(again ? [`Left as it is, to be started again with the new code: ${serverId}`] : []),
      ...(running.length > 0 ? [`Not touched, still as before: ${running.join(', ')}`] : []),
    ];
    const facts = { ...told, left: `${left.join('\n')}\n`, rest: rest.join(' ') };
    return new PomeloError('RESTART_FAILED', facts, options);
  }
}

/** The server of each type that goes first: one that does not run, where there is one, as nobody would miss it. */
function firstOfEachType(records: readonly ServerRecord[]): readonly string[] {
  const types = new Set(records.map(({ entry }) => entry.type));
  return [...types].flatMap((type) => {
    const own = records.filter(({ entry, outside }) => entry.type === type && !outside);
    const first = own.find(({ process }) => !process) ?? own[0];
    return first ? [first.id] : [];
  });
}

/** The reason without the id of the server, which stands before it already. */
function ownReason(id: string, error: unknown): string {
  const reason = reasonOf(error);
  return reason.startsWith(`${id} `) ? reason.slice(id.length + 1) : reason;
}
