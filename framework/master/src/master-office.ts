import { EventEmitter } from 'node:events';
import { hostname } from 'node:os';
import { type CoordinationStore, type OperatorHandler, StandbyDesk } from '@pomelo-ts/cluster';
import {
  type Clock,
  delay,
  isPomeloError,
  type Logger,
  PomeloError,
  silentLogger,
  systemClock,
} from '@pomelo-ts/common';
import { doorOptions } from './door.js';
import { type Leader, showLeader } from './leadership/leader.js';
import type { Tenure } from './leadership/tenure.js';
import { Leadership } from './leadership.js';
import { Master } from './master.js';
import type { MasterOptions } from './master-options.js';
import { ClusterEnd } from './office/cluster-end.js';
import { type Kept, KeptState } from './office/kept-state.js';
import { type OwnDoor, openOwnDoor } from './office/own-door.js';
import { type TakeOverResult, takeOver } from './office/take-over.js';
import type { LeaderAnswer, Selection } from './operator-commands.js';
import { isNoRoom } from './processes/no-room.js';
import { commandLineOf } from './processes/process-identity.js';
import { type RekeyResult, rekey } from './rekey.js';
import type { RuntimeState } from './runtime-file.js';
import { RuntimeNotice } from './runtime-notice.js';
import { noteSecretNames } from './secret-names.js';
import type { OnProgress } from './supervisor/progress.js';
import { type TopologyChanges, TopologyFile } from './topology/topology-file.js';

/** Settings of a {@link MasterOffice}. */
export interface MasterOfficeOptions extends Omit<MasterOptions, 'tenure' | 'door' | 'serving'> {
  /** What all masters of the cluster share. */
  readonly store: CoordinationStore;
  /** Servers that are started when this master leads at once. @default all */
  readonly selection?: Selection;
  readonly onProgress?: OnProgress;
}

/** How long a master that begins waits for a store that does not answer, and how often it asks, in ms. */
const storePatienceMs = 15_000;
/** As `MasterOptions.adoptMs`: on a line that loses packets, servers take their time to give a silent master up. */
const adoptMs = 15_000;
const storePaceMs = 500;

/** Events of a {@link MasterOffice}. */
export interface MasterOfficeEvents {
  /** The store does not answer yet; it is asked again for a while. */
  waiting: [unknown];
  /** This master does not lead; `leader` is the one that does. Told again when that changes. */
  standby: [Leader | undefined];
  /** This master leads from now on. */
  leads: [Leader];
  /** All servers that should run have been taken over or started. */
  ready: [TakeOverResult];
  /** What this master could not start when it came to lead. */
  failed: [unknown];
  /** Another may lead now: this master has stopped to act. */
  deposed: [string];
  /** All servers of the cluster were stopped, on an operator's command, by the master that led. */
  shutdown: [Leader | undefined];
}

/**
 * One of several masters: stands by, and is the {@link Master} for as long as it leads. Servers live on when this process or its
 * time to lead ends.
 *
 * @example
 * const office = await MasterOffice.open({ ...masterOptions, store });
 * office.on('standby', (leader) => console.log('standby of', leader?.host));
 * await office.begin();
 */
export class MasterOffice extends EventEmitter<MasterOfficeEvents> {
  readonly #options: MasterOfficeOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #own: OwnDoor;
  readonly #leadership: Leadership;
  readonly #kept: KeptState;
  readonly #end: ClusterEnd;
  readonly #runtime: RuntimeNotice;
  #told: Pick<RuntimeState, 'standby' | 'outside'> = {};
  #desk: StandbyDesk | undefined;
  #master: Master | undefined;
  #ordered = true;
  #closed = false;

  private constructor(options: MasterOfficeOptions, own: OwnDoor) {
    super();
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#logger = options.logger ?? silentLogger;
    this.#own = own;
    const { store, config } = options;
    const { host, port } = own;
    const clocks = { clock: this.#clock, logger: this.#logger };
    const self = { host, port, pid: process.pid, hostName: hostname() };
    const { root } = config;
    this.#runtime = new RuntimeNotice({ root, state: () => this.#state, ...clocks });
    this.#leadership = new Leadership({ store, self, ttlMs: config.master.store.ttlMs, ...clocks });
    this.#kept = new KeptState(store, this.#leadership, clocks);
    this.#end = new ClusterEnd(store, this.#leadership, clocks, (by) => void this.#ended(by));
    this.#leadership.on('elected', (tenure) => void this.#lead(tenure));
    this.#leadership.on('deposed', (reason) => void this.#depose(reason));
    this.#leadership.on('leader', (leader) => {
      if (this.#desk && !this.#leadership.tenure && !this.#closed) this.emit('standby', leader);
    });
  }

  /**
   * Takes the address of this machine among those of `master.json5`.
   *
   * @throws HOST_ELSEWHERE when it has none of them, PORT_IN_USE
   */
  static async open(options: MasterOfficeOptions): Promise<MasterOffice> {
    return new MasterOffice(options, await openOwnDoor(options.config.master, doorOptions(options)));
  }

  /** The master, while this process leads. */
  get master(): Master | undefined {
    return this.#master;
  }

  /**
   * Begins to stand by, or to lead. Waits a while for a store that does not answer: after a failure of power it may be starting too.
   *
   * @throws STORE_UNREACHABLE, STORE_REFUSED when the store does not work
   */
  async begin(): Promise<void> {
    this.#standBy();
    await this.#patiently(() => this.#end.watch());
    await this.#patiently(() => this.#leadership.begin());
    this.#ordered = false;
    if (!this.#leadership.tenure) this.emit('standby', this.#leadership.leader);
  }

  async #patiently(work: () => Promise<void>): Promise<void> {
    const begun = this.#clock.now();
    for (let told = false; ; told = true) {
      try {
        return await work();
      } catch (error) {
        const late = this.#clock.now() - begun > storePatienceMs;
        if (late || this.#closed || !isPomeloError(error, 'STORE_UNREACHABLE')) throw error;
        if (!told) this.emit('waiting', error);
        await delay(storePaceMs, this.#clock);
      }
    }
  }

  /** Ends this master; another one leads at once if it stands by. Servers live on. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const master = this.#letGo();
    await master?.depose();
    this.#desk?.close();
    this.#runtime.remove();
    this.#end.close();
    try {
      await this.#leadership.resign();
    } catch (error) {
      this.#logger.warn('The store was not told that this master ends; its lease runs out.', { error });
    }
    await this.#options.store.close();
    await this.#own.door.close();
  }

  #standBy(): void {
    const desk = new StandbyDesk({
      leader: () => this.#leadership.leader,
      onOperator: (command) => this.#answer(command),
      clock: this.#clock,
      logger: this.#logger,
    });
    this.#desk = desk;
    this.#own.door.keptBy((stream, who, from) => desk.accept(stream, who, from));
    this.#remember({ standby: true });
  }

  /** Writes down that this master runs, for commands of operators and for the master that it becomes. */
  #remember(more: Pick<RuntimeState, 'standby' | 'outside'>): void {
    this.#told = more;
    this.#runtime.write();
  }

  /** What is told of this master while it stands by, or is about to lead; one that leads tells of itself. */
  get #state(): RuntimeState | undefined {
    if (this.#master || this.#closed) return undefined;
    const { host, port } = this.#own;
    const own = { pid: process.pid, commandLine: commandLineOf(process.pid), host, port };
    return { ...own, env: this.#options.config.env, ...this.#told };
  }

  /** What a standby says to operators. */
  async #answer(command: string): Promise<LeaderAnswer | RekeyResult> {
    const { leader } = this.#leadership;
    const { keys, rereadKeys: reread } = this.#options;
    if (command === 'read the secret') {
      const result = await rekey({ keys, reread });
      noteSecretNames(this.#options.config.root, keys.names);
      return result;
    }
    if (command === 'leader') return { leads: false, env: this.#options.config.env, leader };
    throw new PomeloError('NOT_LEADING', { leader: leader ? showLeader(leader) : 'nobody' });
  }

  async #lead(tenure: Tenure): Promise<void> {
    const { selection = {}, onProgress = () => {} } = this.#options;
    const order = this.#ordered ? { selection } : undefined;
    try {
      const left = await this.#kept.left(tenure);
      if (!tenure.holds() || this.#closed) return;
      const master = this.#become(tenure, left);
      const how = { tenure, left, order, onProgress, logger: this.#logger };
      const result = await takeOver(master, this.#kept, how);
      if (tenure.holds()) this.emit('ready', result);
    } catch (error) {
      if (tenure.holds()) this.emit('failed', error);
    }
  }

  #become(tenure: Tenure, left: Kept | undefined): Master {
    const { store, selection: _, onProgress: __, ...options } = this.#options;
    const { host, port, door } = this.#own;
    const config = { ...options.config, master: { ...options.config.master, host, port } };
    if (left) {
      this.#keepHere(left.topologyChanges);
      this.#remember({ outside: left.outside });
    }
    const serving = (handler: OperatorHandler) => this.#kept.savedAfter(handler);
    const guard = () => this.#leadership.guardOf(tenure).guard;
    const master = new Master({
      ...options,
      config,
      tenure,
      door,
      serving,
      adoptMs,
      ...(left && { topologyChanges: left.topologyChanges }),
      leases: { store, guard },
    });
    this.#master = master;
    this.#desk?.close();
    this.#desk = undefined;
    master.once('shutdown', () => void this.#stopped(tenure, master));
    this.emit('leads', master.leader);
    return master;
  }

  /** Also in the file of this machine, for commands that read it. A disk that is full keeps nobody from leading. */
  #keepHere(changes: TopologyChanges): void {
    const { root, env } = this.#options.config;
    try {
      new TopologyFile(root, env).write(changes);
    } catch (error) {
      if (!isNoRoom(error)) throw error;
      this.#logger.error('What operators have changed could not be written down on this machine.', { error });
    }
  }

  async #depose(reason: string): Promise<void> {
    const master = this.#letGo();
    await master?.depose();
    if (this.#closed) return;
    this.#standBy();
    this.emit('deposed', reason);
    this.emit('standby', this.#leadership.leader);
  }

  #letGo(): Master | undefined {
    const master = this.#master;
    this.#master = undefined;
    this.#kept.forget();
    return master;
  }

  /** An operator had this master stop everything: those that stand by shall not start it again. */
  async #stopped(tenure: Tenure, { topologyChanges }: Master): Promise<void> {
    const leader = this.#leadership.leader;
    this.#letGo();
    try {
      await this.#kept.write({ outside: [], topologyChanges }, tenure);
      await this.#end.announce(tenure);
    } catch (error) {
      this.#logger.error('Standby masters were not told that the cluster was stopped.', { error });
    }
    await this.close();
    this.emit('shutdown', leader);
  }

  /** Another master has stopped everything. */
  async #ended(by: Leader | undefined): Promise<void> {
    if (this.#closed) return;
    await this.close();
    this.emit('shutdown', by);
  }
}
