import { EventEmitter } from 'node:events';
import { hostname } from 'node:os';
import type { ClusterKeys, CoordinationStore } from '@pomelo-ts/cluster';
import { type OperatorCall, type OperatorHandler, StandbyHub } from '@pomelo-ts/cluster/masters';
import { type Clock, type Logger, PomeloError, silentLogger, systemClock } from '@pomelo-ts/common';
import { AccountCopy } from './accounts/account-copy.js';
import { AccountFile } from './accounts/account-file.js';
import { AccountsCopying } from './candidate/accounts-copying.js';
import { ClusterEnd } from './candidate/cluster-end.js';
import { type Kept, KeptState } from './candidate/kept-state.js';
import { ObservedStore } from './candidate/observed-store.js';
import { patiently } from './candidate/patiently.js';
import { type TakeOverResult, takeOver } from './candidate/take-over.js';
import { type Leader, showLeader } from './leadership/leader.js';
import type { Tenure } from './leadership/tenure.js';
import { Leadership } from './leadership.js';
import { listenerOptions } from './listener/master-listener.js';
import { type OwnListener, openOwnListener } from './listener/own-listener.js';
import { StoreJournal } from './long-operations/journal.js';
import type { OnProgress } from './long-operations/progress.js';
import { Master } from './master.js';
import type { MasterOptions } from './master-options.js';
import { StandbyOps } from './ops/standby-ops.js';
import { isNoRoom } from './processes/no-room.js';
import { commandLineOf } from './processes/process-identity.js';
import { lookBeforeStandingBy } from './runtime/look-before-standing-by.js';
import type { RuntimeState } from './runtime/runtime-file.js';
import { RuntimeNotice } from './runtime/runtime-notice.js';
import { rekey } from './secret/rekey.js';
import { noteSecretNames } from './secret/secret-names.js';
import type { Selection } from './topology/selection.js';
import { type TopologyChanges, TopologyFile } from './topology/topology-file.js';

type OfElected = 'tenure' | 'listener' | 'serving' | 'inPlaceOfAnother';

/** Settings of a {@link MasterCandidate}. */
export interface MasterCandidateOptions extends Omit<MasterOptions, OfElected> {
  /** What all masters of the cluster share. */
  readonly store: CoordinationStore;
  /** Whether all that is in the store could be read with these keys alone. */
  readonly isReadableWith?: (next: ClusterKeys) => Promise<boolean>;
  /** Servers that are started when this master leads at once. @default all */
  readonly selection?: Selection;
  readonly onProgress?: OnProgress;
}

/** As `MasterOptions.adoptMs`: on a line that loses packets, servers take their time to give a silent master up. */
const adoptMs = 15_000;

/** What is told of one that does not lead, or is about to. */
type ToldState = Pick<RuntimeState, 'standby' | 'outside' | 'drained'>;

/** Events of a {@link MasterCandidate}. */
export interface MasterCandidateEvents {
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
 * const candidate = await MasterCandidate.open({ ...masterOptions, store });
 * candidate.on('standby', (leader) => console.log('standby of', leader?.host));
 * await candidate.begin();
 */
export class MasterCandidate extends EventEmitter<MasterCandidateEvents> {
  readonly #options: MasterCandidateOptions;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #own: OwnListener;
  readonly #leadership: Leadership;
  readonly #kept: KeptState;
  readonly #end: ClusterEnd;
  readonly #accountCopy: AccountCopy;
  readonly #accounts: AccountsCopying;
  readonly #runtime: RuntimeNotice;
  readonly #standbyOps: StandbyOps | undefined;
  #told: ToldState = {};
  #standbyHub: StandbyHub | undefined;
  #master: Master | undefined;
  #ordered = true;
  /** Whether it is known that this master may stand by. */
  #begun = false;
  #closed = false;

  private constructor(options: MasterCandidateOptions, own: OwnListener) {
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
    this.#accountCopy = new AccountCopy(new AccountFile(root), this.#logger);
    this.#accounts = new AccountsCopying(store, this.#accountCopy, this.#logger);
    this.#standbyOps = this.#createStandbyOps();
    this.#leadership.on('elected', (tenure) => void this.#lead(tenure));
    this.#leadership.on('deposed', (reason) => void this.#depose(reason));
    this.#leadership.on('leader', (leader) => {
      void this.#tellStandingBy();
      if (this.#begun && this.#standbyHub && !this.#leadership.tenure && !this.#closed)
        this.emit('standby', leader);
    });
  }

  /**
   * Takes the address of this machine among those of `master.json5`.
   *
   * @throws HOST_ELSEWHERE when it has none of them, PORT_IN_USE
   */
  static async open(options: MasterCandidateOptions): Promise<MasterCandidate> {
    const store = new ObservedStore(options.store);
    return new MasterCandidate(
      { ...options, store, sharedStore: store },
      await openOwnListener(options.config.master, listenerOptions(options)),
    );
  }

  /** The master, while this process leads. */
  get master(): Master | undefined {
    return this.#master;
  }

  /** The master that leads, where it is known. */
  get leader(): Leader | undefined {
    return this.#leadership.leader;
  }

  /**
   * Begins to stand by, or to lead. Waits a while for a store that does not answer: after a failure of power it may be starting too.
   *
   * @throws STORE_UNREACHABLE, STORE_REFUSED, STORE_FORGED when the store does not work; SERVERS_ELSEWHERE when this master could not take over what runs
   */
  async begin(): Promise<void> {
    this.#standBy();
    await this.#patiently(() => this.#end.watch());
    await this.#patiently(() => this.#accounts.begin());
    await this.#patiently(() => this.#leadership.begin());
    this.#ordered = false;
    if (!this.#leadership.tenure)
      await lookBeforeStandingBy(this.#options, { clock: this.#clock, logger: this.#logger });
    this.#begun = true;
    void this.#tellStandingBy();
    if (!this.#leadership.tenure && !this.#closed) this.emit('standby', this.#leadership.leader);
  }

  #patiently(work: () => Promise<void>): Promise<void> {
    return patiently(work, {
      clock: this.#clock,
      isClosed: () => this.#closed,
      waiting: (error) => this.emit('waiting', error),
    });
  }

  /** Ends this master; another one leads at once if it stands by. Servers live on. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const master = this.#letGo();
    await this.#tellStandingBy();
    await master?.depose();
    this.#standbyHub?.close();
    this.#runtime.remove();
    this.#end.close();
    this.#accounts.close();
    try {
      await this.#leadership.resign();
    } catch (error) {
      this.#logger.warn('The store was not told that this master ends; its lease runs out.', { error });
    }
    await this.#options.store.close();
    await this.#own.listener.close();
  }

  #standBy(): void {
    const hub = new StandbyHub({
      leader: () => this.#leadership.leader,
      onOperator: (call) => this.#answer(call),
      clock: this.#clock,
      logger: this.#logger,
    });
    this.#standbyHub = hub;
    this.#own.listener.servedBy((stream, who, from) => hub.accept(stream, who, from));
    this.#remember({ standby: true });
  }

  /** Writes down that this master runs, for commands of operators and for the master that it becomes. */
  #remember(more: ToldState): void {
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

  #createStandbyOps(): StandbyOps | undefined {
    const { config, sharedStore } = this.#options;
    const { opsPort: port, opsListen, metricsTokenFile: tokenFile, id } = config.master;
    if (port === undefined || !sharedStore) return undefined;
    const leader = () => this.#leadership.leader && showLeader(this.#leadership.leader);
    const ofSelf = { id, host: this.#own.host, root: config.root, clock: this.#clock, logger: this.#logger };
    return new StandbyOps({ port, host: opsListen, tokenFile }, { ...ofSelf, sharedStore, leader });
  }

  /** Has this master tell measures and health for as long as it stands by, unless the one that leads does at this machine. */
  async #tellStandingBy(): Promise<void> {
    const { leader, tenure } = this.#leadership;
    const standsBy = this.#begun && !tenure && !this.#master && !this.#closed;
    const isHere = leader?.hostName === hostname() && leader.pid !== process.pid;
    await this.#standbyOps?.allow(standsBy && !isHere);
  }

  /** What a standby says to operators. */
  async #answer(call: OperatorCall): Promise<unknown> {
    const { leader } = this.#leadership;
    const { keys, rereadKeys: reread, config } = this.#options;
    const { serveStandby } = await import('./operations/serve.js'); // heavy, and seldom needed
    const own = {
      leads: { leads: false, env: config.env, ...(leader && { leader }) },
      rekey: async () => {
        const resign = (next: ClusterKeys, take: () => void) => this.#requireReadable(next).then(take);
        const result = await rekey({ keys, reread, resign });
        noteSecretNames(config.root, keys.names);
        return result;
      },
    };
    return serveStandby(call, own, leader ? showLeader(leader) : 'nobody');
  }

  /** One that stands by signs nothing: it can do without the former secret once the one that leads does. */
  async #requireReadable(next: ClusterKeys): Promise<void> {
    if ((await this.#options.isReadableWith?.(next)) ?? true) return;
    const { leader } = this.#leadership;
    throw new PomeloError('SECRET_STILL_SIGNS', { leader: leader ? showLeader(leader) : 'nobody now' });
  }

  async #lead(tenure: Tenure): Promise<void> {
    const { selection = {}, onProgress = () => {} } = this.#options;
    const order = this.#ordered ? { selection } : undefined;
    try {
      const left = await this.#kept.left(tenure);
      const blacklist = await this.#kept.blacklist(tenure);
      const accounts = await this.#kept.accounts(tenure, this.#accountCopy);
      await this.#standbyOps?.allow(false); // of the master that this one becomes
      if (!tenure.holds() || this.#closed) return;
      const master = this.#become(tenure, left, { blacklist, accounts, inPlaceOfAnother: !order });
      const how = { tenure, left, order, onProgress, logger: this.#logger };
      const result = await takeOver(master, this.#kept, how);
      if (tenure.holds()) this.emit('ready', result);
    } catch (error) {
      if (tenure.holds()) this.emit('failed', error);
    }
  }

  #become(
    tenure: Tenure,
    left: Kept | undefined,
    how: Pick<MasterOptions, 'accounts' | 'blacklist' | 'inPlaceOfAnother'>,
  ): Master {
    const { store, selection: _, onProgress: __, ...options } = this.#options;
    const { host, port, listener } = this.#own;
    const config = { ...options.config, master: { ...options.config.master, host, port } };
    if (left) {
      this.#keepHere(left.topologyChanges);
      this.#remember({ outside: left.outside, drained: left.drained });
    }
    const serving = (handler: OperatorHandler) => this.#kept.savedAfter(handler);
    const condition = () => this.#leadership.guardOf(tenure);
    const guard = () => condition().guard;
    const master = new Master({
      ...options,
      config,
      tenure,
      listener,
      serving,
      adoptMs,
      ...how,
      ...(left && { topologyChanges: left.topologyChanges }),
      leases: { store, guard },
      journal: new StoreJournal(store, condition),
    });
    this.#master = master;
    this.#standbyHub?.close();
    this.#standbyHub = undefined;
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
    void this.#tellStandingBy();
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
      await this.#kept.write({ outside: [], drained: [], topologyChanges }, tenure);
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
