import type { ClusterConfig, ServerEntry } from '@pomelo-ts/cluster';
import { tiersOf } from '@pomelo-ts/cluster/internal';
import { isPomeloError, PomeloError, reasonOf } from '@pomelo-ts/common';
import type { OutsideServer } from './processes/outside-server.js';
import type { ServerProcess } from './processes/server-process.js';
import { awaitReady } from './supervisor/await-ready.js';
import { endProcess, warnOfUnreached } from './supervisor/end-process.js';
import { RestartPolicy } from './supervisor/restart-policy.js';
import { ServerLives } from './supervisor/server-lives.js';
import type { OnServerProgress } from './supervisor/server-progress.js';
import { ServerRecord } from './supervisor/server-record.js';
import type { SupervisorOptions } from './supervisor/supervisor-options.js';

/** Starts, watches, restarts and stops the processes of servers. */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #records: Map<string, ServerRecord>;
  readonly #lives: ServerLives;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#records = new Map(options.servers.map((entry) => [entry.id, this.#recordFor(entry)]));
    this.#lives = new ServerLives(options, (id) => this.#records.get(id));
  }

  /** All servers of the topology, in its order. */
  get records(): readonly ServerRecord[] {
    return [...this.#records.values()];
  }

  /** Ids of those that should run and that the master has to start. */
  get wanted(): readonly string[] {
    return this.records.filter(({ wanted, outside }) => wanted && !outside).map(({ id }) => id);
  }

  /** Lives that something else has started. */
  get outside(): readonly OutsideServer[] {
    return this.records.flatMap(({ id, bootId, outside }) => (outside && bootId ? [{ id, bootId }] : []));
  }

  /** Ids of those that operators have drain. */
  get drained(): readonly string[] {
    return this.records.filter(({ drains }) => drains).map(({ id }) => id);
  }

  /** @throws SERVER_NOT_IN_TOPOLOGY */
  recordsOf(ids: readonly string[]): readonly ServerRecord[] {
    return ids.map((id) => this.record(id));
  }

  /** @throws SERVER_NOT_IN_TOPOLOGY */
  record(id: string): ServerRecord {
    const record = this.#records.get(id);
    if (record) return record;
    const known = [...this.#records.keys()].join(', ');
    throw new PomeloError('SERVER_NOT_IN_TOPOLOGY', { name: id, known });
  }

  /** Servers that have come to the topology. */
  add(servers: readonly ServerEntry[]): void {
    for (const server of servers) this.#records.set(server.id, this.#recordFor(server));
  }

  /** Servers that have left the topology, stopped before. */
  remove(ids: readonly string[]): void {
    for (const id of ids) this.#records.delete(id);
  }

  /** What is true of a server that runs, which may have been started with what the topology does not say any more. */
  running(id: string): ServerEntry | undefined {
    const record = this.#records.get(id);
    return record?.process && record.running;
  }

  /** What the topology says now of the servers that there are, and their order. */
  renew(servers: readonly ServerEntry[]): void {
    const records = servers.map(({ id }) => this.record(id));
    this.#records.clear();
    for (const [index, record] of records.entries()) {
      record.renew(servers[index]!);
      this.#records.set(record.id, record);
    }
  }

  /** These run with what the topology no longer says, until they are restarted; `before` is what it said until now. */
  outdate(ids: readonly string[], before: ClusterConfig): void {
    for (const id of ids) {
      const record = this.record(id);
      if (!record.outdated) record.startedAs = before;
      record.outdated = true;
    }
  }

  /** The topology says again what these run with. */
  upToDate(ids: readonly string[]): void {
    for (const id of ids) this.record(id).bringUpToDate();
  }

  /** The servers that run so. */
  get outdated(): readonly string[] {
    return this.records.filter(({ outdated, process }) => outdated && process).map(({ id }) => id);
  }

  /**
   * Starts those of `ids` that do not run: all processes at once, but each tier is let in only when the one before it
   * is ready. When one fails, those that this call has started are stopped again; but where a part of the game runs already, one whose
   * host was lost meanwhile is started later. So is one for which `hostAnswersFor` is true, as long as it has not told of an error itself:
   * that it does not come is its host's word or fault.
   *
   * @throws SERVER_START_FAILED, SERVER_START_TIMEOUT
   */
  async start(
    ids: readonly string[],
    onProgress: OnServerProgress,
    hostAnswersFor: (id: string) => boolean = () => false,
  ): Promise<readonly string[]> {
    const records = this.recordsOf(ids).filter(({ wanted }) => !wanted);
    const started = records.map(({ id }) => id);
    const runs = this.records.some(({ process }) => process);
    const later = new Map<string, unknown>();
    const postpone = (error: unknown, id: string) => {
      const record = this.record(id);
      const isOfHost = comesByItself(record) || (hostAnswersFor(id) && record.error === undefined);
      if (!runs || !isOfHost) throw error;
      later.set(id, error);
    };
    try {
      await this.#bringUp(records, onProgress, postpone);
      for (const { id, state } of records)
        if (state === 'gone' && !later.has(id)) await this.#tellLost(id, postpone); // ready once, but not for long
    } catch (error) {
      await this.stop(started, onProgress);
      throw error;
    }
    await this.#postpone(later, onProgress);
    return started.filter((id) => !later.has(id));
  }

  /** Has servers started later that did not come, and warns of it; processes of them that hang are ended. */
  async #postpone(later: ReadonlyMap<string, unknown>, onProgress: OnServerProgress): Promise<void> {
    const hanging = [...later].filter(([, error]) => isPomeloError(error, 'SERVER_START_TIMEOUT'));
    await this.stop(
      hanging.flatMap(([id]) => (this.record(id).state === 'ready' ? [] : [id])),
      onProgress,
    );
    for (const [id, error] of later) {
      const { host } = this.record(id).entry;
      const why = reasonOf(error).includes(host) ? reasonOf(error) : `${host}: ${reasonOf(error)}`;
      onProgress({ kind: 'warning', text: `${why}\n${id} will be started when that is mended.` });
      this.startLater([id], reasonOf(error));
    }
  }

  async #tellLost(id: string, tell: (error: unknown, id: string) => void): Promise<void> {
    const { timing, clock } = this.#options;
    await awaitReady(this.record(id), timing().startTimeoutMs, clock).catch((error: unknown) =>
      tell(error, id),
    );
  }

  /** As {@link start}, but those that get ready stay when others do not. Gives the errors of those, which are stopped, by id. */
  async startEach(
    ids: readonly string[],
    onProgress: OnServerProgress,
  ): Promise<ReadonlyMap<string, unknown>> {
    const records = this.recordsOf(ids).filter(({ wanted }) => !wanted);
    const failed = new Map<string, unknown>();
    await this.#bringUp(records, onProgress, (error, id) => failed.set(id, error));
    await this.stop([...failed.keys()], onProgress);
    return failed;
  }

  async #bringUp(
    records: readonly ServerRecord[],
    onProgress: OnServerProgress,
    onFailed: (error: unknown, id: string) => void,
  ): Promise<void> {
    const { hub, clock } = this.#options;
    const { startTimeoutMs } = this.#options.timing();
    const begun = clock.now();
    let over = false; // what comes after the end of all is told to nobody
    const tell = (id: string, state: 'starting' | 'ready' | 'failed', ms: number) => {
      if (!over) onProgress({ kind: 'server', id, state, ms: Math.round(ms) });
    };
    for (const record of records) record.beginAnew();
    await Promise.all(records.map(({ process }) => process?.exited)); // those still stopping
    hub.hold(...records.map(({ id }) => id));
    for (const record of records) if (record.wanted) this.#lives.launch(record);
    for (const tier of tiersOf(records.map(({ entry }) => entry))) {
      onProgress({ kind: 'tier', doing: 'start', ...tier });
      hub.admit(...tier.ids);
      const waits = tier.ids.map(async (id) => {
        tell(id, 'starting', 0);
        try {
          await awaitReady(this.record(id), startTimeoutMs, clock);
          tell(id, 'ready', clock.now() - begun);
        } catch (error) {
          tell(id, 'failed', clock.now() - begun);
          onFailed(error, id);
        }
      });
      await Promise.all(waits).catch((error: unknown) => {
        over = true;
        throw error;
      });
    }
  }

  /** Has those of `ids` that do not run started as soon as their hosts can be reached; `reason` is shown until then. */
  startLater(ids: readonly string[], reason: string): void {
    for (const record of this.recordsOf(ids).filter(({ wanted }) => !wanted)) {
      record.beginAnew();
      record.end = { kind: 'unknown', text: reason };
      this.#lives.startLater(record);
    }
  }

  /** Stops servers: gates, then connectors, then backends. Gives the ids of those that had to be killed. */
  async stop(ids: readonly string[], onProgress: OnServerProgress): Promise<readonly string[]> {
    const { hub, clock } = this.#options;
    const { stopTimeoutMs } = this.#options.timing();
    const records = this.recordsOf(ids);
    this.#dismissForGood(records);
    const killed: string[] = [];
    const running = records.filter(({ process }) => process).map(({ entry }) => entry);
    for (const tier of tiersOf(running).reverse()) {
      onProgress({ kind: 'tier', doing: 'stop', ...tier });
      const ends = tier.ids.map(async (id) => {
        const begun = clock.now();
        onProgress({ kind: 'server', id, state: 'stopping', ms: 0 });
        const ending = await endProcess(this.record(id), hub, stopTimeoutMs, clock);
        if (ending.state === 'killed') killed.push(id);
        onProgress({ kind: 'server', id, state: ending.state, ms: Math.round(clock.now() - begun) });
        if (ending.state === 'unreached')
          onProgress({ kind: 'warning', text: `${id} may still run: ${ending.reason}` });
      });
      await Promise.all(ends);
    }
    for (const record of records) if (!record.process) record.become('down');
    return killed;
  }

  /** Ends processes at once, without asking; gives the ids of those that had one and have surely ended. */
  async kill(ids: readonly string[], onProgress: OnServerProgress = () => {}): Promise<readonly string[]> {
    const records = this.recordsOf(ids);
    this.#dismissForGood(records);
    const ends = records.flatMap((record) => {
      const { id, process } = record;
      process?.kill('SIGKILL');
      return process ? [warnOfUnreached(id, process, onProgress).then((ended) => (ended ? [id] : []))] : [];
    });
    const killed = (await Promise.all(ends)).flat();
    for (const record of records) record.become('down');
    return killed;
  }

  /** Ends these lives on purpose. The next master must not have the next ones drain. */
  #dismissForGood(records: readonly ServerRecord[]): void {
    const drained = records.some(({ drains }) => drains);
    for (const record of records) record.dismissForGood();
    if (drained) this.#options.onKeptChanged();
  }

  /** Of a server that something else runs: this life of it may come back. */
  awaitOutside(id: string, bootId: string): void {
    this.record(id).outside = true;
    this.#options.hub.expect(id, bootId);
    this.#options.hub.admit(id);
  }

  /** Lets go of all servers, since another master has them now: none is watched, started or ended by this any more. */
  abandon(): void {
    for (const record of this.#records.values()) {
      record.wanted = false;
      record.cancelRestart();
      record.process = undefined;
      record.bootId = undefined;
      record.become('down');
    }
  }

  /** Operators have these drain, as a former master has left word: so do their present lives and the next ones. */
  keepDrained(ids: readonly string[]): void {
    for (const record of this.recordsOf(ids)) record.drains = true;
  }

  /** Takes over a process that a former master has started. */
  adopt(id: string, bootId: string, process: ServerProcess): void {
    const record = this.record(id);
    record.cameByItself = false;
    this.#options.hub.admit(id);
    if (record.bootId === bootId && record.process) return; // it has dialed in already
    record.wanted = true;
    this.#options.hub.expect(id, bootId);
    this.#lives.watch(record, bootId, process);
  }

  #recordFor(entry: ServerEntry): ServerRecord {
    const { timing, random } = this.#options;
    return new ServerRecord(entry, new RestartPolicy(() => timing().restart, random));
  }
}

/** Whether the host of a server was lost, for which it is waited for already: it may even be back. */
const comesByItself = ({ exit, unreached, state }: ServerRecord): boolean =>
  exit?.unreached === true || unreached > 0 || state === 'ready';
