import type { ServerEntry } from '@pomelo-ts/cluster';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import type { Clock } from '@pomelo-ts/common';
import type { Course } from '../long-operations/course.js';
import type { LongOperation } from '../long-operations/long-operation.js';
import type { OnProgress } from '../long-operations/progress.js';
import type { Adoption } from '../supervisor/adoption.js';
import type { Supervisor } from '../supervisor.js';
import { tryCode } from './code-trials.js';
import type { HostReadiness } from './host-readiness.js';
import { Reload, type ReloadOptions, type ReloadRow, takeBackReload } from './reload.js';
import type { RestartOptions } from './restart-how.js';
import { RollingRestart, type RollingRestartParts } from './rolling-restart.js';
import { startableIds } from './startable-ids.js';

/** What {@link ServerOperations} work with. */
export interface ServerOperationsParts {
  readonly hub: LinkHub;
  readonly supervisor: Supervisor;
  readonly readiness: HostReadiness;
  readonly adoption: Adoption;
  readonly clock: Clock;
  /** How long the hooks of code that comes and goes may take in all, in ms. */
  hooksMs(): number;
  /** The servers of the topology. */
  entries(): readonly ServerEntry[];
}

/** Starts, stops, restarts and reloads servers by their ids. Whoever calls these sees to it that nobody else does so with the same ones. */
export class ServerOperations {
  readonly #parts: ServerOperationsParts;

  constructor(parts: ServerOperationsParts) {
    this.#parts = parts;
  }

  /**
   * Starts those of `ids` that do not run; `named` are those that somebody has asked for by their ids. Where a part of the game runs, another
   * host whose servers do not come costs them alone: who has named one is told of it by an error, all others by a warning.
   *
   * @throws HOSTS_UNUSABLE or the error of the one host, CPU_UNUSABLE, ARGS_UNUSABLE, SERVER_START_FAILED, SERVER_START_TIMEOUT; SERVER_EXTERNAL
   */
  async start(
    ids: readonly string[],
    named: readonly string[],
    onProgress: OnProgress,
  ): Promise<readonly string[]> {
    const { hub, supervisor, readiness, adoption } = this.#parts;
    const records = ids.map((id) => supervisor.record(id));
    const startable = startableIds(records, named);
    const unusable = await readiness.unusable(startable, adoption.takeUnasked(startable));
    adoption.refuseStrays(startable, onProgress);
    const reachable = readiness.postpone(startable, unusable, onProgress);
    const able = await readiness.warn(reachable, named, onProgress);
    const ofHost = (id: string) => !named.includes(id) && readiness.isElsewhere(id);
    const started = await supervisor.start(able, onProgress, ofHost);
    hub.allStarted();
    return started;
  }

  /** Stops servers; gives the ids of those that had to be killed. */
  stop(ids: readonly string[], onProgress: OnProgress): Promise<readonly string[]> {
    return this.#parts.supervisor.stop(ids, onProgress);
  }

  /**
   * Restarts servers as {@link RollingRestart} says. Before anything is stopped, servers try the code that their next
   * processes load, unless `trial` is false. One that has begun a new life since the restart was planned is done.
   *
   * @throws as {@link start} for hosts; RESTART_REFUSED, RESTART_FAILED; OPERATION_ENDED
   */
  async restart(
    ids: readonly string[],
    { trial = true, ...how }: RestartOptions,
    course: Course,
    onProgress: OnProgress,
  ): Promise<readonly string[]> {
    const { hub, supervisor, readiness } = this.#parts;
    await course.mayGoOn();
    const left = await this.#plan(ids, course);
    await readiness.require(left.filter((id) => !supervisor.record(id).outside)); // before anything is stopped
    const records = left.map((id) => supervisor.record(id));
    const tried = records.map((record) => ({ record, args: record.entry.args }));
    if (trial) await tryCode(tried, hub, onProgress);
    await new RollingRestart(this.#with(course, onProgress), how).run(left);
    return ids;
  }

  /**
   * Has those of these servers that run take their new code into use; see {@link Reload}. One that has begun a new life since the
   * reload was planned has it already.
   *
   * @throws SERVER_COMMAND_FAILED, RELOAD_TAKEN_BACK, RELOAD_FAILED; OPERATION_ENDED
   */
  async reload(
    ids: readonly string[],
    options: ReloadOptions,
    course: Course,
    onProgress: OnProgress,
  ): Promise<readonly ReloadRow[]> {
    const { supervisor, entries } = this.#parts;
    await course.mayGoOn();
    const left = new Set(await this.#plan(ids, course));
    const running = entries().filter(({ id }) => left.has(id) && supervisor.record(id).state === 'ready');
    const down = [...left].filter((id) => !running.some((entry) => entry.id === id));
    await course.done(down); // their next process has the new code
    return new Reload({ ...this.#with(course, onProgress), hooksMs: this.#parts.hooksMs() }, options).run(
      running,
    );
  }

  /** Has those servers go back to their former code that a reload has changed. @throws SERVER_COMMAND_FAILED, SERVER_SILENT */
  takeBack(operation: LongOperation, onProgress: OnProgress): Promise<void> {
    return takeBackReload(operation, {
      ...this.#with(operation, onProgress),
      hooksMs: this.#parts.hooksMs(),
    });
  }

  /** Ends the processes of servers at once; gives the ids of those that had one. */
  kill(ids: readonly string[], onProgress: OnProgress): Promise<readonly string[]> {
    return this.#parts.supervisor.kill(ids, onProgress);
  }

  /** Plans a step for each server, or takes up a former plan; gives those that are left of it. */
  async #plan(ids: readonly string[], course: Course): Promise<readonly string[]> {
    const { supervisor } = this.#parts;
    const steps = ids.map((name) => {
      const { bootId } = supervisor.record(name);
      return { name, ...(bootId !== undefined && { life: bootId }) };
    });
    await course.plan(steps);
    const known = new Set(this.#parts.entries().map(({ id }) => id));
    const removed = course.left.filter(({ name }) => !known.has(name));
    await course.done(
      removed.map(({ name }) => name),
      'removed',
    );
    const renewed = course.left.filter(({ name, life }) => {
      const { bootId, state } = supervisor.record(name);
      return state === 'ready' && bootId !== life;
    });
    await course.done(renewed.map(({ name }) => name));
    return course.left.map(({ name }) => name);
  }

  #with(course: Course, onProgress: OnProgress): RollingRestartParts {
    const { hub, supervisor, clock } = this.#parts;
    return { hub, supervisor, clock, onProgress, course };
  }
}
