import { type BootData, type LinkHub, type ServerEntry, tiersOf } from '@pomelo-ts/cluster';
import { backOff, type Clock, type Logger, newBootId, PomeloError } from '@pomelo-ts/common';
import type { Exit, Launcher, ServerProcess } from './processes/server-process.js';
import { awaitReady } from './supervisor/await-ready.js';
import { endProcess } from './supervisor/end-process.js';
import type { OnProgress } from './supervisor/progress.js';
import { ServerRecord } from './supervisor/server-record.js';

/** What a {@link Supervisor} works with. */
export interface SupervisorOptions {
  readonly servers: readonly ServerEntry[];
  readonly hub: LinkHub;
  readonly hosts: Launcher;
  /** What a new process of `id` is told. */
  bootData(id: string, bootId: string): BootData;
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
  /** How long a running process whose link is lost may take to dial again before it counts as hanging. */
  readonly hangMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random?: () => number;
}

const restartBackOff = { minMs: 1000, maxMs: 30_000 };
/** A server that ran this long has recovered: its next crash is its first. */
const recoveredMs = 60_000;

/** Starts, watches, restarts and stops the processes of servers. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #records: ReadonlyMap<string, ServerRecord>;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#records = new Map(options.servers.map((entry) => [entry.id, new ServerRecord(entry)]));
    const { hub } = options;
    hub.on('serverJoined', ({ id, bootId, pid, state }) => this.#joined(id, bootId, pid, state));
    hub.on('serverReported', ({ id, bootId, state, error }) => {
      const record = this.#recordOf(id, bootId);
      if (!record) return;
      record.error = error?.message;
      record.become(state);
    });
    hub.on('serverLost', ({ id, bootId, left }) => {
      if (left) return;
      const record = this.#recordOf(id, bootId);
      if (record) record.lostAt = options.clock.now();
      this.#watchHanging(id, bootId);
    });
  }

  /** All servers of the topology, in its order. */
  get records(): readonly ServerRecord[] {
    return [...this.#records.values()];
  }

  record(id: string): ServerRecord {
    const record = this.#records.get(id);
    if (record) return record;
    const known = [...this.#records.keys()].join(', ');
    throw new PomeloError('SERVER_NOT_IN_TOPOLOGY', { name: id, known });
  }

  /**
   * Starts those of `ids` that do not run: all processes at once, but each tier is let in only when the one before it
   * is ready. When one fails, those that this call has started are stopped again.
   *
   * @throws SERVER_START_FAILED, SERVER_START_TIMEOUT
   */
  async start(ids: readonly string[], onProgress: OnProgress): Promise<readonly string[]> {
    const { hub, clock, startTimeoutMs } = this.#options;
    const records = ids.map((id) => this.record(id)).filter(({ wanted }) => !wanted);
    const begun = clock.now();
    let failed = false;
    const tell = (id: string, state: 'starting' | 'ready' | 'failed', ms: number) => {
      if (!failed) onProgress({ kind: 'server', id, state, ms });
    };
    for (const record of records) record.wanted = true;
    await Promise.all(records.map(({ process }) => process?.exited)); // those still stopping
    hub.hold(...records.map(({ id }) => id));
    for (const record of records) if (record.wanted) this.#launch(record);
    try {
      for (const tier of tiersOf(records.map(({ entry }) => entry))) {
        onProgress({ kind: 'tier', doing: 'start', ...tier });
        hub.admit(...tier.ids);
        const waits = tier.ids.map(async (id) => {
          tell(id, 'starting', 0);
          await awaitReady(this.record(id), startTimeoutMs, clock).catch((error: unknown) => {
            tell(id, 'failed', clock.now() - begun);
            failed = true;
            throw error;
          });
          tell(id, 'ready', clock.now() - begun);
        });
        await Promise.all(waits);
      }
      const lost = records.find(({ state }) => state === 'gone'); // ready once, but not for long
      if (lost) await awaitReady(lost, startTimeoutMs, clock);
    } catch (error) {
      await this.stop(
        records.map(({ id }) => id),
        onProgress,
      );
      throw error;
    }
    return records.map(({ id }) => id);
  }

  /** Stops servers: gates, then connectors, then backends. Gives the ids of those that had to be killed. */
  async stop(ids: readonly string[], onProgress: OnProgress): Promise<readonly string[]> {
    const { hub, clock, stopTimeoutMs } = this.#options;
    const records = ids.map((id) => this.record(id));
    for (const record of records) {
      record.wanted = false;
      record.dismissed = record.bootId;
      record.cancelRestart();
    }
    const killed: string[] = [];
    const running = records.filter(({ process }) => process).map(({ entry }) => entry);
    for (const tier of tiersOf(running).reverse()) {
      onProgress({ kind: 'tier', doing: 'stop', ...tier });
      const ends = tier.ids.map(async (id) => {
        const begun = clock.now();
        onProgress({ kind: 'server', id, state: 'stopping', ms: 0 });
        const byForce = await endProcess(this.record(id), hub, stopTimeoutMs, clock);
        if (byForce) killed.push(id);
        onProgress({ kind: 'server', id, state: byForce ? 'killed' : 'stopped', ms: clock.now() - begun });
      });
      await Promise.all(ends);
    }
    for (const record of records) if (!record.process) record.become('down');
    return killed;
  }

  /** Ends processes at once, without asking. */
  async kill(ids: readonly string[]): Promise<void> {
    const records = ids.map((id) => this.record(id));
    for (const record of records) {
      record.wanted = false;
      record.dismissed = record.bootId;
      record.cancelRestart();
      record.process?.kill('SIGKILL');
    }
    await Promise.all(records.map(({ process }) => process?.exited));
    for (const record of records) record.become('down');
  }

  /** Takes over a process that a former master has started. */
  adopt(id: string, bootId: string, process: ServerProcess): void {
    const record = this.record(id);
    if (record.bootId === bootId && record.process) return; // it has dialed in already
    record.wanted = true;
    this.#options.hub.expect(id, bootId);
    this.#options.hub.admit(id);
    this.#watch(record, bootId, process);
  }

  #launch(record: ServerRecord): void {
    const { hub, hosts, bootData } = this.#options;
    const bootId = newBootId();
    record.error = undefined;
    record.exit = undefined;
    hub.expect(record.id, bootId);
    this.#watch(record, bootId, hosts.launch(record.entry, bootData(record.id, bootId)));
  }

  #watch(record: ServerRecord, bootId: string, process: ServerProcess): void {
    record.bootId = bootId;
    record.process = process;
    record.lostAt = undefined;
    record.become('starting');
    const begun = this.#options.clock.now();
    void process.exited.then((exit) => this.#ended(record, bootId, exit, begun));
  }

  #ended(record: ServerRecord, bootId: string, exit: Exit, begun: number): void {
    const { hub, clock, logger } = this.#options;
    hub.ended(record.id, bootId);
    if (record.bootId !== bootId) return;
    const { wasReady } = record;
    const crashed = record.wanted && record.dismissed !== bootId; // it may be wanted again by now
    record.exit = crashed ? exit : undefined;
    record.become(crashed ? 'gone' : 'down'); // whoever waits may still want the last lines of the process
    record.process = undefined;
    if (!crashed) return;
    logger.error('A server has ended by itself.', { serverId: record.id, wasReady, ...exit });
    const { autoRestart, restartForce } = record.entry;
    const recovers = wasReady || record.crashes > 0; // else whoever has started it is told
    if (clock.now() - begun >= recoveredMs) record.crashes = 0;
    if (recovers && (autoRestart || restartForce)) this.#restartLater(record);
    else record.wanted = false;
  }

  #restartLater(record: ServerRecord): void {
    const { clock, random, startTimeoutMs, logger } = this.#options;
    const wait = backOff(record.crashes++, { ...restartBackOff, ...(random && { random }) });
    record.cancelRestart = clock.after(wait, () => {
      record.restarts++;
      const { id: serverId, restarts } = record;
      logger.warn('A server is started again.', { serverId, restarts });
      this.#options.hub.admit(record.id);
      this.#launch(record);
      const { process } = record;
      awaitReady(record, startTimeoutMs, clock).catch((error: unknown) => {
        logger.error('A server could not be started again.', { serverId: record.id, error });
        process?.kill('SIGKILL');
      });
    });
  }

  #joined(id: string, bootId: string, pid: number, state: ServerRecord['state']): void {
    const record = this.#records.get(id);
    if (!record || record.bootId === bootId) {
      if (record) record.lostAt = undefined;
      record?.become(state);
      return;
    }
    if (record.process) return; // a fenced life; the hub has refused it
    record.wanted = true;
    this.#watch(record, bootId, this.#options.hosts.adopt(record.entry, bootId, pid));
    record.become(state);
  }

  /** A process that lives but whose link is lost hangs, if it does not dial again in time. */
  #watchHanging(id: string, bootId: string): void {
    const record = this.#recordOf(id, bootId);
    if (!record?.entry.restartForce || !record.process) return;
    const { clock, hangMs, logger, hub } = this.#options;
    const { process } = record;
    clock.after(hangMs, () => {
      if (record.process !== process || !record.wanted || hub.isLinked(id, bootId)) return;
      logger.error('A server hangs and is killed.', { serverId: id, pid: process.pid });
      process.kill('SIGKILL');
    });
  }

  #recordOf(id: string, bootId: string): ServerRecord | undefined {
    const record = this.#records.get(id);
    return record?.bootId === bootId ? record : undefined;
  }
}
