import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { type Clock, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { OnProgress } from '../long-operations/progress.js';
import { showEnd } from '../supervisor/server-end.js';
import type { Supervisor } from '../supervisor.js';
import { diffConfigs, isEmpty, type TopologyDiff } from '../topology/topology-diff.js';
import type { Topology } from '../topology.js';
import { tryCode } from './code-trials.js';
import type { RestartHow } from './restart-how.js';
import { RollingRestart } from './rolling-restart.js';
import { readNothing } from './server-answers.js';

/** What {@link TopologyOperations} works with. */
export interface TopologyParts {
  readonly topology: Topology;
  readonly supervisor: Supervisor;
  readonly hub: LinkHub;
  readonly clock: Clock;
  /** Is told of each change of the configuration that was made. */
  noteChange(change: AppliedChange): void;
  /** @throws when these servers cannot be started from here */
  requireStartable(servers: readonly ServerEntry[]): Promise<void>;
  /** Finds out which machines these servers are on, whoever starts them. */
  locate(servers: readonly ServerEntry[]): Promise<void>;
}

/** What a reload of the configuration has done. */
export interface ConfigReloadResult {
  readonly diff: TopologyDiff;
  readonly started: readonly string[];
  readonly stopped: readonly string[];
  readonly restarted: readonly string[];
  /** Servers that run with what they were started with, until they are restarted. */
  readonly needRestart: readonly string[];
  /** Servers that should run by now and do not. */
  readonly down: readonly { readonly id: string; readonly reason: string }[];
  /** Why it has stopped before its end. */
  readonly failure?: string;
}

/** What was changed in the configuration: servers that came and went, and what else is different. */
export type AppliedChange = Partial<Pick<TopologyDiff, 'added' | 'removed' | 'changes'>>;

/** How a reload of the configuration is done. */
export interface ApplyOptions extends RestartHow {
  /** Only when it is this difference that would be applied. */
  readonly digest?: string;
  /** Restart the servers that need it. @default false */
  readonly restart?: boolean;
  /** Have the code tried before those are stopped. @default true */
  readonly trial?: boolean;
}

/** How long a server that got other settings may take to say that it lives, in ms. */
const aliveMs = 2000;

const nothing = () => {};

/**
 * Changes the servers that there are, while the others run on. Gates and routes follow by the registry. Whoever calls these sees to it
 * that nobody else does so meanwhile.
 */
export class TopologyOperations {
  readonly #parts: TopologyParts;

  constructor(parts: TopologyParts) {
    this.#parts = parts;
  }

  /** Checks what was added in the life of a former master: the files may say otherwise now. @throws CONFIG_INVALID */
  async check(): Promise<void> {
    const { topology } = this.#parts;
    const added = new Set(topology.changes.added);
    if (added.size === 0) return;
    const { checkAdditions } = await import('@pomelo-ts/cluster/config');
    const others = topology.servers.filter((server) => !added.has(server));
    checkAdditions({ ...topology.config, servers: others }, [...added], topology.changesFile);
  }

  /**
   * Adds servers, `{ "<type>": [ { server }, … ] }` by the rules of servers.json, and starts them; gives their ids. Later
   * masters know of them, too. When they do not start, they are not added. `onKnown` hears their ids before anybody else can.
   *
   * @throws CONFIG_INVALID; SERVER_START_FAILED, SERVER_START_TIMEOUT, HOST_ELSEWHERE; CPU_UNUSABLE, ARGS_UNUSABLE
   */
  async add(
    value: unknown,
    onKnown: (ids: readonly string[]) => void,
    onProgress: OnProgress,
  ): Promise<readonly string[]> {
    const servers = await this.#read(value);
    const ids = servers.map(({ id }) => id);
    const { topology, supervisor } = this.#parts;
    await this.#parts.locate(servers);
    await this.#parts.requireStartable(servers.filter(isStartable));
    onKnown(ids);
    topology.add(servers);
    supervisor.add(servers);
    try {
      await supervisor.start(startable(servers), onProgress);
    } catch (error) {
      this.#forget(ids);
      throw error;
    }
    this.#parts.noteChange({ added: ids });
    return ids;
  }

  /** Brings servers back that were removed though the files have them, and starts them. @throws SERVER_NOT_IN_TOPOLOGY */
  async restore(ids: readonly string[], onProgress: OnProgress): Promise<readonly string[]> {
    const { topology, supervisor } = this.#parts;
    const servers = topology.removedEntries(ids);
    await this.#parts.requireStartable(servers.filter(isStartable));
    topology.restore(ids);
    supervisor.add(servers);
    supervisor.renew(topology.servers);
    this.#parts.noteChange({ added: ids });
    await supervisor.start(startable(servers), onProgress);
    return ids;
  }

  /**
   * Stops servers and takes them out, for later masters too. Gives the ids of those that had to be killed.
   *
   * @throws SERVER_NOT_IN_TOPOLOGY
   */
  async remove(ids: readonly string[], onProgress: OnProgress): Promise<readonly string[]> {
    const { topology, supervisor } = this.#parts;
    const known = topology.select({ ids });
    const killed = await supervisor.stop(known, onProgress);
    this.#forget(known);
    this.#parts.noteChange({ removed: known });
    return killed;
  }

  /**
   * Reads the files again and tells what is different in them.
   *
   * @throws CONFIG_INVALID
   */
  async plan(): Promise<TopologyDiff> {
    return (await this.#planned()).diff;
  }

  /**
   * Applies what the files say now: starts what is new, stops what is gone, changes what can change while it runs. All
   * others run on; with `restart` those are restarted that need it.
   *
   * @throws CONFIG_INVALID; CONFIG_CHANGED when it is not the difference that `digest` names; RESTART_REFUSED
   */
  async apply(
    { digest, restart = false, trial = true, ...how }: ApplyOptions,
    onProgress: OnProgress,
  ): Promise<ConfigReloadResult> {
    const { topology, supervisor, hub } = this.#parts;
    const { diff, config, after } = await this.#planned();
    if (digest !== undefined && digest !== diff.digest) throw new PomeloError('CONFIG_CHANGED', {});
    const added = after.servers.filter(({ id }) => diff.added.includes(id));
    const moved = new Set(restart ? [...diff.waiting, ...diff.restart] : []);
    const begun = after.servers.filter((server) => added.includes(server) || moved.has(server.id));
    await this.#parts.locate(after.servers); // a server that has another host may crash before it is restarted
    await this.#parts.requireStartable(begun.filter(isStartable)); // before anything is touched
    if (trial)
      await this.#tryCode(
        after.servers.filter(({ id }) => moved.has(id)),
        onProgress,
      );
    const ran = supervisor.records.filter(({ state }) => state === 'ready').map(({ id }) => id);
    await supervisor.stop(diff.removed, onProgress);
    const before = topology.config;
    topology.replaceBase(config);
    supervisor.remove(diff.removed);
    hub.forget(...diff.removed);
    supervisor.add(added);
    supervisor.renew(topology.servers);
    if (!isEmpty(diff)) {
      hub.retell(...topology.servers.map(({ id }) => id));
      this.#parts.noteChange(diff);
    }
    supervisor.outdate(diff.restart, before);
    supervisor.upToDate(diff.back);
    const { restarted, failure } = await this.#restartAndStart(moved, startable(added), how, onProgress);
    await this.#hearFrom(diff);
    const concerned = new Set([...ran, ...diff.added, ...moved, ...diff.changes.flatMap(({ ids }) => ids)]);
    const down = this.#down(concerned);
    const started = diff.added.filter((id) => !down.some((one) => one.id === id));
    const needRestart = supervisor.outdated;
    const why = failure === undefined ? {} : { failure };
    return { diff, started, stopped: diff.removed, restarted, needRestart, down, ...why };
  }

  #tryCode(servers: readonly ServerEntry[], onProgress: OnProgress): Promise<void> {
    const { supervisor, hub } = this.#parts;
    const tried = servers.map(({ id, args }) => ({ record: supervisor.record(id), args }));
    return tryCode(tried, hub, onProgress);
  }

  /** What was added is started last, as it may take the places of those that are restarted; where these fail it is not started at all. */
  async #restartAndStart(
    moved: ReadonlySet<string>,
    added: readonly string[],
    how: RestartHow,
    onProgress: OnProgress,
  ): Promise<{ readonly restarted: readonly string[]; readonly failure?: string }> {
    const { supervisor, hub, clock } = this.#parts;
    const waiting = supervisor.outdated.filter((id) => moved.has(id));
    try {
      await new RollingRestart({ supervisor, hub, clock, onProgress }, how).run(waiting);
    } catch (error) {
      const restarted = waiting.filter(
        (id) => !supervisor.record(id).outdated && supervisor.record(id).process,
      );
      return { restarted, failure: reasonOf(error) };
    }
    const failed = await supervisor.startEach(added, onProgress);
    const [first] = failed.values();
    return { restarted: waiting, ...(first !== undefined && { failure: reasonOf(first) }) };
  }

  /** Waits until those that got other settings while they run have answered, or have ended by them. */
  async #hearFrom({ changes }: TopologyDiff): Promise<void> {
    const { supervisor, hub } = this.#parts;
    const ids = new Set(changes.filter(({ need }) => need === 'live').flatMap((change) => change.ids));
    const there = [...ids].filter((id) => supervisor.record(id).state === 'ready');
    // What it answers is of no matter: that it does not run any more is seen by its end.
    await Promise.all(there.map((id) => hub.ask(id, 'counters', {}, aliveMs, readNothing).catch(nothing)));
  }

  /** Those of `ids` that do not run, though nobody has stopped them. */
  #down(ids: ReadonlySet<string>): ConfigReloadResult['down'] {
    const { records } = this.#parts.supervisor;
    return records
      .filter(({ id, state, end, entry }) => {
        if (!ids.has(id) || state === 'ready') return false;
        return isStartable(entry) && end?.kind !== 'stopped';
      })
      .map(({ id, end }) => ({ id, reason: end ? showEnd(end) : 'it was not started' }));
  }

  async #read(value: unknown): Promise<readonly ServerEntry[]> {
    const { topology } = this.#parts;
    const { readAdditions } = await import('@pomelo-ts/cluster/config'); // heavy, and seldom needed
    return readAdditions(topology.config, value, {
      source: 'add',
      firstCopyOf: (type) => topology.nextCopyOf(type),
    });
  }

  async #planned(): Promise<{ diff: TopologyDiff; config: ClusterConfig; after: ClusterConfig }> {
    const { topology, supervisor } = this.#parts;
    const { root, env, appDir } = topology.config;
    const { loadClusterConfig, checkAdditions } = await import('@pomelo-ts/cluster/config');
    const config = loadClusterConfig({ root, env, appDir });
    const after = topology.with(config);
    const ofFiles = new Set(config.servers);
    const additions = after.servers.filter((server) => !ofFiles.has(server));
    const rest = after.servers.filter((server) => ofFiles.has(server));
    checkAdditions({ ...config, servers: rest }, additions, topology.changesFile);
    const running = {
      runs: (id: string) => supervisor.record(id).process !== undefined,
      waiting: supervisor.outdated,
      startedAs: (id: string) => supervisor.record(id).startedAs,
    };
    return { diff: diffConfigs(topology.config, after, running), config, after };
  }

  #forget(ids: readonly string[]): void {
    const { topology, supervisor, hub } = this.#parts;
    topology.remove(ids);
    supervisor.remove(ids);
    hub.forget(...ids);
  }
}

/** Whether a master starts it. */
const isStartable = ({ external }: ServerEntry) => external !== true;

const startable = (servers: readonly ServerEntry[]) => servers.filter(isStartable).map(({ id }) => id);
