import { EventEmitter } from 'node:events';
import type { Principal, ServerEntry } from '@pomelo-ts/cluster';
import type { MasterAddress } from '@pomelo-ts/cluster/internal';
import type { LinkHub } from '@pomelo-ts/cluster/masters';
import { PomeloError } from '@pomelo-ts/common';
import { processMeasures, watchFiles } from '@pomelo-ts/common/internal';
import type { OpsOpening } from '@pomelo-ts/common/ops';
import type { Accounts } from './accounts.js';
import type { Alerting } from './alerting/alerting.js';
import type { Approvals } from './approvals/approvals.js';
import type { Leader } from './leadership/leader.js';
import { leaderAt } from './leadership/leader-at.js';
import type { OnProgress } from './long-operations/progress.js';
import type { MasterEvents, MasterOptions } from './master-options.js';
import { createMasterParts, type MasterParts } from './master-parts.js';
import { createMasterCommands, type MasterCommands } from './operations/master-commands.js';
import { type OperateOptions, Operating } from './operations/operating.js';
import type { Operations, Verb } from './operations/table.js';
import type { OutsideServer } from './processes/outside-server.js';
import { requireAlone, requireOwnServers } from './runtime/other-master.js';
import { noteSecretNames } from './secret/secret-names.js';
import type { CertificateEnd } from './servers/certificates.js';
import type { ServerRow } from './servers/server-row.js';
import type { Shipping } from './shipping/shipping.js';
import type { Selection } from './topology/selection.js';
import type { TopologyChanges } from './topology/topology-file.js';

const nothing = () => {};

/**
 * The master: starts the servers of a topology, watches them, and takes commands of operators.
 *
 * @example
 * const master = new Master({ config, keys, bootScript, agentScript, buildId: '1.0.0' });
 * await master.listen();
 * await master.start({}, (progress) => console.log(progress));
 */
export class Master extends EventEmitter<MasterEvents> {
  readonly #parts: MasterParts;
  readonly #commands: MasterCommands;
  readonly #operating: Operating;
  #stopFileWatch = nothing;
  #ops: OpsOpening | undefined;
  #alerting: Alerting | undefined;
  #shipping: Shipping | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: MasterOptions) {
    super();
    const parts = createMasterParts(options, (call, progress) => operating.answer(call, progress));
    const commands = createMasterCommands(parts, () => void this.close().then(() => this.emit('shutdown')));
    const { long, tenure, audit, acting, clock, logger } = parts;
    const holds = () => tenure.holds();
    const operating = new Operating({ master: commands, long, holds, audit, acting, clock, logger });
    this.#parts = parts;
    this.#commands = commands;
    this.#operating = operating;
  }

  /**
   * Begins to listen for servers and operators, and finds the servers that a former master has left running.
   * Resolves with the ids of those that have joined this one.
   *
   * @throws PORT_IN_USE; MASTER_LEADS; SERVERS_ELSEWHERE; SERVERS_OF_OTHER_ENV; CONFIG_INVALID when what operators have added does not go with the files any more
   */
  async listen(): Promise<readonly string[]> {
    const { options, changes, long, hosts, listening, hub, leases, runtime, adoption, clock, logger } =
      this.#parts;
    const { former } = runtime;
    await changes.check();
    await long.open();
    await hosts.locate(this.entries.map((entry) => entry.host));
    await this.#requireOwnEnvironment(former?.env);
    await listening.open();
    await this.#ship();
    const unreached = await this.#requireAlone();
    listening.servedBy((stream, who, from) => hub.accept(stream, who, from));
    this.#stopFileWatch = watchFiles({ clock, logger, counters: hub.measures.makeAll(processMeasures) });
    this.#parts.clocks.open();
    const inTheWay = await this.#openOps();
    leases.open();
    this.#takeWord(former ?? {});
    runtime.write();
    const adopted = await adoption.run(this.entries, unreached);
    if (inTheWay) this.#withoutOps(inTheWay);
    noteSecretNames(options.config.root, options.keys.names);
    return adopted;
  }

  /**
   * Looks whether the last master here was of another environment and has left servers that still run: they are not for this one.
   *
   * @throws SERVERS_OF_OTHER_ENV
   */
  async #requireOwnEnvironment(running: string | undefined): Promise<void> {
    const { options, hosts } = this.#parts;
    const asked = options.config.env;
    if (running === undefined || running === asked) return;
    const here = hosts.all.filter(({ name }) => hosts.isHere(name));
    const lives = (await Promise.all(here.map((host) => host.left()))).flat();
    if (lives.length === 0) return;
    const servers = lives.map(({ id }) => id).join(', ');
    throw new PomeloError('SERVERS_OF_OTHER_ENV', { servers, running, asked });
  }

  /** The hosts that cannot be asked whether others act there. @throws MASTER_LEADS, SERVERS_ELSEWHERE */
  async #requireAlone(): Promise<readonly string[]> {
    const { options, tenure, hosts, clock } = this.#parts;
    const { keys, config, inPlaceOfAnother = false } = options;
    const proves = (place: MasterAddress) => leaderAt(place, keys, config.env);
    const parts = { hosts, servers: this.entries, clock, leaderAt: proves };
    if (tenure.sole) return requireAlone(parts);
    // What another one has led until just now must not wait for hosts that are away: their servers are known by their links.
    const asked = inPlaceOfAnother ? hosts.all.filter(({ name }) => hosts.isHere(name)) : hosts.all;
    return requireOwnServers(parts, asked);
  }

  /** Sends what is audited to others, where that is configured: before anybody can ask for anything. */
  async #ship(): Promise<void> {
    const { options, audit, hub, clock, logger } = this.#parts;
    const { root, env, master } = options.config;
    if (!master.audit) return;
    const { Shipping } = await import('./shipping/shipping.js');
    const settings = master.audit;
    this.#shipping = new Shipping({ settings, root, env, audit, measures: hub.measures, clock, logger });
  }

  /** What a former master has left word of counts for the servers that there still are. */
  #takeWord(former: {
    readonly outside?: readonly OutsideServer[];
    readonly drained?: readonly string[];
  }): void {
    const { topology, supervisor } = this.#parts;
    for (const { id, bootId } of former.outside ?? [])
      if (topology.get(id)) supervisor.awaitOutside(id, bootId);
    supervisor.keepDrained((former.drained ?? []).filter((id) => topology.get(id)));
  }

  /** Opens the port for metrics and health, where one is configured; gives what is in the way. */
  async #openOps(): Promise<Error | undefined> {
    const { options, tenure, listening, supervisor, hub, blacklist, clock, logger } = this.#parts;
    const { certificates, clocks, disks } = this.#parts;
    const { sharedStore } = options;
    const { root, master } = options.config;
    const { opsPort: port, opsListen, metricsTokenFile: tokenFile, id, host } = master;
    if (port === undefined) return undefined;
    const { openMasterOps } = await import('./ops/master-ops.js');
    const own = listening.measures ? [listening.measures] : [];
    const ofMaster = { id, host, root, term: tenure.term, own, ...{ hub, clock, logger } };
    const ofCluster = {
      records: () => supervisor.records,
      holds: () => tenure.holds(),
      shutsOut: blacklist.shutsOut,
      ...(sharedStore && { sharedStore }),
      disks,
      certificates: () => certificates.all,
      clocks: () => clocks.all,
    };
    this.#ops = openMasterOps({ port, host: opsListen, tokenFile }, { ...ofMaster, ...ofCluster });
    return this.#ops.open();
  }

  /** Whoever begins a cluster is told what has its port; where servers run or another master led, this one must lead without it. */
  #withoutOps(error: Error): void {
    const { tenure, supervisor } = this.#parts;
    if (tenure.sole && !supervisor.records.some(({ process }) => process)) throw error;
    this.#ops?.tryAgain(error);
  }

  /** Takes when the certificate ends that a place of this process serves with, as `admin`: it is told as a measure, and alerted of. */
  noteCertificate(end: CertificateEnd): void {
    this.#parts.certificates.note(end);
  }

  /**
   * Carries out one of the operations that there are, for somebody within this process.
   *
   * @throws OPERATION_INVALID, ROLE_LACKING, NOT_LEADING, MASTER_BUSY; what the operation itself throws
   * @example await master.operate('servers.stop', { ids: ['chat-1'] }, { principal });
   */
  operate<V extends Verb>(
    verb: V,
    args: Operations[V]['args'],
    options: OperateOptions<Operations[V]['progress']>,
  ): Promise<Operations[V]['answer']> {
    return this.#operating.operate(verb, args, options);
  }

  /**
   * Starts the selected servers that do not run, as the operation `servers.start` does; but the table of operations, which takes
   * its time to load, need not be there yet.
   *
   * @param principal who has asked for it @default the master by itself
   * @throws as `ServerOperations.start`; MASTER_BUSY when all are being stopped
   */
  start(
    selection: Selection = {},
    onProgress: OnProgress = nothing,
    principal?: Principal,
  ): Promise<readonly string[]> {
    return this.#operating.start(selection, onProgress, principal);
  }

  /**
   * Goes on with the long operations that a former master has not brought to their end; call once its servers run. Also has ready what
   * the first operation would else have to wait for.
   */
  goOn(): void {
    const { logger } = this.#parts;
    this.#look().catch((error) => logger.error('What operators look at cannot be loaded.', { error }));
    this.#operating.goOn();
  }

  async #look(): Promise<void> {
    const { options, views, hub, clock, logger } = this.#parts;
    const feed = await views.open();
    const { root, env, master } = options.config;
    if (!master.alerts || this.#closing !== undefined) return;
    const { Alerting } = await import('./alerting/alerting.js');
    if (this.#closing !== undefined) return;
    const parts = { settings: master.alerts, root, env, measures: hub.measures, clock, logger };
    this.#alerting = new Alerting({ ...parts, wallTime: Date.now }, feed);
  }

  /** Its end of all links. */
  get hub(): LinkHub {
    return this.#parts.hub;
  }

  /** The servers of the topology. */
  get entries(): readonly ServerEntry[] {
    return this.#parts.topology.servers;
  }

  /** Changes that wait for a second person. */
  get approvals(): Approvals {
    return this.#parts.approvals;
  }

  /** Who may sign in, and who has. */
  get accounts(): Accounts {
    return this.#parts.accounts;
  }

  /** Whether it is this master that leads now. */
  get leads(): boolean {
    return this.#parts.tenure.holds() && this.#closing === undefined;
  }

  /** How each server of the topology is. */
  list(): readonly ServerRow[] {
    return this.#commands.list();
  }

  /** The ids that a selection means. @throws SERVER_NOT_IN_TOPOLOGY */
  select(selection: Selection): readonly string[] {
    return this.#commands.select(selection);
  }

  /** Ends this master. Servers that run live on and wait for the next one. */
  close(): Promise<void> {
    const { long, listening, runtime, supervisor, leases, hub, hosts, views, accounts, approvals, audit } =
      this.#parts;
    if (this.#closing !== undefined) return this.#closing;
    const listened = listening.isOpen;
    const shipped = Promise.resolve().then(() => this.#shipping?.close()); // once all below is written down
    this.#closing = Promise.all([listening.close(), shipped]).then(() => {});
    long.abandon();
    if (listened) runtime.remove(); // without a listener it is another master's
    const running = supervisor.records.some(({ process }) => process);
    void leases.close(!running && hub.registry.all.length === 0);
    this.#stopFileWatch();
    void this.#ops?.close();
    this.#alerting?.close();
    this.#parts.clocks.close();
    this.#parts.disks.stop();
    void views.close();
    approvals.close();
    accounts.close();
    this.#operating.close();
    audit.close();
    hub.close();
    hosts.close();
    return this.#closing;
  }

  /** Ends this master, which does not lead any more: what it was doing is given up, and no process is touched. */
  depose(): Promise<void> {
    const { long, supervisor } = this.#parts;
    long.abandon();
    supervisor.abandon();
    return this.close();
  }

  /** The servers that should run and that the master has to start. */
  get wanted(): readonly string[] {
    return this.#parts.supervisor.wanted;
  }

  /** The servers that run and that something else has started. */
  get outside(): readonly OutsideServer[] {
    return this.#parts.supervisor.outside;
  }

  /** The servers that operators have drain. */
  get drained(): readonly string[] {
    return this.#parts.supervisor.drained;
  }

  /** What operators have changed about which servers there are. */
  get topologyChanges(): TopologyChanges {
    return this.#parts.topology.changes;
  }

  /** This master, as others are told of it. */
  get leader(): Leader {
    return this.#parts.leader();
  }
}
