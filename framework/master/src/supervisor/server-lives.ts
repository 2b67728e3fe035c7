import type { ServerState } from '@pomelo-ts/cluster';
import type { LinkHubEvents } from '@pomelo-ts/cluster/masters';
import { backOff, isPomeloError, newBootId, reasonOf } from '@pomelo-ts/common';
import { LinkedProcess } from '../processes/linked-process.js';
import type { Exit, ServerProcess } from '../processes/server-process.js';
import { awaitReady } from './await-ready.js';
import { LedProcess, notStarted } from './led-process.js';
import { endOf, showEnd } from './server-end.js';
import type { ServerRecord } from './server-record.js';
import type { SupervisorOptions } from './supervisor-options.js';

/** How long to wait for a host that cannot be reached before it is tried again, in ms. */
const unreachedBackOff = { minMs: 500, maxMs: 5000 };

/** One that drains is as alive as one that is ready, and is stopped, watched and started again like it. */
const asRecorded = (state: ServerState): ServerState => (state === 'draining' ? 'ready' : state);

/** How often in the time of one that hangs it is looked whether its host has answered for that long. */
const retriesInTime = 4;

/** The lives of servers: begins them, sees how they end, and starts again what has crashed. */
export class ServerLives {
  readonly #options: SupervisorOptions;
  readonly #recordOf: (id: string) => ServerRecord | undefined;

  constructor(options: SupervisorOptions, recordOf: (id: string) => ServerRecord | undefined) {
    this.#options = options;
    this.#recordOf = recordOf;
    const { hub } = options;
    hub.on('serverJoined', (joined) => this.#joined(joined));
    hub.on('serverReported', ({ id, bootId, state, error }) => {
      const record = this.#present(id, bootId);
      if (!record) return;
      record.error = error?.message;
      record.become(asRecorded(state));
    });
    hub.on('serverLost', ({ id, bootId, left }) => {
      const record = this.#present(id, bootId);
      record?.process?.linkLost?.(left);
      if (left) return;
      if (record) record.lostAt = options.clock.now();
      this.#watchHanging(id, bootId);
    });
  }

  /** Begins a new life. */
  launch(record: ServerRecord): void {
    const { hub, hosts, bootData } = this.#options;
    const bootId = newBootId();
    record.error = undefined;
    record.exit = undefined;
    record.cameByItself = false;
    record.bringUpToDate();
    hub.expect(record.id, bootId);
    const process = this.#leads() ? hosts.launch(record.entry, bootData(record.id, bootId)) : notStarted;
    this.watch(record, bootId, process);
  }

  /** Takes this process for the server's life. */
  watch(record: ServerRecord, bootId: string, process: ServerProcess): void {
    record.cancelHangWatch();
    record.bootId = bootId;
    record.process = new LedProcess(process, () => this.#leads());
    record.running = record.entry;
    record.lostAt = undefined;
    record.become('starting');
    const begun = this.#options.clock.now();
    void process.exited.then((exit) => this.#ended(record, bootId, exit, begun));
    if (record.outside) this.#options.onKeptChanged();
  }

  #ended(record: ServerRecord, bootId: string, exit: Exit, begun: number): void {
    const { hub, clock, logger } = this.#options;
    if (record.bootId === bootId && this.#livesUnseen(record, bootId, exit)) {
      this.#watchByLink(record, bootId);
      return;
    }
    hub.ended(record.id, bootId);
    if (record.dismissed === bootId) hub.dismiss(record.id, bootId);
    if (record.bootId !== bootId) return;
    const { wasReady } = record;
    const crashed = record.wanted && record.dismissed !== bootId; // it may be wanted again by now
    this.#tellEnd(record, bootId, exit, !crashed);
    record.exit = crashed ? exit : undefined;
    record.become(crashed ? 'gone' : 'down'); // whoever waits may still want the last lines of the process
    record.process = undefined;
    record.cancelHangWatch();
    if (record.outside) this.#options.onKeptChanged();
    if (!crashed) return;
    const { code, signal } = exit;
    const end = record.end?.text;
    logger.error('A server has ended by itself.', { serverId: record.id, wasReady, code, signal, end });
    const { autoRestart, restartForce } = record.entry;
    if (exit.unreached && (autoRestart || restartForce || record.unreached > 0)) {
      this.startLater(record);
      return;
    }
    const { cameByItself, policy, unreached } = record;
    const untold = wasReady || cameByItself || policy.crashed || unreached > 0; // else whoever has started it is told
    const recovers = !record.outside && untold;
    if (recovers && (autoRestart || restartForce)) this.#restartOrGiveUp(record, clock.now() - begun);
    else record.wanted = false;
  }

  /**
   * Whether a host has no process of a life whose link stands: it was started from another folder, or what was written down of it is lost.
   * To start another one in its place would cut its players.
   */
  #livesUnseen({ id, dismissed }: ServerRecord, bootId: string, { reason, unreached }: Exit): boolean {
    const unseen = reason !== undefined && !unreached && dismissed !== bootId;
    return unseen && this.#options.hub.isLinked(id, bootId);
  }

  /** Of a process that can be told nothing but by its link. */
  #watchByLink(record: ServerRecord, bootId: string): void {
    const { id, state, process } = record;
    const text =
      'A server runs that its host knows nothing of; pomelo-ts restart replaces it by one that is watched.';
    this.#options.logger.warn(text, { serverId: id, pid: process?.pid });
    this.watch(record, bootId, this.#linkedProcess(id, bootId, process?.pid ?? 0));
    record.become(state);
  }

  #linkedProcess(id: string, bootId: string, pid: number): LinkedProcess {
    const { hub, clock, timing } = this.#options;
    return new LinkedProcess({ id, bootId, pid, hub, clock, stopTimeoutMs: () => timing().stopTimeoutMs });
  }

  /** Writes down how it ended: at once what the exit tells, and again when the last lines are there. */
  #tellEnd(record: ServerRecord, bootId: string, exit: Exit, dismissed: boolean): void {
    const { error } = record;
    const hung = record.hung === bootId;
    const end = endOf(exit, { dismissed, hung, error, lines: [] });
    record.end = dismissed && error !== undefined ? { ...end, error } : end;
    if (dismissed) return;
    void record.process?.lastLines().then((lines) => {
      if (record.end === end) record.end = endOf(exit, { dismissed, hung, error, lines });
    });
  }

  #restartOrGiveUp(record: ServerRecord, ranMs: number): void {
    const { clock, logger } = this.#options;
    const wait = record.policy.waitAfter(clock.now(), ranMs);
    if (wait !== undefined) {
      record.cancelRestart = clock.after(wait, () => this.#startAgain(record));
      return;
    }
    record.wanted = false;
    record.become('failed');
    const { id: serverId, policy, end } = record;
    const facts = { serverId, crashes: policy.crashes, end: end && showEnd(end) };
    logger.error(`A server has crashed too often and is given up; pomelo-ts start -i ${serverId}`, facts);
  }

  /** Starts a server whose host cannot be reached when that has changed; until then it is tried again and again. */
  startLater(record: ServerRecord): void {
    const { clock, random } = this.#options;
    record.wanted = true;
    const wait = backOff(record.unreached++, { ...unreachedBackOff, ...(random && { random }) });
    let cancelled = false;
    const cancel = clock.after(wait, () => void this.#tryHost(record, () => cancelled));
    record.cancelRestart = () => {
      cancelled = true;
      cancel();
    };
  }

  /** A host that was out of reach may have the server running all the time: it is taken over then, and no life takes its place. */
  async #tryHost(record: ServerRecord, isCancelled: () => boolean): Promise<void> {
    const { hosts, hub } = this.#options;
    try {
      const life = await hosts.find(record.entry);
      if (isCancelled()) return;
      if (!life) return this.#startAgain(record);
      const { bootId, pid } = life;
      hub.expect(record.id, bootId);
      hub.admit(record.id);
      this.watch(record, bootId, hosts.adopt(record.entry, bootId, pid));
      void this.#seeReady(record, record.process);
    } catch (error) {
      if (isCancelled()) return;
      record.end = { kind: 'unknown', text: reasonOf(error) };
      this.startLater(record);
    }
  }

  #startAgain(record: ServerRecord): void {
    const { logger, hub } = this.#options;
    if (record.unreached === 0) record.countRestart();
    const { id: serverId, restarts } = record;
    logger.warn('A server is started again.', { serverId, restarts });
    hub.admit(record.id);
    this.launch(record);
    void this.#seeReady(record, record.process);
  }

  /** A life that is not ready in time is killed, unless its host does not answer: then it may well be, and nobody here can know. */
  async #seeReady(record: ServerRecord, process: ServerProcess | undefined): Promise<void> {
    const { clock, timing, logger, hangMs } = this.#options;
    const { id: serverId } = record;
    const begun = clock.now();
    try {
      await awaitReady(record, timing().startTimeoutMs, clock);
      logger.info('A server is ready again.', { serverId, ms: Math.round(clock.now() - begun) });
    } catch (error) {
      const late = isPomeloError(error, 'SERVER_START_TIMEOUT');
      if (
        late &&
        process &&
        record.process === process &&
        !(await process.hostAnswers(Math.min(hangMs, timing().startTimeoutMs / 2)))
      )
        return this.#seeReady(record, process);
      logger.error('A server could not be started again.', { serverId, error });
      if (process && record.process === process) record.error ??= reasonOf(error);
      process?.kill('SIGKILL');
    }
  }

  #joined({ id, bootId, pid, state, external }: LinkHubEvents['serverJoined'][0]): void {
    const record = this.#recordOf(id);
    if (!record) return;
    if (record.bootId === bootId && record.process) {
      record.cancelHangWatch();
      record.lostAt = undefined;
      record.become(asRecorded(state));
      this.#agreeOnDrain(record, state);
      return;
    }
    if (record.process) return; // a fenced life; the hub has refused it
    record.cancelRestart(); // it was to be started when its host can be reached: here it is
    record.wanted = true;
    record.cameByItself = true;
    record.outside = external;
    if (!external) this.#options.hub.admit(id); // no start waits for it
    const process = external
      ? this.#linkedProcess(id, bootId, pid)
      : this.#options.hosts.adopt(record.entry, bootId, pid);
    this.watch(record, bootId, process);
    record.become(asRecorded(state));
    this.#agreeOnDrain(record, state);
  }

  /** What an operator has ordered counts; while this master knows of no order, what the server has heard from a former one. */
  #agreeOnDrain(record: ServerRecord, state: ServerState): void {
    if (record.drains !== undefined) this.#options.hub.takeNew(record.id, !record.drains);
    else if (state === 'draining' && record.wanted) {
      record.drains = true;
      this.#options.onKeptChanged();
    }
  }

  /**
   * A process that lives but whose link is lost hangs, if it does not dial again in time. Nothing of that time counts in which its host
   * could not be reached, as it may play on there, nor in which it had a link: each silence is judged by itself.
   */
  #watchHanging(id: string, bootId: string): void {
    const record = this.#present(id, bootId);
    if (!record?.process) return;
    const { clock, hangMs, logger, hub } = this.#options;
    const { process } = record;
    record.cancelHangWatch();
    let cancelled = false;
    const hangs = () =>
      !cancelled &&
      record.process === process &&
      record.wanted &&
      record.entry.restartForce &&
      !record.outside &&
      !hub.isLinked(id, bootId);
    const endIfItHangs = async () => {
      if (!hangs()) return;
      const answered = await process.hostAnswers(hangMs);
      if (!hangs()) return;
      if (!answered) return watch(hangMs / retriesInTime);
      logger.error('A server hangs and is killed.', { serverId: id, pid: process.pid });
      record.hung = bootId;
      process.kill('SIGKILL');
    };
    let cancel = () => {};
    const watch = (ms: number) => {
      cancel = clock.after(ms, () => void endIfItHangs());
    };
    record.cancelHangWatch = () => {
      cancelled = true;
      cancel();
    };
    watch(hangMs);
  }

  #leads(): boolean {
    return this.#options.leads?.() ?? true;
  }

  #present(id: string, bootId: string): ServerRecord | undefined {
    const record = this.#recordOf(id);
    return record?.bootId === bootId ? record : undefined;
  }
}
